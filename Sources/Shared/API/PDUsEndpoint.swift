internal import Basics
internal import Storage

/// `GET /api/pdus`: every PDU that has ever been configured.
struct PDUsEndpoint: Endpoint {
    static let dependsOnTime = false

    init(_ parameters: QueryParameters) {}

    func answer(in context: Context) throws -> Answer {
        let pdus = try context.history.pdus()
        return Answer(rows: pdus) { json, pdu in json.write(pdu, in: context) }
    }
}

extension JSONWriter {
    /// The members that tell what `pdu` is.
    mutating func write(_ pdu: PDURecord, in context: Context) {
        member("id", pdu.id)
        member("name", pdu.name)
        member("ip", pdu.host)
        member("address", pdu.address)
        member("host_id", pdu.hostID)
        member("unit", pdu.unit)
        member("configured", pdu.isConfigured)
        member("vendor", pdu.identity.vendor)
        member("model", pdu.identity.model)
        member("firmware", pdu.identity.firmware)
        member("device_name", pdu.identity.name)
        member("profile", pdu.profile)
        member("created_at", context.text(pdu.createdAt))
    }
}
