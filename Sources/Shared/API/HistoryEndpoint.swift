internal import Basics
internal import Energy
internal import Storage

/// `GET /api/history`: energy and power over any range, finely or coarsely divided, together and one by one.
struct HistoryEndpoint: Endpoint {
    static let dependsOnTime = true
    /// The longest range that is answered, in days: ten years.
    static let longestDays: Int64 = 3660

    private let subject: RangeSubject
    private let resolution: Resolution?
    private let each: Bool

    var groupIDs: [Int64] { subject.selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
        resolution = try Resolution.named(in: parameters)
        each = try parameters.flag("each")
    }

    func answer(in context: Context) throws -> Answer {
        let now = context.moment.now
        let range = try subject.range(in: context, most: HistoryEndpoint.longestDays)
        let selected = try subject.selection.resolved(in: context)
        let series = try HistorySeries(of: selected, in: range, resolution, each: each, context)
        let first = try context.history.firstReading(of: selected.elements.map(\.id))
        return Answer { json in
            json.writeRange(range, in: context)
            json.member("resolution", series.resolution.rawValue)
            json.column("starts", series.slices) { $0.value(context.text($1.range.start)) }
            json.column("ends", series.slices) { $0.value(context.text($1.range.end)) }
            json.column("partial", series.slices) { $0.value($1.isCut || now < $1.range.end) }
            json.member("total") { json in
                json.object { HistoryEndpoint.writeTotal(series.total, into: &$0) }
            }
            json.column("series", series.columns) { json, column in
                json.object { HistoryEndpoint.write(column, into: &$0) }
            }
            json.member("sum") { json in
                json.object { HistoryEndpoint.write(series.sum, first, in: context, into: &$0) }
            }
        }
    }

    private static func writeTotal(_ buckets: [CombinedBucket], into json: inout JSONWriter) {
        write(buckets, into: &json)
        json.column("method", buckets) { $0.value($1.method) }
        json.column("seconds_covered", buckets) { $0.value($1.coverage.coveredPerMember) }
    }

    private static func write(_ buckets: [CombinedBucket], into json: inout JSONWriter) {
        json.column("kwh", buckets) { $0.kilowattHours($1.energy) }
        json.column("avg_power", buckets) { $0.value($1.mean) }
        json.column("max_power", buckets) { $0.value($1.extremes?.maximum.power) }
        json.column("min_power", buckets) { $0.value($1.extremes?.minimum.power) }
        json.column("coverage", buckets) { $0.value($1.coverage.share) }
    }

    private static func write(_ column: HistorySeries.Column, into json: inout JSONWriter) {
        json.writeIdentity(of: column.element)
        if column.element == nil { json.member("others", column.members) }
        write(column.buckets, into: &json)
    }

    /// The members that tell what was done in a whole range, of what was `first` read at that time.
    static func write(
        _ sum: HistorySum,
        _ first: UnixTime?,
        in context: Context,
        into json: inout JSONWriter
    ) {
        json.member("kwh") { $0.kilowattHours(sum.energy) }
        json.member("avg_power_watts", sum.mean)
        json.member("max_power_watts", sum.extremes?.maximum.power)
        json.member("max_power_at", context.text(sum.extremes?.maximum.at))
        json.member("min_power_watts", sum.extremes?.minimum.power)
        json.member("min_power_at", context.text(sum.extremes?.minimum.at))
        json.member("coverage", sum.coverage.share)
        json.member("seconds_covered", sum.coveredSeconds)
        json.member("method", sum.method)
        json.member("first_reading", context.text(first))
    }
}

extension JSONWriter {
    /// `start`, `end` and `timezone` of an answer about `range`.
    mutating func writeRange(_ range: TimeRange, in context: Context) {
        member("start", context.text(range.start))
        member("end", context.text(range.end))
        member("timezone", context.site.calendar.zone)
    }

    /// Which element is meant: its ids, its PDU's name, its kind, number and the device's name for it; all `null`
    /// without one.
    mutating func writeIdentity(of element: ElementRecord?) {
        member("element_id", element?.id)
        member("pdu_id", element?.pdu.id)
        member("pdu", element?.pdu.name)
        member("kind", element?.element.kind.rawValue)
        member("number", (element?.element.number).map(Int64.init))
        member("name", element?.name)
    }
}

extension QueryParameters {
    /// Whether the parameter `name` is `1` or `true`; not without it.
    ///
    /// Throws 400.
    func flag(_ name: String) throws(APIError) -> Bool {
        switch try single(name) {
        case nil, "0", "false": return false
        case "1", "true": return true
        default: throw .badParameter("\(name) must be 1 or 0")
        }
    }
}
