internal import Basics
internal import Energy
internal import Storage

/// `GET /api/v1/statistics`: any range in a few numbers.
struct RangeStatisticsEndpoint: Endpoint {
    static let dependsOnTime = true

    private let subject: RangeSubject

    var groupIDs: [Int64] { subject.selection.groupIDs }

    /// `parameters` have been checked.
    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let range = try subject.range(in: context, most: HistoryEndpoint.longestDays)
        let selected = try subject.selection.resolved(in: context)
        let series = try HistorySeries(of: selected, in: range, nil, each: false, context)
        let first = try context.history.firstReading(of: selected.elements.map(\.id))
        return Answer { json in
            json.writeRange(range, in: context)
            HistoryEndpoint.write(series.sum, first, in: context, into: &json)
        }
    }
}
