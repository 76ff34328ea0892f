// From a profile and a device's answers to a recipe. This goes down the sources as the decoder does, and where that
// takes a value, it notes the way to it.

import Basics
import MIB
import Metering

/// Makes a recipe.
struct RecipeMaker {
    private typealias Recipe = ReadingRecipe

    /// A unit, as far as it is known.
    private struct Draft {
        var elements: [Element: [Quantity: Recipe.Slot]] = [.wholePDU: [:]]
        var sensors: [Int: [Quantity: Recipe.Slot]] = [:]
        var meteredPhases: [Int] = []
    }

    private var decoder: ReadingDecoder
    private let trace: RowTrace
    /// The number of each object among the inputs.
    private let inputs: [ObjectIdentifier: Int]
    private var specs: [ValueSpec] = []
    private var places: [ValueSpec: Int] = [:]
    private var units: [Int: Draft] = [:]
    private var isFallback = false

    /// The recipe for devices that answer as `answers` say, read by `profile`.
    ///
    /// - Parameters:
    ///   - profile: the family.
    ///   - answers: what is asked of the device at every poll and what is known of it, and nothing else.
    ///   - moving: what is asked at every poll; the first inputs.
    ///   - settled: what is known; the other inputs.
    ///   - fallbacks: of the profile's fallbacks, those that are read.
    /// - Returns: the recipe, which has yet to be tried on the answers.
    static func recipe(
        _ profile: DeviceProfile,
        _ answers: Answers,
        moving: [ObjectIdentifier],
        settled: [ObjectIdentifier],
        fallbacks: [RowSource]
    ) -> ReadingRecipe {
        var maker = RecipeMaker(profile, answers, inputs: moving + settled)
        for source in profile.sources where !source.isFallback { maker.take(source) }
        maker.isFallback = true
        for source in fallbacks { maker.take(source) }
        return maker.recipe(movingCount: moving.count, fallbacks: fallbacks)
    }

    private init(_ profile: DeviceProfile, _ answers: Answers, inputs: [ObjectIdentifier]) {
        trace = RowTrace()
        decoder = ReadingDecoder(
            profile: profile,
            answers: answers,
            introduction: Introduction(answers.objects),
            log: nil,
            trace: trace
        )
        // What is both moving and settled is watched; the moving input comes first.
        self.inputs = Dictionary(
            inputs.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        units[decoder.host] = Draft()
    }

    private func recipe(movingCount: Int, fallbacks: [RowSource]) -> ReadingRecipe {
        var maker = self
        let profile = decoder.profile
        let voltage = profile.estimate?.nominalVoltage.flatMap { maker.use($0, number: 0, index: []) }
        let factor = profile.estimate?.powerFactor.flatMap { maker.use($0, number: 0, index: []) }
        return ReadingRecipe(
            family: Recipe.Family(
                name: profile.name,
                vendor: profile.vendor,
                conclusions: profile.conclusions,
                descriptionMarks: profile.descriptionMarks,
                isLineToLine: profile.estimate?.isLineToLine ?? false
            ),
            specs: maker.specs,
            units: units.sorted { $0.key < $1.key }.map(Self.layout),
            host: decoder.host,
            fallbacks: profile.sources.filter(\.isFallback).map { source in
                Recipe.Fallback(
                    subject: source.subject,
                    quantities: Set(source.values.keys),
                    isRead: fallbacks.contains(source)
                )
            },
            assumptions: assumptions(movingCount: movingCount),
            nominalVoltage: voltage,
            powerFactor: factor
        )
    }

    /// What decided about rows and may be another at the next poll.
    private func assumptions(movingCount: Int) -> [ReadingRecipe.Assumption] {
        func moving(_ object: ObjectIdentifier) -> Int? {
            inputs[object].flatMap { $0 < movingCount ? $0 : nil }
        }
        let decisions = trace.decisions.compactMap { decision in
            moving(decision.object).map { input in
                (
                    input,
                    Recipe.Assumption.condition(
                        decision.condition,
                        input: input,
                        isSatisfied: decision.isSatisfied
                    )
                )
            }
        }
        let values = trace.values.compactMap { object, value in
            moving(object).map { input in (input, Recipe.Assumption.value(value, input: input)) }
        }
        // In an order that is the same for all devices of a kind: that of bytes, where one object has several.
        return (decisions + values).map { input, assumption in
            var writer = ByteWriter()
            writer.put(assumption)
            return (input: input, bytes: writer.bytes, assumption: assumption)
        }
        .sorted {
            ($0.input, $0.bytes.count) == ($1.input, $1.bytes.count)
                ? $0.bytes.lexicographicallyPrecedes($1.bytes)
                : ($0.input, $0.bytes.count) < ($1.input, $1.bytes.count)
        }
        .map(\.assumption)
    }

    private static func layout(_ number: Int, _ draft: Draft) -> ReadingRecipe.UnitLayout {
        func slots(_ slots: [Quantity: Recipe.Slot]) -> [Recipe.Slot] {
            Quantity.allCases.compactMap { slots[$0] }
        }
        let ordered = ElementTable(draft.elements.keys.map(ElementReading.init))
        return Recipe.UnitLayout(
            number: number,
            elements: ordered.readings.map { reading in
                Recipe.ElementLayout(
                    element: reading.element,
                    slots: slots(draft.elements[reading.element] ?? [:])
                )
            },
            sensors: draft.sensors.sorted { $0.key < $1.key }.map { number, values in
                Recipe.SensorLayout(number: number, slots: slots(values))
            },
            meteredPhases: draft.meteredPhases.sorted()
        )
    }
}

// MARK: - Sources

extension RecipeMaker {
    private mutating func take(_ source: RowSource) {
        let rows = decoder.rows(of: source)
        switch source.combination {
        case nil:
            for group in decoder.grouped(rows) { take(group, of: source) }
        case .single:
            for (_, rows) in byUnit(rows) where rows.count == 1 { take(rows, of: source) }
        case .sum:
            for (unit, rows) in byUnit(rows) { takeSum(of: rows, source, unit: unit) }
        }
    }

    private func byUnit(_ rows: [Row]) -> [(key: Int, value: [Row])] {
        Dictionary(grouping: rows, by: { $0.unit ?? decoder.host }).sorted { $0.key < $1.key }
    }

    private mutating func take(_ rows: [Row], of source: RowSource) {
        guard let first = rows.first else { return }
        let unit = first.unit ?? decoder.host
        begin(unit)
        if case .element(let kind) = source.subject, kind != .pdu {
            takeParents(first, kind, unit)
            if kind == .phase, source.values.keys.contains(where: \.isMeasured) { meter(first.number, unit) }
        }
        for (quantity, specs) in source.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for spec in specs {
                for row in rows where spec.isOf(row) {
                    guard let use = use(spec, number: row.number, index: row.index) else { continue }
                    add(.value(use), to: quantity, of: source.subject, row.number, unit)
                }
            }
        }
    }

    private mutating func begin(_ unit: Int) {
        if decoder.units[unit] == nil { decoder.units[unit] = UnitDraft() }
        if units[unit] == nil { units[unit] = Draft() }
    }

    private mutating func meter(_ phase: Int, _ unit: Int) {
        guard units[unit]?.meteredPhases.contains(phase) == false else { return }
        units[unit]?.meteredPhases.append(phase)
    }

    private mutating func takeParents(_ row: Row, _ kind: ElementKind, _ unit: Int) {
        if let bank = row.bank { add(.number(bank), to: .bank, of: .element(kind), row.number, unit) }
        if let phase = row.phase { add(.number(phase), to: .phase, of: .element(kind), row.number, unit) }
    }

    private mutating func takeSum(of rows: [Row], _ source: RowSource, unit: Int) {
        begin(unit)
        let parts = Dictionary(grouping: rows, by: \.thing)
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        for (quantity, specs) in source.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let uses = parts.map { rows in
                specs.flatMap { spec in
                    rows.filter(spec.isOf).compactMap { use(spec, number: $0.number, index: $0.index) }
                }
            }
            // A sum with an unknown part is unknown.
            guard uses.allSatisfy({ !$0.isEmpty }) else { continue }
            if uses.count == 1, let row = parts[0].first {
                add(.first(uses[0]), to: quantity, of: source.subject, row.number, unit)
            } else if uses.count > 1, quantity.isAdditive {
                add(.sum(uses), to: quantity, of: .element(.pdu), 0, unit)
            }
        }
    }

    private mutating func add(
        _ choice: ReadingRecipe.Choice,
        to quantity: Quantity,
        of subject: RowSource.Subject,
        _ number: Int,
        _ unit: Int
    ) {
        func extended(_ slot: Recipe.Slot?) -> Recipe.Slot {
            var slot = slot ?? Recipe.Slot(quantity: quantity)
            slot.choices.append(choice)
            if !isFallback { slot.primaryCount += 1 }
            return slot
        }
        switch subject {
        case .element(let kind):
            let element = kind == .pdu ? .wholePDU : Element(kind, number)
            let slot = extended(units[unit]?.elements[element]?[quantity])
            units[unit]?.elements[element, default: [:]][quantity] = slot
        case .sensor:
            let slot = extended(units[unit]?.sensors[number]?[quantity])
            units[unit]?.sensors[number, default: [:]][quantity] = slot
        }
    }

    /// The use of `spec` in the row `index`; nil where its value is not there.
    private mutating func use(_ spec: ValueSpec, number: Int, index: [UInt32]) -> ReadingRecipe.Use? {
        var numbers = [Int32](repeating: -1, count: spec.inputCount)
        for part in spec.parts {
            guard let place = spec.place(of: part),
                let found = decoder.answers.value(at: place, index), let input = inputs[found.object]
            else { continue }
            numbers[spec.inputOffset(of: part)] = Int32(input)
        }
        guard numbers[0] >= 0 else { return nil }
        // Of which rows it speaks is decided.
        let general = spec.withoutKind
        let place = places[general] ?? specs.count
        if place == specs.count {
            specs.append(general)
            places[general] = place
        }
        return Recipe.Use(spec: place, number: number, inputs: numbers)
    }
}
