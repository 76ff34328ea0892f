internal import Basics
internal import Energy
internal import Storage

/// `GET /api/heatmap`: the mean power at each hour of each weekday.
struct HeatmapEndpoint: Endpoint {
    static let dependsOnTime = true

    private let subject: RangeSubject

    var groupIDs: [Int64] { subject.selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let range = try subject.range(in: context, orLast: 28)
        let selected = try subject.selection.resolved(in: context)
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
