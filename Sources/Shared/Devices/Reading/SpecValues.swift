// What a specification makes of the values that it names: numbers in the unit of their quantity, texts, states. Where
// those values come from, rows of tables or the recipe of a known device, is somebody else's business.

import Basics
import MIB
import Metering

/// A value that a specification names.
enum SpecPart: Hashable {
    /// The value itself.
    case place
    /// That of one of its conditions.
    case condition(Int)
    /// That of one of its terms.
    case term(Int)
    /// Where the number of a term's decimals stands.
    case digits(Int)
    /// Where the power of ten stands that a term is multiplied by.
    case multiplier(Int)
    /// What chooses a term's multiplication.
    case factor(Int)
    /// What says whether a temperature is in °F.
    case fahrenheit
    /// What has a value while a power is calculated.
    case estimate
}

/// The values that one specification names, of one row.
protocol SpecValues {
    /// The value of `part`; nil where it is not there.
    func value(_ part: SpecPart) -> SNMPValue?
}

extension ValueSpec {
    /// Every part whose value may be looked at.
    var parts: [SpecPart] {
        var parts: [SpecPart] = [.place] + conditions.indices.map { .condition($0) }
        for (number, term) in terms.enumerated() {
            parts.append(.term(number))
            if term.digits != nil { parts.append(.digits(number)) }
            if term.multiplier != nil { parts.append(.multiplier(number)) }
            if term.factors != nil { parts.append(.factor(number)) }
        }
        if case .when = fahrenheit { parts.append(.fahrenheit) }
        if estimate.object != nil { parts.append(.estimate) }
        return parts
    }

    /// Where the value of `part` stands; nil where the specification has no such part.
    func place(of part: SpecPart) -> ValuePlace? {
        switch part {
        case .place: return place
        case .condition(let number): return conditions[number].place
        case .term(let number): return terms[number].place
        case .digits(let number): return terms[number].digits
        case .multiplier(let number): return terms[number].multiplier
        case .factor(let number): return terms[number].factors?.place
        case .fahrenheit:
            if case .when(let condition) = fahrenheit { return condition.place }
            return nil
        case .estimate: return estimate.object.map { .object($0) }
        }
    }

    /// How often the value of `part` must be read, that of the quantity being read as `use`.
    func use(of part: SpecPart, _ use: ReadingLog.Use) -> ReadingLog.Use {
        switch part {
        case .place, .term: return use
        case .condition(let number): return conditions[number].isSettled ? .settled : .moving
        case .digits, .multiplier, .estimate: return .settled
        // Devices that choose their unit themselves change it with the load.
        case .factor: return .moving
        case .fahrenheit:
            if case .when(let condition) = fahrenheit, condition.isSettled { return .settled }
            return .moving
        }
    }
}

// MARK: - Meanings

extension Quantity {
    /// The largest number that is believed, in thousandths: every part of the product can hold it exactly.
    static var largest: Int64 { 9_000_000_000_000_000 }

    /// What a number of it can be, in thousandths.
    var allowed: ClosedRange<Int64> {
        switch self {
        case .power, .temperature: -Self.largest...Self.largest
        case .powerFactor: -1000...1000
        case .humidity: 0...100_000
        // A rating or threshold of 0 is one that nobody set.
        case .ratedCurrent, .ratedPower, .warningCurrent, .criticalCurrent: 1...Self.largest
        default: 0...Self.largest
        }
    }
}

extension ValueSpec {
    /// The raw value; nil when it is not there, says so, or a condition does not hold.
    func raw(_ values: some SpecValues) -> SNMPValue? {
        guard let raw = values.value(.place) else { return nil }
        for (number, condition) in conditions.enumerated()
        where !condition.isSatisfied(by: values.value(.condition(number))) {
            return nil
        }
        return unset.isUnset(raw) ? nil : raw
    }

    /// The number in the unit of `quantity`; nil when it is not one, or is outside of what the quantity can be.
    func number(of quantity: Quantity, _ values: some SpecValues) -> FixedPoint? {
        guard var number = sum(values) else { return nil }
        if isMagnitude { number = FixedPoint(thousandths: abs(number.thousandths)) }
        return quantity.allowed.contains(number.thousandths) ? number : nil
    }

    /// The number of a single setting as it stands; nil when it is not there, or says so.
    func setting(_ values: some SpecValues) -> FixedPoint? {
        guard let value = values.value(.place), !unset.isUnset(value) else { return nil }
        return sum(values)
    }

    /// The temperature in °C.
    func temperature(_ values: some SpecValues) -> FixedPoint? {
        guard let number = number(of: .temperature, values) else { return nil }
        let isFahrenheit =
            switch fahrenheit {
            case .never: false
            case .always: true
            case .when(let condition): condition.isSatisfied(by: values.value(.fahrenheit))
            }
        guard isFahrenheit else { return number }
        let ninths = (number.thousandths - 32_000) * 5
        return FixedPoint(thousandths: (ninths + (ninths < 0 ? -4 : 4)) / 9)
    }

    /// The text of `raw`, or the part of it that is meant.
    func text(of raw: SNMPValue) -> String? {
        guard let text = raw.text else { return nil }
        guard let pattern else { return text }
        return pattern.match(text)?.part.flatMap { DeviceText.clean(Array($0.utf8)) }
    }

    /// The state that `raw` says of the element `number`: its part of a text that holds those of all elements.
    func state(of raw: SNMPValue, number: Int) -> SwitchState? {
        guard let switching else { return nil }
        guard let divider else { return raw.switchState(switching) }
        guard let parts = raw.text?.split(separator: divider, omittingEmptySubsequences: false),
            parts.indices.contains(number - 1)
        else { return nil }
        return SNMPValue.octets(Array(parts[number - 1].utf8)).switchState(switching)
    }

    /// Whether the power was calculated from a nominal voltage.
    func isEstimate(_ values: some SpecValues) -> Bool {
        guard estimate.object != nil else { return estimate.isCertain }
        return values.value(.estimate).map { !unset.isUnset($0) } ?? false
    }

    private func sum(_ values: some SpecValues) -> FixedPoint? {
        var sum: Int64 = 0
        for (position, term) in terms.enumerated() {
            guard let found = values.value(.term(position)), !unset.isUnset(found), let raw = term.raw(found)
            else { return nil }
            if position == 0, let range, !range.contains(raw.number.truncated) { return nil }
            guard let scale = scale(of: term, position, values)?.times(raw.scale),
                let amount = scale.applied(to: raw.number), amount.thousandths.magnitude <= Quantity.largest
            else { return nil }
            sum += amount.thousandths
        }
        return FixedPoint(thousandths: sum)
    }

    /// What a term's number is multiplied by; nil where that stands in an object that is not there.
    private func scale(of term: NumberTerm, _ position: Int, _ values: some SpecValues) -> DecimalScale? {
        var scale = term.scale
        if term.digits != nil {
            guard let digits = values.value(.digits(position))?.rawNumber?.whole,
                let own = DecimalScale(digits: digits), let next = scale.times(own)
            else { return nil }
            scale = next
        }
        if term.multiplier != nil {
            guard let number = values.value(.multiplier(position))?.rawNumber?.whole,
                let own = DecimalScale(multiplier: number), let next = scale.times(own)
            else { return nil }
            scale = next
        }
        if let factors = term.factors {
            guard let choice = values.value(.factor(position))?.rawNumber?.whole,
                let own = factors.by[choice], let next = scale.times(own)
            else { return nil }
            scale = next
        }
        return scale
    }
}

extension NumberTerm {
    /// The raw number in `value`, and what the unit behind it multiplies by.
    fileprivate func raw(_ value: SNMPValue) -> (number: RawNumber, scale: DecimalScale)? {
        guard let units, let text = value.decimalText else {
            return value.rawNumber.map { ($0, .one) }
        }
        var unit = ""
        guard let number = RawNumber(leading: text, rest: &unit), let scale = units[unit.lowercased()] else {
            return nil
        }
        return (number, scale)
    }
}
