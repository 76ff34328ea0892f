internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// `GET /api/consumers`: who used how much in a range of time, element by element, and what no part accounts for.
struct ConsumersEndpoint: Endpoint {
    static let dependsOnTime = true

    private let subject: RangeSubject
    private let kind: ElementKind

    var groupIDs: [Int64] { subject.selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
        guard let kind = ElementKind(rawValue: try parameters.single("kind") ?? ElementKind.pdu.rawValue)
        else { throw .badParameter("kind must be pdu, outlet, bank or phase") }
        self.kind = kind
    }

    func answer(in context: Context) throws -> Answer {
        let (range, consumers) = try found(in: context)
        return Answer { json in
            json.writeRange(range, in: context)
            json.member("kind", kind.rawValue)
            json.column("rows", consumers.rows) { json, row in
                json.object { ConsumersEndpoint.write(row, of: consumers, in: context, into: &$0) }
            }
            json.column("residual", consumers.residuals) { json, residual in
                json.object { ConsumersEndpoint.write(residual, into: &$0) }
            }
        }
    }

    /// The same with the elements as the rows, and beside them what they have in common.
    func rows(in context: Context) throws -> Answer {
        let (range, consumers) = try found(in: context)
        return Answer(rows: consumers.rows) { json, row in
            ConsumersEndpoint.write(row, of: consumers, in: context, into: &json)
        } beside: { json in
            json.member("range") { json in
                json.object { json in
                    json.writeRange(range, in: context)
                    json.member("kind", kind.rawValue)
                }
            }
            json.column("residual", consumers.residuals) { json, residual in
                json.object { ConsumersEndpoint.write(residual, into: &$0) }
            }
        }
    }

    private func found(in context: Context) throws -> (TimeRange, Consumers) {
        let range = try subject.range(in: context, most: HistoryEndpoint.longestDays)
        return (range, try Consumers(of: kind, subject.selection, in: range, context))
    }

    private static func write(
        _ row: Consumers.Row,
        of consumers: Consumers,
        in context: Context,
        into json: inout JSONWriter
    ) {
        let reading = row.status.reading
        json.writeIdentity(of: row.element)
        json.member("state", row.isPresent ? reading.state?.rawValue : nil)
        json.member("bank", reading.bank.map(Int64.init))
        json.member("phase", reading.phase.map(Int64.init))
        json.member("now_watts", row.isPresent ? reading.activePower : nil)
        json.member("min_power_watts", row.rollup?.minimum?.power)
        json.member("avg_power_watts", row.rollup?.meanWatts.flatMap { FixedPoint($0) })
        json.member("max_power_watts", row.rollup?.maximum?.power)
        json.member("max_power_at", context.text(row.rollup?.maximum?.at))
        json.member("kwh") { $0.kilowattHours(row.energy) }
        json.member("share", consumers.share(of: row))
        json.member("coverage", row.coverage.share)
        json.member("metered", row.isMetered)
    }

    private static func write(_ residual: Consumers.Residual, into json: inout JSONWriter) {
        json.member("pdu_id", residual.pdu)
        json.member("unit_kwh") { $0.kilowattHours(residual.unit) }
        json.member("parts_kwh") { $0.kilowattHours(residual.parts) }
        json.member("residual_kwh") { $0.kilowattHours(residual.residual) }
    }
}
