internal import Basics
internal import Energy
internal import Storage

/// `GET /api/v1/statistics`: any range in a few numbers.
struct RangeStatisticsEndpoint: Endpoint {
    static let dependsOnTime = true

    private let selection: Selection
    private let range: RangeParameters?

    var groupIDs: [Int64] { selection.groupIDs }

    /// `parameters` have been checked.
    init(_ parameters: QueryParameters) throws(APIError) {
        selection = try Selection(parameters, groups: true)
        range = try RangeParameters(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let now = context.moment.now
        let range =
            try range?.range(in: context.site.calendar, at: now, most: HistoryEndpoint.longestDays)
            ?? TimeRange(from: now - 86_400, to: now)
        let selected = try selection.resolved(in: context)
        let series = try HistorySeries(of: selected, in: range, nil, each: false, context)
        let first = try context.history.firstReading(of: selected.elements.map(\.id))
        return Answer { json in
            json.writeRange(range, in: context)
            HistoryEndpoint.write(series.sum, first, in: context, into: &json)
        }
    }
}
