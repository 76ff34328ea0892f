internal import Basics
internal import Storage

/// One of the elements whose powers and energies an answer adds up.
struct SumMember {
    /// The element's id; that of a whole unit is its PDU's.
    let id: Int64
    /// Whether its PDU is configured.
    let isConfigured: Bool
    /// When its PDU was first there.
    let createdAt: UnixTime

    /// The element `id`, of which there should be data at any time.
    init(alwaysExpected id: Int64) {
        self.id = id
        isConfigured = true
        createdAt = UnixTime(.min)
    }

    /// The whole unit of `pdu`.
    init(_ pdu: PDURecord) {
        id = pdu.id
        isConfigured = pdu.isConfigured
        createdAt = pdu.createdAt
    }

    /// The element `element`.
    init(_ element: ElementRecord) {
        id = element.id
        isConfigured = element.pdu.isConfigured
        createdAt = element.pdu.createdAt
    }
}
