// What an object or a column means.

import Basics
import MIB

/// What an object or a column means.
struct ValueSpec: Hashable, Sendable {
    let place: ValuePlace
    /// The kind of row that it is read from; absent: any.
    let kind: RowKind?
    /// Where one of these does not hold, the value is not there.
    let conditions: [RowCondition]
    let unset: RawValues
    /// Raw numbers outside of this are not there.
    let range: ClosedRange<Int64>?
    /// How the number is made; of several terms the sum.
    let terms: [NumberTerm]
    /// The part of a text that is meant, or what catches a parent's number in one.
    let pattern: TextPattern?
    /// What divides a text that holds the states of all elements, the first that of number 1.
    let divider: Character?
    /// Whether the sign of the number means nothing.
    let isMagnitude: Bool
    let counter: CounterSpec
    let switching: SwitchSpec?
    /// What raw values of a parent's number mean; absent: themselves.
    let numbers: ParentNumbers?
    let fahrenheit: Fahrenheit
    let estimate: EstimateSign

    /// What raw values of a parent's number mean.
    struct ParentNumbers: Hashable, Sendable {
        var ofNumbers: [Int64: Int] = [:]
        /// By texts in lower case.
        var ofTexts: [String: Int] = [:]
    }

    /// What is known of an energy counter.
    struct CounterSpec: Hashable, Sendable {
        /// Its step, Wh.
        let resolution: FixedPoint?
        /// The largest value before it begins again at 0, Wh.
        let maximum: FixedPoint?
    }

    /// Which raw values of a switch mean what; others are "unknown".
    struct SwitchSpec: Hashable, Sendable {
        let on: RawValues
        let off: RawValues
    }

    /// Whether a temperature is in °F.
    enum Fahrenheit: Hashable, Sendable {
        case never
        case always
        case when(RowCondition)
    }

    /// How a power that was calculated shows.
    struct EstimateSign: Hashable, Sendable {
        /// The device always calculates it from a nominal voltage.
        var isCertain = false
        /// While this object has a value, the device has calculated it.
        var object: ObjectIdentifier?
        /// Whether 0 means "not there" while current flows.
        var isZeroUnsetUnderLoad = false
    }
}

extension ValueSpec {
    /// The same of rows of any kind.
    var withoutKind: ValueSpec {
        guard kind != nil else { return self }
        return ValueSpec(
            place: place,
            kind: nil,
            conditions: conditions,
            unset: unset,
            range: range,
            terms: terms,
            pattern: pattern,
            divider: divider,
            isMagnitude: isMagnitude,
            counter: counter,
            switching: switching,
            numbers: numbers,
            fahrenheit: fahrenheit,
            estimate: estimate
        )
    }
}

/// The kind of value that a row holds.
enum RowKind: Hashable, Sendable {
    case number(Int64)
    case like(TextPattern)

    /// Whether a row that says `value` of its kind is one.
    func matches(_ value: SNMPValue) -> Bool {
        switch self {
        case .number(let number): value.rawNumber?.whole == number
        case .like(let pattern): value.text.flatMap(pattern.match) != nil
        }
    }
}

/// One number of a device, and what it is multiplied by.
struct NumberTerm: Hashable, Sendable {
    let place: ValuePlace
    let scale: DecimalScale
    /// Where the number of its decimals stands.
    let digits: ValuePlace?
    /// Where the power of ten stands that it is multiplied by, or divided by when negative.
    let multiplier: ValuePlace?
    let factors: Factors?
    /// For texts: what the unit behind the number multiplies by.
    let units: [String: DecimalScale]?

    /// A multiplication that is chosen by another value.
    struct Factors: Hashable, Sendable {
        let place: ValuePlace
        let by: [Int64: DecimalScale]
    }
}
