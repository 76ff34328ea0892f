internal import Basics
internal import Metering
internal import Storage

/// `GET /api/pdus/{id}`: all that is known of one PDU.
struct PDUEndpoint: Endpoint {
    static let dependsOnTime = true

    private let id: Int64

    /// The question about the PDU `id`.
    init(of id: Int64) {
        self.id = id
    }

    func answer(in context: Context) throws -> Answer {
        let pdu = try LatestPDU(id, in: context)
        let whole = try pdu.latest(of: .pdu).first
        let linked = try context.history.pdus().filter { $0.hostID == id }
        let sensors = try context.history.sensors(of: id)
        return Answer { json in
            json.write(pdu.status.pdu, in: context)
            PDUEndpoint.writeStatus(of: pdu, whole?.id, in: context, into: &json)
            json.column("linked_ids", linked) { $0.value($1.id) }
            // One that was never read has nothing, under the same names.
            PDUEndpoint.write(whole ?? PDUEndpoint.unknown, into: &json)
            json.member("counts") { json in
                json.object { json in
                    json.member("phases", pdu.count(of: .phase))
                    json.member("banks", pdu.count(of: .bank))
                    json.member("outlets", pdu.count(of: .outlet))
                    json.member("sensors", sensors.count)
                }
            }
        }
    }

    private static let unknown = LatestElement(
        id: 0,
        reading: ElementReading(.wholePDU),
        lastReading: nil,
        isPresent: false,
        stateSince: nil,
        hourlyWatts: Array(repeating: nil, count: 24)
    )

    private static func writeStatus(
        of pdu: LatestPDU,
        _ element: Int64?,
        in context: Context,
        into json: inout JSONWriter
    ) {
        let status = pdu.status
        json.member("serial", status.pdu.identity.serial)
        json.member("element_id", element)
        json.member("status", pdu.health.rawValue)
        json.member("failure", status.failure?.rawValue)
        json.member("failure_detail", status.failureDetail)
        json.member("last_reading", context.text(status.lastReadingAt))
        json.member("last_attempt", context.text(status.lastAttemptAt))
        json.member("latency_ms", status.latencyMilliseconds)
    }

    private static func write(_ whole: LatestElement, into json: inout JSONWriter) {
        json.writeMeasurements(of: whole)
        json.member("rated_current_amps", whole.reading.ratedCurrent)
        json.member("rated_power_watts", whole.reading.ratedPower)
        json.member("load_percent", whole.loadPercent)
        json.writeHours(of: whole)
    }
}
