// Where things are measured. The identity of an element is its kind and number on its PDU; a name is only
// something that a person gave it, and may change.

/// What kind of place something is measured at.
package enum ElementKind: String, CaseIterable, Sendable {
    /// The whole unit, as seen at its inlet.
    case pdu
    /// One line conductor of the inlet: L1, L2, L3.
    case phase
    /// A group of outlets behind one overcurrent protector.
    case bank
    /// One socket.
    case outlet
}

/// One place of a PDU where something is measured.
///
/// A parent's power is never added to its children's.
package struct Element: Hashable, Sendable {
    /// What it is.
    package let kind: ElementKind
    /// Its number among its kind, from 1, as printed on the unit; 0 for the whole PDU.
    package let number: Int

    /// The element `number` of `kind`.
    package init(_ kind: ElementKind, _ number: Int) {
        self.kind = kind
        self.number = number
    }

    /// The whole PDU.
    package static let wholePDU = Element(.pdu, 0)
}
