internal import Basics
internal import Metering
internal import Storage

/// `GET /api/pdus/{id}/outlets`, `/phases` and `/banks`: the elements of one kind of one PDU.
struct PDUPartsEndpoint: Endpoint {
    static let dependsOnTime = true

    private let kind: ElementKind
    private let id: Int64

    /// The question about the elements of `kind` of the PDU `id`.
    init(_ kind: ElementKind, of id: Int64) {
        self.kind = kind
        self.id = id
    }

    func answer(in context: Context) throws -> Answer {
        let elements = try LatestPDU(id, in: context).latest(of: kind)
        return Answer(rows: elements) { json, element in
            PDUPartsEndpoint.write(element, in: context, into: &json)
        }
    }

    /// The members that tell of `element` and of the present.
    static func write(_ element: LatestElement, in context: Context, into json: inout JSONWriter) {
        let reading = element.reading
        let state = element.isPresent ? reading.state : nil
        json.member("element_id", element.id)
        json.member("number", reading.element.number)
        json.member("name", reading.name)
        json.member("state", state?.rawValue)
        json.member("state_since", state == nil ? nil : context.text(element.stateSince))
        json.writeMeasurements(of: element)
        json.member("rated_current_amps", reading.ratedCurrent)
        json.member("rated_power_watts", reading.ratedPower)
        json.member("warning_current_amps", reading.warningCurrent)
        json.member("critical_current_amps", reading.criticalCurrent)
        json.member("load_percent", element.loadPercent)
        json.member("bank", reading.bank.map(Int64.init))
        json.member("phase", reading.phase.map(Int64.init))
        json.member("last_reading", context.text(element.lastReading))
        json.writeHours(of: element)
    }
}
