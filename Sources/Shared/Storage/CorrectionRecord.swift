package import Basics
package import Energy
package import Metering

/// One element of one PDU, as the history knows it.
package struct ElementRecord: Hashable, Sendable {
    package var id: Int64
    package var pdu: PDURecord
    package var element: Element
    /// The name that the device gives it; absent when it gives none.
    package var name: String?
    /// The step of its energy counter in watt-hours; absent where it has none.
    package var energyResolution: FixedPoint?

    /// A record of these parts.
    package init(id: Int64, pdu: PDURecord, element: Element, name: String?, energyResolution: FixedPoint?) {
        self.id = id
        self.pdu = pdu
        self.element = element
        self.name = name
        self.energyResolution = energyResolution
    }
}

/// A correction as it was entered: nothing of it is ever deleted.
package struct CorrectionRecord: Hashable, Sendable {
    package var id: Int64
    package var elementID: Int64
    package var correction: Correction
    package var reason: String
    package var author: String
    package var madeAt: UnixTime
    /// When it was undone; absent while it holds.
    package var undoneAt: UnixTime?
    package var undoneBy: String?

    /// A record of these parts.
    package init(
        id: Int64,
        elementID: Int64,
        correction: Correction,
        reason: String,
        author: String,
        madeAt: UnixTime,
        undoneAt: UnixTime? = nil,
        undoneBy: String? = nil
    ) {
        self.id = id
        self.elementID = elementID
        self.correction = correction
        self.reason = reason
        self.author = author
        self.madeAt = madeAt
        self.undoneAt = undoneAt
        self.undoneBy = undoneBy
    }
}

/// Something that happened to a PDU or an element.
package struct EventRecord: Hashable, Sendable {
    package var id: Int64
    package var at: UnixTime
    /// Absent for what concerns the whole site.
    package var pduID: Int64?
    /// Absent for what concerns the whole PDU's connection, or the site.
    package var elementID: Int64?
    /// A word for programs, such as `counter_reset`.
    package var kind: String
    /// A sentence for people.
    package var detail: String

    /// A record of these parts.
    package init(id: Int64, at: UnixTime, pduID: Int64?, elementID: Int64?, kind: String, detail: String) {
        self.id = id
        self.at = at
        self.pduID = pduID
        self.elementID = elementID
        self.kind = kind
        self.detail = detail
    }
}
