import Basics
import MIB

/// A specification of a number that depends on nothing but one object, which is a whole number: what most values are,
/// and so read without the care that the others need.
struct PlainNumber: Hashable, Sendable {
    private let unset: [Int64]
    private let range: ClosedRange<Int64>?
    private let scale: DecimalScale
    private let isMagnitude: Bool

    /// `spec` as one; nil when it is none.
    init?(_ spec: ValueSpec) {
        guard spec.conditions.isEmpty, spec.terms.count == 1, let term = spec.terms.first,
            term.place == spec.place,
            term.digits == nil, term.multiplier == nil, term.factors == nil, term.units == nil,
            spec.fahrenheit == .never
        else { return nil }
        unset = spec.unset.numbers.sorted()
        range = spec.range
        scale = term.scale
        isMagnitude = spec.isMagnitude
    }

    /// Whether `raw` is a value, and not one of those that mean "not there".
    func isThere(_ raw: Int64) -> Bool { !unset.contains(raw) }

    /// What `raw`, which is there, is in the unit of `quantity`; nil when that cannot be.
    func number(_ raw: Int64, of quantity: Quantity) -> FixedPoint? {
        if let range, !range.contains(raw) { return nil }
        guard let amount = scale.applied(to: raw), amount.thousandths.magnitude <= Quantity.largest else {
            return nil
        }
        let thousandths = isMagnitude ? abs(amount.thousandths) : amount.thousandths
        return quantity.allowed.contains(thousandths) ? FixedPoint(thousandths: thousandths) : nil
    }
}

extension SNMPValue {
    /// The whole number that an INTEGER, a gauge or a counter is; nil for anything else.
    var plainNumber: Int64? {
        switch self {
        case .integer(let number): number
        case .unsigned(let number): Int64(exactly: number)
        default: nil
        }
    }
}
