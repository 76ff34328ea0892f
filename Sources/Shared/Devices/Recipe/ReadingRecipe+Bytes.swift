// Recipes as bytes. Whoever changes what is written here, or what the decoder makes of the same answers, changes
// `KindRecipe.version`.

import Basics
import MIB
import Metering

extension ByteWriter {
    mutating func put(_ recipe: ReadingRecipe) {
        put(recipe.family)
        list(recipe.specs) { $0.put($1) }
        list(recipe.units) { $0.put($1) }
        put(recipe.host)
        list(recipe.fallbacks) { $0.put($1) }
        list(recipe.assumptions) { $0.put($1) }
        optional(recipe.nominalVoltage) { $0.put($1) }
        optional(recipe.powerFactor) { $0.put($1) }
    }

    mutating func put(_ assumption: ReadingRecipe.Assumption) {
        switch assumption {
        case .condition(let condition, let input, let isSatisfied):
            tagged(0) { writer in
                writer.put(condition)
                writer.put(input)
                writer.put(isSatisfied)
            }
        case .value(let value, let input):
            tagged(1) { writer in
                writer.put(value)
                writer.put(input)
            }
        }
    }

    private mutating func put(_ family: ReadingRecipe.Family) {
        put(family.name)
        optional(family.vendor) { $0.put($1) }
        put(family.conclusions.isDirectCurrent)
        put(family.conclusions.isZeroUnsetUnderLoad)
        list(family.descriptionMarks.sorted { $0.key.rawValue < $1.key.rawValue }) { writer, mark in
            writer.put(mark.key.rawValue)
            writer.put(mark.value)
        }
        put(family.isLineToLine)
    }

    private mutating func put(_ unit: ReadingRecipe.UnitLayout) {
        put(unit.number)
        list(unit.elements) { writer, layout in
            writer.put(layout.element.kind.rawValue)
            writer.put(layout.element.number)
            writer.list(layout.slots) { $0.put($1) }
        }
        list(unit.sensors) { writer, layout in
            writer.put(layout.number)
            writer.list(layout.slots) { $0.put($1) }
        }
        list(unit.meteredPhases) { $0.put($1) }
    }

    private mutating func put(_ slot: ReadingRecipe.Slot) {
        put(slot.quantity.rawValue)
        list(slot.choices) { $0.put($1) }
        put(slot.primaryCount)
    }

    private mutating func put(_ choice: ReadingRecipe.Choice) {
        switch choice {
        case .value(let use): tagged(0) { $0.put(use) }
        case .number(let number): tagged(1) { $0.put(number) }
        case .first(let uses): tagged(2) { $0.list(uses) { $0.put($1) } }
        case .sum(let parts): tagged(3) { $0.list(parts) { $0.list($1) { $0.put($1) } } }
        }
    }

    private mutating func put(_ use: ReadingRecipe.Use) {
        put(use.spec)
        put(use.number)
        list(use.inputs) { $0.put(Int($1)) }
    }

    private mutating func put(_ fallback: ReadingRecipe.Fallback) {
        switch fallback.subject {
        case .sensor: tagged(0) { _ in }
        case .element(let kind): tagged(1) { $0.put(kind.rawValue) }
        }
        list(fallback.quantities.map(\.rawValue).sorted()) { $0.put($1) }
        put(fallback.isRead)
    }
}

extension ByteReader {
    /// A recipe of which `inputCount` values are the inputs.
    mutating func recipe(inputCount: Int) throws(ByteMismatch) -> ReadingRecipe {
        let family = try family()
        let specs = try list { reader throws(ByteMismatch) in try reader.spec() }
        let uses = UseLimits(inputCounts: specs.map(\.inputCount), inputCount: inputCount)
        return ReadingRecipe(
            family: family,
            specs: specs,
            units: try list { reader throws(ByteMismatch) in try reader.unit(uses) },
            host: try integer(),
            fallbacks: try list { reader throws(ByteMismatch) in try reader.fallback() },
            assumptions: try list { reader throws(ByteMismatch) in try reader.assumption(uses) },
            nominalVoltage: try optional { reader throws(ByteMismatch) in try reader.use(uses) },
            powerFactor: try optional { reader throws(ByteMismatch) in try reader.use(uses) }
        )
    }

    /// What a use may refer to.
    private struct UseLimits {
        /// How many inputs a use of each specification has.
        let inputCounts: [Int]
        /// How many inputs there are.
        let inputCount: Int
    }

    private mutating func named<Value: RawRepresentable<String>>(
        _ type: Value.Type
    ) throws(ByteMismatch) -> Value {
        guard let value = Value(rawValue: try text()) else { throw ByteMismatch() }
        return value
    }

    private mutating func input(_ limits: UseLimits) throws(ByteMismatch) -> Int {
        let input = try integer()
        guard (0..<limits.inputCount).contains(input) else { throw ByteMismatch() }
        return input
    }

    private mutating func family() throws(ByteMismatch) -> ReadingRecipe.Family {
        let name = try text()
        let vendor = try optional { reader throws(ByteMismatch) in try reader.text() }
        let conclusions = UnitDraft.Conclusions(isDirectCurrent: try flag(), isZeroUnsetUnderLoad: try flag())
        var marks: [Quantity: String] = [:]
        for _ in 0..<(try count()) { marks[try named(Quantity.self)] = try text() }
        return ReadingRecipe.Family(
            name: name,
            vendor: vendor,
            conclusions: conclusions,
            descriptionMarks: marks,
            isLineToLine: try flag()
        )
    }

    private mutating func unit(_ limits: UseLimits) throws(ByteMismatch) -> ReadingRecipe.UnitLayout {
        ReadingRecipe.UnitLayout(
            number: try integer(),
            elements: try list { reader throws(ByteMismatch) in
                ReadingRecipe.ElementLayout(
                    element: Element(try reader.named(ElementKind.self), try reader.integer()),
                    slots: try reader.list { reader throws(ByteMismatch) in try reader.slot(limits) }
                )
            },
            sensors: try list { reader throws(ByteMismatch) in
                ReadingRecipe.SensorLayout(
                    number: try reader.integer(),
                    slots: try reader.list { reader throws(ByteMismatch) in try reader.slot(limits) }
                )
            },
            meteredPhases: try list { reader throws(ByteMismatch) in try reader.integer() }
        )
    }

    private mutating func slot(_ limits: UseLimits) throws(ByteMismatch) -> ReadingRecipe.Slot {
        ReadingRecipe.Slot(
            quantity: try named(Quantity.self),
            choices: try list { reader throws(ByteMismatch) in try reader.choice(limits) },
            primaryCount: try integer()
        )
    }

    private mutating func choice(_ limits: UseLimits) throws(ByteMismatch) -> ReadingRecipe.Choice {
        switch try byte() {
        case 0: return .value(try use(limits))
        case 1: return .number(try integer())
        case 2: return .first(try list { reader throws(ByteMismatch) in try reader.use(limits) })
        case 3:
            return .sum(
                try list { reader throws(ByteMismatch) in
                    try reader.list { reader throws(ByteMismatch) in try reader.use(limits) }
                }
            )
        default: throw ByteMismatch()
        }
    }

    private mutating func use(_ limits: UseLimits) throws(ByteMismatch) -> ReadingRecipe.Use {
        let (spec, number) = (try integer(), try integer())
        let inputs = try list { reader throws(ByteMismatch) in
            let input = try reader.integer()
            guard (-1..<limits.inputCount).contains(input) else { throw ByteMismatch() }
            return Int32(truncatingIfNeeded: input)
        }
        guard limits.inputCounts.indices.contains(spec), (0...1_000_000_000).contains(number),
            inputs.count == limits.inputCounts[spec]
        else {
            throw ByteMismatch()
        }
        return ReadingRecipe.Use(spec: spec, number: number, inputs: inputs)
    }

    private mutating func fallback() throws(ByteMismatch) -> ReadingRecipe.Fallback {
        let subject: RowSource.Subject
        switch try byte() {
        case 0: subject = .sensor
        case 1: subject = .element(try named(ElementKind.self))
        default: throw ByteMismatch()
        }
        let quantities = try list { reader throws(ByteMismatch) in try reader.named(Quantity.self) }
        return ReadingRecipe.Fallback(subject: subject, quantities: Set(quantities), isRead: try flag())
    }

    private mutating func assumption(_ limits: UseLimits) throws(ByteMismatch) -> ReadingRecipe.Assumption {
        switch try byte() {
        case 0: return .condition(try condition(), input: try input(limits), isSatisfied: try flag())
        case 1: return .value(try value(), input: try input(limits))
        default: throw ByteMismatch()
        }
    }
}
