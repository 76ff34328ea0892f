internal import Basics
internal import Metering
internal import Storage

/// `GET /api/readings`: what PDUs or elements of them drew, reading by reading.
struct ReadingsEndpoint: Endpoint {
    static let dependsOnTime = true
    /// The most points that are given at once: a week of ten PDUs by the minute.
    static let most = 100_800

    private let subject: RangeSubject

    var groupIDs: [Int64] { subject.selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let series = try elements(in: context)
        let range = try subject.range(in: context)
        let grid = try context.history.grid(from: range.start, until: range.end)
        let (points, isBeyond) = grid.count.multipliedReportingOverflow(by: max(1, series.count))
        guard !isBeyond, points <= ReadingsEndpoint.most else {
            throw APIError.tooManyPoints(
                times: grid.count,
                series: series.count,
                limit: ReadingsEndpoint.most
            )
        }
        let powers = try context.history.powers(of: series.map(\.id), on: grid)
        return Answer { json in
            json.member("start", context.text(range.start))
            json.member("end", context.text(range.end))
            json.member("timezone", context.site.calendar.zone)
            json.member("interval_seconds", grid.interval)
            json.column("times", Array(0..<grid.count)) { $0.value(context.text(grid.time($1))) }
            json.column("series", series) { json, one in
                json.object { ReadingsEndpoint.write(one, powers[one.id] ?? [], into: &$0) }
            }
        }
    }

    private static func write(
        _ element: ElementRecord,
        _ powers: [FixedPoint?],
        into json: inout JSONWriter
    ) {
        json.writeIdentity(of: element)
        json.column("power_watts", powers) { $0.value($1) }
    }

    private func elements(in context: Context) throws -> [ElementRecord] {
        let history = context.history
        return switch subject.selection {
        case .everyPDU: try history.pdus().map(ElementRecord.init(whole:))
        case .pdus(let ids):
            try Selection.pdus(ids, in: history).map(ElementRecord.init(whole:))
        case .elements(let ids): try Selection.elements(ids, in: history)
        case .groups(let ids): try Selection.elements(ofGroups: ids, in: context)
        }
    }
}
