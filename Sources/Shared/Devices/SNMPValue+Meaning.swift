// Raw values as numbers, texts and states.

import Basics
import MIB
import Metering

extension SNMPValue {
    /// The value as a whole number, if it is one.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let number): number
        case .unsigned(let number): Int64(exactly: number)
        case .timeTicks(let ticks): Int64(ticks)
        case .octets, .identifier, .address, .null, .absent, .endOfView: nil
        }
    }

    /// The value as a text; nil when nothing is left of it.
    var text: String? {
        switch self {
        case .octets(let bytes): DeviceText.clean(bytes)
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        case .timeTicks, .identifier, .address, .null, .absent, .endOfView: nil
        }
    }

    /// The largest number that is believed, in thousandths: every part of the product can hold it exactly.
    private static let largest: Int64 = 9_000_000_000_000_000

    /// The number in the unit of its quantity; nil when it is not a number or its thousandths are outside `range`.
    func scaled(_ spec: ObjectSpec, in range: ClosedRange<Int64> = -largest...largest) -> FixedPoint? {
        guard let number = wholeNumber, let scaled = spec.scale.applied(to: number) else { return nil }
        return range.contains(scaled.thousandths) ? scaled : nil
    }

    /// The same for what is never negative: a device that says so means something else.
    func scaledMagnitude(_ spec: ObjectSpec) -> FixedPoint? {
        scaled(spec, in: 0...Self.largest)
    }

    /// The same for a rating, which is never 0 either.
    func scaledRating(_ spec: ObjectSpec) -> FixedPoint? {
        scaled(spec, in: 1...Self.largest)
    }

    /// On, off, or a state that the profile does not call either.
    func switchState(_ spec: ObjectSpec) -> SwitchState? {
        guard let number = wholeNumber else { return nil }
        if spec.on.contains(number) { return .on }
        return spec.off.contains(number) ? .off : .unknown
    }
}
