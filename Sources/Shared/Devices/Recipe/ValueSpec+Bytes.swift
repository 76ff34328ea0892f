// Specifications as bytes, so that a recipe can be kept without the profile that it was made of.

import Basics
import MIB

extension ByteWriter {
    mutating func put(_ values: RawValues) {
        list(values.numbers.sorted()) { $0.put($1) }
        list(values.texts.sorted()) { $0.put($1) }
    }

    mutating func put(_ scale: DecimalScale) {
        for part in scale.parts { put(part) }
    }

    mutating func put(_ condition: RowCondition) {
        put(condition.place)
        switch condition.test {
        case .among(let values, let orAbsent, let isNegated):
            tagged(0) { writer in
                writer.put(values)
                writer.put(orAbsent)
                writer.put(isNegated)
            }
        case .like(let pattern): tagged(1) { $0.put(pattern.source) }
        case .unlike(let pattern): tagged(2) { $0.put(pattern.source) }
        }
        put(condition.isSettled)
    }

    mutating func put(_ place: ValuePlace) {
        switch place {
        case .column(let column): tagged(0) { $0.put(column) }
        case .object(let object): tagged(1) { $0.put(object) }
        }
    }

    /// All but its kind: of what rows it speaks has been decided.
    mutating func put(_ spec: ValueSpec) {
        put(spec.place)
        list(spec.conditions) { $0.put($1) }
        put(spec.unset)
        optional(spec.range) { writer, range in
            writer.put(range.lowerBound)
            writer.put(range.upperBound)
        }
        list(spec.terms) { $0.put($1) }
        optional(spec.pattern) { $0.put($1.source) }
        optional(spec.divider) { $0.put(String($1)) }
        put(spec.isMagnitude)
        optional(spec.counter.resolution) { $0.put($1.thousandths) }
        optional(spec.counter.maximum) { $0.put($1.thousandths) }
        optional(spec.switching) { writer, switching in
            writer.put(switching.on)
            writer.put(switching.off)
        }
        optional(spec.numbers) { writer, numbers in
            writer.list(numbers.ofNumbers.sorted { $0.key < $1.key }) { writer, entry in
                writer.put(entry.key)
                writer.put(entry.value)
            }
            writer.list(numbers.ofTexts.sorted { $0.key < $1.key }) { writer, entry in
                writer.put(entry.key)
                writer.put(entry.value)
            }
        }
        switch spec.fahrenheit {
        case .never: tagged(0) { _ in }
        case .always: tagged(1) { _ in }
        case .when(let condition): tagged(2) { $0.put(condition) }
        }
        put(spec.estimate.isCertain)
        optional(spec.estimate.object) { $0.put($1) }
        put(spec.estimate.isZeroUnsetUnderLoad)
    }

    private mutating func put(_ term: NumberTerm) {
        put(term.place)
        put(term.scale)
        optional(term.digits) { $0.put($1) }
        optional(term.multiplier) { $0.put($1) }
        optional(term.factors) { writer, factors in
            writer.put(factors.place)
            writer.list(factors.by.sorted { $0.key < $1.key }) { writer, entry in
                writer.put(entry.key)
                writer.put(entry.value)
            }
        }
        optional(term.units) { writer, units in
            writer.list(units.sorted { $0.key < $1.key }) { writer, entry in
                writer.put(entry.key)
                writer.put(entry.value)
            }
        }
    }
}

extension ByteReader {
    mutating func rawValues() throws(ByteMismatch) -> RawValues {
        let numbers = try list { reader throws(ByteMismatch) in try reader.signed() }
        let texts = try list { reader throws(ByteMismatch) in try reader.text() }
        return RawValues(numbers: Set(numbers), texts: Set(texts))
    }

    mutating func scale() throws(ByteMismatch) -> DecimalScale {
        guard let scale = DecimalScale(parts: [try signed(), try signed(), try signed()]) else {
            throw ByteMismatch()
        }
        return scale
    }

    mutating func pattern() throws(ByteMismatch) -> TextPattern {
        guard let pattern = TextPattern(try text()) else { throw ByteMismatch() }
        return pattern
    }

    mutating func place() throws(ByteMismatch) -> ValuePlace {
        switch try byte() {
        case 0: return .column(try identifier())
        case 1: return .object(try identifier())
        default: throw ByteMismatch()
        }
    }

    mutating func condition() throws(ByteMismatch) -> RowCondition {
        let place = try place()
        let test: RowCondition.Test =
            switch try byte() {
            case 0: .among(try rawValues(), orAbsent: try flag(), isNegated: try flag())
            case 1: .like(try pattern())
            case 2: .unlike(try pattern())
            default: throw ByteMismatch()
            }
        return RowCondition(place: place, test: test, isSettled: try flag())
    }

    mutating func spec() throws(ByteMismatch) -> ValueSpec {
        ValueSpec(
            place: try place(),
            kind: nil,
            conditions: try list { reader throws(ByteMismatch) in try reader.condition() },
            unset: try rawValues(),
            range: try optional { reader throws(ByteMismatch) in
                let (least, most) = (try reader.signed(), try reader.signed())
                guard least <= most else { throw ByteMismatch() }
                return least...most
            },
            terms: try list { reader throws(ByteMismatch) in try reader.term() },
            pattern: try optional { reader throws(ByteMismatch) in try reader.pattern() },
            divider: try optional { reader throws(ByteMismatch) in
                let text = try reader.text()
                guard let character = text.first, text.count == 1 else { throw ByteMismatch() }
                return character
            },
            isMagnitude: try flag(),
            counter: ValueSpec.CounterSpec(resolution: try thousandths(), maximum: try thousandths()),
            switching: try optional { reader throws(ByteMismatch) in
                ValueSpec.SwitchSpec(on: try reader.rawValues(), off: try reader.rawValues())
            },
            numbers: try optional { reader throws(ByteMismatch) in try reader.parentNumbers() },
            fahrenheit: try fahrenheit(),
            estimate: ValueSpec.EstimateSign(
                isCertain: try flag(),
                object: try optional { reader throws(ByteMismatch) in try reader.identifier() },
                isZeroUnsetUnderLoad: try flag()
            )
        )
    }

    private mutating func thousandths() throws(ByteMismatch) -> FixedPoint? {
        try optional { reader throws(ByteMismatch) in FixedPoint(thousandths: try reader.signed()) }
    }

    private mutating func parentNumbers() throws(ByteMismatch) -> ValueSpec.ParentNumbers {
        var numbers = ValueSpec.ParentNumbers()
        for _ in 0..<(try count()) { numbers.ofNumbers[try signed()] = try integer() }
        for _ in 0..<(try count()) { numbers.ofTexts[try text()] = try integer() }
        return numbers
    }

    private mutating func fahrenheit() throws(ByteMismatch) -> ValueSpec.Fahrenheit {
        switch try byte() {
        case 0: return .never
        case 1: return .always
        case 2: return .when(try condition())
        default: throw ByteMismatch()
        }
    }

    private mutating func term() throws(ByteMismatch) -> NumberTerm {
        NumberTerm(
            place: try place(),
            scale: try scale(),
            digits: try optional { reader throws(ByteMismatch) in try reader.place() },
            multiplier: try optional { reader throws(ByteMismatch) in try reader.place() },
            factors: try optional { reader throws(ByteMismatch) in
                let place = try reader.place()
                var by: [Int64: DecimalScale] = [:]
                for _ in 0..<(try reader.count()) { by[try reader.signed()] = try reader.scale() }
                return NumberTerm.Factors(place: place, by: by)
            },
            units: try optional { reader throws(ByteMismatch) in
                var units: [String: DecimalScale] = [:]
                for _ in 0..<(try reader.count()) { units[try reader.text()] = try reader.scale() }
                return units
            }
        )
    }
}
