internal import Basics
internal import Energy
internal import Storage

/// `GET /api/heatmap`: the mean power at each hour of each weekday.
struct HeatmapEndpoint: Endpoint {
    static let dependsOnTime = true

    private let selection: Selection
    private let range: RangeParameters?

    var groupIDs: [Int64] { selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        selection = try Selection(parameters, groups: true)
        range = try RangeParameters(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let now = context.moment.now
        let range =
            try range?.range(in: context.site.calendar, at: now)
            ?? TimeRange(from: now - 28 * 86_400, to: now)
        let selected = try selection.resolved(in: context)
        let week = try WeekOfHours(of: selected, in: range, context)
        return Answer { json in
            json.writeRange(range, in: context)
            json.member("first_day", "monday")
            json.column("avg_power", week.rows) { json, row in
                json.array { json in for cell in row { json.value(cell.mean) } }
            }
            json.column("coverage", week.rows) { json, row in
                json.array { json in for cell in row { json.value(cell.coverage.share) } }
            }
        }
    }
}
