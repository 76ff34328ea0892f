internal import Basics
internal import Storage

/// `GET /api/pdus`: every PDU that has ever been configured.
struct PDUsEndpoint: Endpoint {
    static let dependsOnTime = false

    init(_ parameters: QueryParameters) {}

    func answer(in context: Context) throws -> [UInt8] {
        let pdus = try context.history.pdus()
        return success { json in
            json.array { json in
                for pdu in pdus { json.object { PDUsEndpoint.write(pdu, in: context, into: &$0) } }
            }
        }
    }

    private static func write(_ pdu: PDURecord, in context: Context, into json: inout JSONWriter) {
        json.member("id", pdu.id)
        json.member("name", pdu.name)
        json.member("ip", pdu.host)
        json.member("address", pdu.address)
        json.member("configured", pdu.isConfigured)
        json.member("vendor", pdu.identity.vendor)
        json.member("model", pdu.identity.model)
        json.member("firmware", pdu.identity.firmware)
        json.member("profile", pdu.profile)
        json.member("created_at", context.text(pdu.createdAt))
    }
}
