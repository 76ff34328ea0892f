package import Basics

/// What the ledger noticed at a reading: a counter's epoch that ended, an amount it does not believe.
///
/// Counter values are watt-hours.
package enum LedgerRemark: Hashable, Sendable {
    /// The counter fell, or the device says that it was reset; the energy before stays.
    case counterReset(from: FixedPoint, to: FixedPoint)
    /// The counter passed its family's documented maximum and went on from 0.
    case counterRolledOver(from: FixedPoint, to: FixedPoint)
    /// Another unit, by its serial number, is behind the same name.
    case unitReplaced(from: String, to: String)
    /// The counter rose by more than the circuit could have drawn: at most `limit` watt-hours; nothing is counted.
    case jumpWithheld(from: FixedPoint, to: FixedPoint, limit: FixedPoint)
    /// A withheld rise has proved true and is counted.
    case jumpConfirmed(from: FixedPoint, to: FixedPoint)
    /// A withheld rise is never counted: the counter came back, or a day could not make it plausible.
    case jumpDismissed(from: FixedPoint, to: FixedPoint)
    /// A power, in watts, that the circuit cannot carry (`limit`, watts); it is not counted.
    case powerWithheld(power: FixedPoint, limit: FixedPoint)
    /// Over one stretch the counter rose by `counted` watt-hours while power makes `integrated`: one of them has a
    /// wrong scale.
    case scaleSuspected(counted: FixedPoint, integrated: FixedPoint)
    /// The counter and power agree again.
    case scaleSettled
}
