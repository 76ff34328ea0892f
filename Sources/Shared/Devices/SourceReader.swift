// The part of a profile file that says which rows there are and what their columns mean.

import Basics
import MIB
import Metering
import YAML

/// Reads the sources of one kind of element.
struct SourceReader {
    private static let keys = [
        "table", "entry", "index", "number", "unit", "host", "where", "values", "fallback",
    ]

    let subject: RowSource.Subject
    let quantities: [Quantity]
    let objects: ObjectReader

    /// The source that `field` describes; nil, with problems reported, when it describes none.
    func source(_ field: YAMLField) -> RowSource? {
        guard let section = field.section(Self.keys) else { return nil }
        let entry = section["entry"].objectIdentifier()
        if !section["entry"].isPresent, subject != .element(.pdu) { _ = section.required("entry") }
        let index = indexNames(section["index"])
        let source = RowSource(
            subject: subject,
            isFallback: section["fallback"].flag() ?? false,
            isSingle: !section["entry"].isPresent,
            number: position("number", section, entry: entry, index: index),
            unit: position("unit", section, entry: entry, index: index),
            conditions: (section["where"].list() ?? []).compactMap { condition($0, entry: entry) },
            host: condition(section["host"], entry: entry),
            values: values(section.required("values"), entry: entry)
        )
        check(source, section)
        return source
    }

    private func check(_ source: RowSource, _ section: YAMLSection) {
        if subject == .element(.pdu) {
            if source.number != nil { section["number"].report("the whole PDU has no number") }
        } else if source.number == nil {
            section.field.report("give the row's number: number: COLUMN, or number in the index")
        }
        if source.host != nil, source.unit == nil {
            section["host"].report("needs unit: which unit a row is of")
        }
        if source.isSingle, source.host != nil || !source.conditions.isEmpty || source.unit != nil {
            section.field.report("unit, host and where are about rows of a table; give its entry")
        }
        if source.values.isEmpty { section.field.report("no values to read") }
    }

    /// What the parts of a row's index mean: `[unit, number]`; `row` for a part without meaning.
    private func indexNames(_ field: YAMLField) -> [String] {
        (field.list() ?? []).compactMap { $0.choice(of: ["row", "number", "unit"]) }
    }

    private func position(
        _ key: String,
        _ section: YAMLSection,
        entry: ObjectIdentifier?,
        index: [String]
    ) -> RowSource.Position? {
        if let place = index.firstIndex(of: key) {
            if section[key].isPresent { section[key].report("it stands in the index already") }
            return .index(place)
        }
        guard let entry, let column = section[key].column(below: entry) else { return nil }
        return .column(column)
    }

    private func condition(_ field: YAMLField, entry: ObjectIdentifier?) -> RowCondition? {
        guard let section = field.section(["column", "is", "is_not"]), let entry else { return nil }
        guard section["is"].isPresent != section["is_not"].isPresent else {
            field.report("give either is or is_not")
            return nil
        }
        let list = section["is"].isPresent ? section["is"] : section["is_not"]
        guard let column = section.required("column").column(below: entry),
            let values = list.wholeNumbers(orAbsent: true)
        else { return nil }
        return RowCondition(
            column: column,
            values: values.numbers,
            includesAbsent: values.hasAbsent,
            isNegated: section["is_not"].isPresent
        )
    }

    private func values(_ field: YAMLField, entry: ObjectIdentifier?) -> [Quantity: ObjectSpec] {
        guard let section = field.section(quantities.map(\.rawValue)) else { return [:] }
        var values: [Quantity: ObjectSpec] = [:]
        for quantity in quantities {
            values[quantity] = objects.object(section[quantity.rawValue], of: quantity, entry: entry)
        }
        return values
    }
}

/// Reads what an object or a column means.
struct ObjectReader {
    /// What means "not there" unless an object says otherwise.
    let absent: UnsetValues

    /// The object or column that `field` describes: its number alone, or a mapping that says more.
    func object(_ field: YAMLField, of quantity: Quantity, entry: ObjectIdentifier?) -> ObjectSpec? {
        guard let node = field.node else { return nil }
        if case .scalar = node.content {
            guard quantity != .state else {
                field.report("say which values mean on and off: { column: 5, on: [1], off: [2] }")
                return nil
            }
            return place(field, entry: entry).map { spec($0) }
        }
        let place = entry == nil ? "object" : "column"
        guard let section = field.section([place] + keys(of: quantity)) else { return nil }
        guard let object = self.place(section.required(place), entry: entry) else { return nil }
        let on = quantity == .state ? section.required("on").wholeNumbers()?.numbers : nil
        let off = quantity == .state ? section.required("off").wholeNumbers()?.numbers : nil
        if let both = on?.intersection(off ?? []).first {
            field.report("\(both) cannot mean both on and off")
        }
        let counter = counter(section)
        return spec(
            object,
            scale: section["scale"].scale(),
            unset: unsetValues(section["absent"]),
            resolution: counter.step,
            maximum: counter.maximum,
            states: (on ?? [], off ?? []),
            estimatedWith: section["estimated_with"].objectIdentifier(),
            isZeroUnsetUnderLoad: section["zero_under_load"].choice(of: ["absent"]) != nil
        )
    }

    /// The step and the largest value of a counter, Wh; the largest up to 2³² kWh.
    private func counter(_ section: YAMLSection) -> (step: FixedPoint?, maximum: FixedPoint?) {
        let step = section["resolution"].decimal(in: FixedPoint(thousandths: 1)...FixedPoint(1_000_000))
        let maximum = section["maximum"].decimal(in: FixedPoint(1)...FixedPoint(4_294_967_296_000))
        if let maximum, maximum.thousandths % (step ?? maximum).thousandths != 0 || step == nil {
            section["maximum"].report("expected a multiple of the counter's resolution")
        }
        return (step, maximum)
    }

    /// The keys that a value of `quantity` may have besides its place.
    private func keys(of quantity: Quantity) -> [String] {
        var keys = ["absent"]
        if quantity.isScaled { keys.append("scale") }
        if quantity == .energy { keys += ["resolution", "maximum"] }
        if quantity == .state { keys += ["on", "off"] }
        if quantity == .power { keys += ["estimated_with", "zero_under_load"] }
        return keys
    }

    private func place(_ field: YAMLField, entry: ObjectIdentifier?) -> ObjectIdentifier? {
        if let entry { return field.column(below: entry) }
        return field.objectIdentifier()
    }

    private func spec(
        _ object: ObjectIdentifier,
        scale: DecimalScale? = nil,
        unset: UnsetValues? = nil,
        resolution: FixedPoint? = nil,
        maximum: FixedPoint? = nil,
        states: (on: Set<Int64>, off: Set<Int64>) = ([], []),
        estimatedWith: ObjectIdentifier? = nil,
        isZeroUnsetUnderLoad: Bool = false
    ) -> ObjectSpec {
        ObjectSpec(
            object: object,
            scale: scale ?? .one,
            unset: unset ?? absent,
            resolution: resolution,
            maximum: maximum,
            on: states.on,
            off: states.off,
            estimatedWith: estimatedWith,
            isZeroUnsetUnderLoad: isZeroUnsetUnderLoad
        )
    }
}

extension YAMLField {
    /// The value as a scale.
    fileprivate func scale() -> DecimalScale? {
        converted(expected: "what to multiply by, such as 10 or 0.1") { DecimalScale($0) }
    }
}
