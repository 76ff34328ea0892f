// The part of a profile file that says what an object or a column means.

import Basics
import MIB
import YAML

/// Reads what objects and columns mean.
struct ValueReader {
    /// What means "not there" unless an object says otherwise.
    let absent: RawValues

    /// The specifications of a value of `quantity`: a place alone, a mapping that says more, or a list of such.
    func values(_ field: YAMLField, of quantity: Quantity, entry: ObjectIdentifier?) -> [ValueSpec] {
        field.items().compactMap { value($0, of: quantity, entry: entry) }
    }

    /// The condition that `field` is.
    func condition(_ field: YAMLField, entry: ObjectIdentifier?) -> RowCondition? {
        guard let section = field.section(["column", "object", "is", "is_not", "like", "unlike", "settled"])
        else {
            return nil
        }
        let tests = ["is", "is_not", "like", "unlike"].filter { section[$0].isPresent }
        guard tests.count == 1 else {
            field.report("give one of is, is_not, like and unlike")
            return nil
        }
        guard let place = section.place(below: entry), let test = test(tests[0], section[tests[0]]) else {
            return nil
        }
        return RowCondition(place: place, test: test, isSettled: section["settled"].flag() ?? false)
    }

    private func test(_ word: String, _ field: YAMLField) -> RowCondition.Test? {
        if word == "like" { return field.textPattern().map { .like($0) } }
        if word == "unlike" { return field.textPattern().map { .unlike($0) } }
        var hasAbsent = false
        guard let values = field.rawValues(hasAbsent: &hasAbsent) else { return nil }
        return .among(values, orAbsent: hasAbsent, isNegated: word == "is_not")
    }

    private func value(_ field: YAMLField, of quantity: Quantity, entry: ObjectIdentifier?) -> ValueSpec? {
        guard field.isMapping else {
            guard quantity != .state else {
                field.report("say which values mean on and off: { column: 5, on: [1], off: [2] }")
                return nil
            }
            guard let place = field.plainPlace(below: entry) else { return nil }
            return spec(place, terms: [plainTerm(place)])
        }
        guard let section = field.section(["column", "object"] + keys(of: quantity)),
            let place = section.place(below: entry)
        else { return nil }
        return spec(
            place,
            kind: kind(section["kind"]),
            conditions: section["when"].items().compactMap { condition($0, entry: entry) },
            unset: section["absent"].rawValues(),
            range: range(section["between"]),
            terms: terms(section, place, entry: entry),
            pattern: quantity.isParent ? numberPattern(section["like"]) : part(section["like"]),
            divider: divider(section["part"]),
            isMagnitude: section["magnitude"].flag() ?? false,
            counter: counter(section),
            switching: quantity == .state ? switching(section) : nil,
            numbers: numbers(section["numbers"]),
            fahrenheit: fahrenheit(section["fahrenheit"], entry: entry),
            estimate: ValueSpec.EstimateSign(
                isCertain: section["estimate"].flag() ?? false,
                object: section["estimated_with"].objectIdentifier(),
                isZeroUnsetUnderLoad: section["zero_under_load"].choice(of: ["absent"]) != nil
            )
        )
    }

    /// The keys that a value of `quantity` may have besides its place.
    private func keys(of quantity: Quantity) -> [String] {
        var keys = ["absent", "kind", "when"]
        if quantity.isScaled { keys += Self.termKeys + ["plus", "between", "magnitude"] }
        if quantity.isText { keys.append("like") }
        if quantity.isParent { keys += ["numbers", "like"] }
        if quantity == .energy { keys += ["resolution", "maximum"] }
        if quantity == .state { keys += ["on", "off", "part"] }
        if quantity == .temperature { keys.append("fahrenheit") }
        if quantity == .power { keys += ["estimate", "estimated_with", "zero_under_load"] }
        return keys
    }

    private func spec(
        _ place: ValuePlace,
        kind: RowKind? = nil,
        conditions: [RowCondition] = [],
        unset: RawValues? = nil,
        range: ClosedRange<Int64>? = nil,
        terms: [NumberTerm] = [],
        pattern: TextPattern? = nil,
        divider: Character? = nil,
        isMagnitude: Bool = false,
        counter: ValueSpec.CounterSpec = ValueSpec.CounterSpec(resolution: nil, maximum: nil),
        switching: ValueSpec.SwitchSpec? = nil,
        numbers: ValueSpec.ParentNumbers? = nil,
        fahrenheit: ValueSpec.Fahrenheit = .never,
        estimate: ValueSpec.EstimateSign = ValueSpec.EstimateSign()
    ) -> ValueSpec {
        ValueSpec(
            place: place,
            kind: kind,
            conditions: conditions,
            unset: unset ?? absent,
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

// MARK: - Numbers

extension ValueReader {
    private static let termKeys = ["scale", "digits", "multiplier", "factors", "units"]

    private func plainTerm(_ place: ValuePlace) -> NumberTerm {
        NumberTerm(place: place, scale: .one, digits: nil, multiplier: nil, factors: nil, units: nil)
    }

    private func terms(_ section: YAMLSection, _ place: ValuePlace, entry: ObjectIdentifier?) -> [NumberTerm]
    {
        let first = term(section, place, entry: entry)
        let further = section["plus"].items().compactMap { field -> NumberTerm? in
            guard let section = field.section(["column", "object"] + Self.termKeys),
                let place = section.place(below: entry)
            else { return nil }
            return term(section, place, entry: entry)
        }
        return [first] + further
    }

    private func term(_ section: YAMLSection, _ place: ValuePlace, entry: ObjectIdentifier?) -> NumberTerm {
        NumberTerm(
            place: place,
            scale: section["scale"].scale() ?? .one,
            digits: section["digits"].place(below: entry),
            multiplier: section["multiplier"].place(below: entry),
            factors: factors(section["factors"], entry: entry),
            units: units(section["units"])
        )
    }

    private func factors(_ field: YAMLField, entry: ObjectIdentifier?) -> NumberTerm.Factors? {
        guard let section = field.section(["column", "object", "by"]), let place = section.place(below: entry)
        else { return nil }
        var by: [Int64: DecimalScale] = [:]
        for (key, value) in section.required("by").entries() ?? [] {
            guard let number = Int64(key.name) else {
                value.report("the key must be a whole number, which the object may have")
                continue
            }
            by[number] = value.scale()
        }
        return NumberTerm.Factors(place: place, by: by)
    }

    private func units(_ field: YAMLField) -> [String: DecimalScale]? {
        guard let entries = field.entries() else { return nil }
        var units: [String: DecimalScale] = [:]
        for (key, value) in entries { units[key.name.lowercased()] = value.scale() }
        return units
    }

    private func range(_ field: YAMLField) -> ClosedRange<Int64>? {
        guard let items = field.list() else { return nil }
        let numbers = items.compactMap { $0.integer(in: -9_000_000_000_000...9_000_000_000_000) }
        guard items.count == 2, numbers.count == 2, numbers[0] <= numbers[1] else {
            field.report("expected the smallest and the largest number: [0, 5000]")
            return nil
        }
        return Int64(numbers[0])...Int64(numbers[1])
    }

    /// The step and the largest value of a counter, Wh; the largest up to 2³² kWh.
    private func counter(_ section: YAMLSection) -> ValueSpec.CounterSpec {
        let step = section["resolution"].decimal(in: FixedPoint(thousandths: 1)...FixedPoint(1_000_000))
        let maximum = section["maximum"].decimal(in: FixedPoint(1)...FixedPoint(4_294_967_296_000))
        if let maximum, maximum.thousandths % (step ?? maximum).thousandths != 0 || step == nil {
            section["maximum"].report("expected a multiple of the counter's resolution")
        }
        return ValueSpec.CounterSpec(resolution: step, maximum: maximum)
    }
}

// MARK: - Other meanings

extension ValueReader {
    private func switching(_ section: YAMLSection) -> ValueSpec.SwitchSpec? {
        guard let on = section.required("on").rawValues(), let off = section.required("off").rawValues()
        else {
            return nil
        }
        let both = on.numbers.intersection(off.numbers).map(String.init) + on.texts.intersection(off.texts)
        if let both = both.first { section.field.report("\(both) cannot mean both on and off") }
        return ValueSpec.SwitchSpec(on: on, off: off)
    }

    private func kind(_ field: YAMLField) -> RowKind? {
        field.converted(expected: "a whole number, or a text as of like") { text in
            Int64(text).map { .number($0) } ?? TextPattern(text).map { .like($0) }
        }
    }

    private func numbers(_ field: YAMLField) -> ValueSpec.ParentNumbers? {
        guard let entries = field.entries() else { return nil }
        var numbers = ValueSpec.ParentNumbers()
        for (key, value) in entries where value.node?.isAbsentWord != true {
            guard let number = value.integer(in: 1...9999) else { continue }
            if let raw = Int64(key.name) {
                numbers.ofNumbers[raw] = number
            } else {
                numbers.ofTexts[key.name.lowercased()] = number
            }
        }
        return numbers
    }

    private func part(_ field: YAMLField) -> TextPattern? {
        guard let pattern = field.textPattern() else { return nil }
        if !pattern.hasPart { field.report("nothing in it marks the part that is meant: {*}") }
        return pattern
    }

    private func numberPattern(_ field: YAMLField) -> TextPattern? {
        guard let pattern = field.textPattern() else { return nil }
        if !pattern.hasNumber { field.report("nothing in it catches a number: # or @") }
        return pattern
    }

    private func divider(_ field: YAMLField) -> Character? {
        field.converted(expected: "one character") { $0.count == 1 ? $0.first : nil }
    }

    private func fahrenheit(_ field: YAMLField, entry: ObjectIdentifier?) -> ValueSpec.Fahrenheit {
        guard field.isPresent else { return .never }
        guard field.isMapping else { return field.flag() == true ? .always : .never }
        return condition(field, entry: entry).map { .when($0) } ?? .never
    }
}

extension YAMLNode {
    /// Whether it is the word for "not there".
    fileprivate var isAbsentWord: Bool {
        if case .scalar("absent", _) = content { true } else { false }
    }
}
