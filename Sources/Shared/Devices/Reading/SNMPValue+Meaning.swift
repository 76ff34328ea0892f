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
        case .identifier(let identifier): identifier.description
        case .timeTicks, .address, .null, .absent, .endOfView: nil
        }
    }

    /// On, off, or a state that the profile does not call either.
    func switchState(_ spec: ValueSpec.SwitchSpec) -> SwitchState? {
        guard rawNumber != nil || text != nil else { return nil }
        if spec.on.contains(self) { return .on }
        return spec.off.contains(self) ? .off : .unknown
    }

    /// The number of another element.
    func parentNumber(_ spec: ValueSpec) -> Int? {
        guard let numbers = spec.numbers else {
            let number =
                spec.pattern.map { pattern in text.flatMap(pattern.match)?.number } ?? rawNumber?.whole
            return number.flatMap { (1...9999).contains($0) ? Int($0) : nil }
        }
        if let number = rawNumber?.whole { return numbers.ofNumbers[number] }
        return text.flatMap { numbers.ofTexts[$0.lowercased()] }
    }
}
