// From raw values to numbers in the unit of their quantity, and to texts.

import Basics
import MIB
import Metering

extension ReadingDecoder {
    /// The largest number that is believed, in thousandths: every part of the product can hold it exactly.
    private static let largest: Int64 = 9_000_000_000_000_000

    /// The number in the unit of its quantity; nil when it is not one, or is outside of what the quantity can be.
    func number(_ value: RowValue) -> FixedPoint? {
        let allowed: ClosedRange<Int64> =
            switch value.quantity {
            case .power, .temperature: -Self.largest...Self.largest
            case .powerFactor: -1000...1000
            case .humidity: 0...100_000
            // A rating or threshold of 0 is one that nobody set.
            case .ratedCurrent, .ratedPower, .warningCurrent, .criticalCurrent: 1...Self.largest
            default: 0...Self.largest
            }
        guard var number = sum(value.spec, at: value.row.index, as: value.quantity.use) else { return nil }
        if value.spec.isMagnitude { number = FixedPoint(thousandths: abs(number.thousandths)) }
        return allowed.contains(number.thousandths) ? number : nil
    }

    /// The number that `spec` says of single objects, as it stands.
    func number(_ spec: ValueSpec) -> FixedPoint? {
        guard let found = look(spec.place, [], as: .settled), !spec.unset.isUnset(found.value) else {
            return nil
        }
        return sum(spec, at: [], as: .settled)
    }

    /// The temperature in °C.
    func temperature(_ value: RowValue) -> FixedPoint? {
        guard let number = number(value) else { return nil }
        let isFahrenheit =
            switch value.spec.fahrenheit {
            case .never: false
            case .always: true
            case .when(let condition): isSatisfied(condition, at: value.row.index)
            }
        guard isFahrenheit else { return number }
        let ninths = (number.thousandths - 32_000) * 5
        return FixedPoint(thousandths: (ninths + (ninths < 0 ? -4 : 4)) / 9)
    }

    /// The text, or the part of it that is meant.
    func text(_ value: RowValue) -> String? {
        guard let text = value.raw.value.text else { return nil }
        guard let pattern = value.spec.pattern else { return text }
        return pattern.match(text)?.part.flatMap { DeviceText.clean(Array($0.utf8)) }
    }

    /// Whether the power that `spec` says was calculated from a nominal voltage.
    func isEstimate(_ spec: ValueSpec) -> Bool {
        guard let object = spec.estimate.object else { return spec.estimate.isCertain }
        return look(.object(object), [], as: .settled).map { !spec.unset.isUnset($0.value) } ?? false
    }

    private func sum(_ spec: ValueSpec, at index: [UInt32], as use: ReadingLog.Use) -> FixedPoint? {
        var sum: Int64 = 0
        for (position, term) in spec.terms.enumerated() {
            guard let found = look(term.place, index, as: use), !spec.unset.isUnset(found.value),
                let raw = raw(term, found.value)
            else { return nil }
            if position == 0, let range = spec.range, !range.contains(raw.number.truncated) { return nil }
            guard let scale = scale(of: term, at: index)?.times(raw.scale),
                let amount = scale.applied(to: raw.number), amount.thousandths.magnitude <= Self.largest
            else { return nil }
            sum += amount.thousandths
        }
        return FixedPoint(thousandths: sum)
    }

    /// The raw number of a term, and what the unit behind it multiplies by.
    private func raw(_ term: NumberTerm, _ value: SNMPValue) -> (number: RawNumber, scale: DecimalScale)? {
        guard let units = term.units, let text = value.decimalText else {
            return value.rawNumber.map { ($0, .one) }
        }
        var unit = ""
        guard let number = RawNumber(leading: text, rest: &unit), let scale = units[unit.lowercased()] else {
            return nil
        }
        return (number, scale)
    }

    /// What a term's number is multiplied by; nil where that stands in an object that is not there.
    private func scale(of term: NumberTerm, at index: [UInt32]) -> DecimalScale? {
        var scale = term.scale
        if let place = term.digits {
            guard let digits = look(place, index, as: .settled)?.value.rawNumber?.whole,
                let own = DecimalScale(digits: digits), let next = scale.times(own)
            else { return nil }
            scale = next
        }
        if let place = term.multiplier {
            guard let number = look(place, index, as: .settled)?.value.rawNumber?.whole,
                let own = DecimalScale(multiplier: number), let next = scale.times(own)
            else { return nil }
            scale = next
        }
        if let factors = term.factors {
            // Devices that choose their unit themselves change it with the load.
            guard let choice = look(factors.place, index, as: .moving)?.value.rawNumber?.whole,
                let own = factors.by[choice], let next = scale.times(own)
            else { return nil }
            scale = next
        }
        return scale
    }
}
