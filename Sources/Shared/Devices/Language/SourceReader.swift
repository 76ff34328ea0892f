// The part of a profile file that says which rows there are.

import Basics
import MIB
import Metering
import YAML

/// Reads the sources of one kind of element.
struct SourceReader {
    private static let keys = [
        "table", "entry", "index", "number", "counts_from", "only_numbers", "count", "add", "unit", "kind",
        "host", "where", "combine",
        "values", "fallback",
    ]

    let subject: RowSource.Subject
    let quantities: [Quantity]
    let values: ValueReader

    private var isWhole: Bool { subject == .element(.pdu) }

    /// The source that `field` describes; nil, with problems reported, when it describes none.
    func source(_ field: YAMLField) -> RowSource? {
        guard let section = field.section(Self.keys) else { return nil }
        let entry = section["entry"].objectIdentifier()
        let index = index(section["index"])
        let source = RowSource(
            subject: subject,
            isFallback: section["fallback"].flag() ?? false,
            isSingle: !section["entry"].isPresent,
            index: index,
            numbering: numbering(section, entry: entry, index: index ?? []),
            unit: unit(section["unit"], entry: entry, index: index ?? []),
            kind: entry.flatMap { section["kind"].column(below: $0) },
            conditions: (section["where"].list() ?? []).compactMap { values.condition($0, entry: entry) },
            host: section["host"].isPresent ? values.condition(section["host"], entry: entry) : nil,
            combination: section["combine"].choice(of: RowSource.Combination.allCases.map(\.rawValue))
                .flatMap(RowSource.Combination.init),
            values: values(section.required("values"), entry: entry)
        )
        check(source, section)
        return source
    }

    private func check(_ source: RowSource, _ section: YAMLSection) {
        if isWhole {
            if source.numbering != nil { section["number"].report("the whole PDU has no number") }
        } else if source.numbering == nil {
            section.field.report("give the row's number: number: COLUMN, or number in the index")
        }
        if source.host != nil, source.unit == nil {
            section["host"].report("needs unit: which unit a row is of")
        }
        if source.combination != nil, !isWhole { section["combine"].report("only rows of pdu are added up") }
        if source.isSingle {
            let places = [section["unit"], section["kind"], section["host"], section["index"]]
            for place in places + [section["combine"]] where place.isPresent {
                place.report("is about rows of a table; give its entry")
            }
        }
        if source.values.isEmpty { section.field.report("no values to read") }
        let hasKinds = source.values.values.contains { $0.contains { $0.kind != nil } }
        if hasKinds, !source.hasKinds {
            section.field.report(
                "values have a kind; say where a row's kind stands: kind: COLUMN, or in the index"
            )
        }
    }

    /// What the parts of a row's index mean.
    private func index(_ field: YAMLField) -> [RowSource.IndexPart]? {
        let known = RowSource.IndexWord.allCases.map(\.rawValue).joined(separator: ", ")
        return field.list()?.compactMap { item in
            item.converted(expected: "\(known), or a whole number") { text in
                if let number = UInt32(text) { return RowSource.IndexPart(words: [], exactly: number) }
                let words = text.split(separator: " ").map { RowSource.IndexWord(rawValue: String($0)) }
                let found = words.compactMap { $0 }
                return found.count == words.count && !found.isEmpty
                    ? RowSource.IndexPart(words: Set(found)) : nil
            }
        }
    }

    private func unit(
        _ field: YAMLField,
        entry: ObjectIdentifier?,
        index: [RowSource.IndexPart]
    ) -> RowSource.UnitPlace? {
        let isInIndex = index.contains { !$0.words.isDisjoint(with: [.unit, .unitText]) }
        guard field.isPresent else { return isInIndex ? RowSource.UnitPlace(isInIndex: true) : nil }
        if field.isMapping {
            let section = field.section(["fixed"])
            return section?.required("fixed").integer(in: 0...9999).map { RowSource.UnitPlace(fixed: $0) }
        }
        return entry.flatMap { field.column(below: $0) }
            .map { RowSource.UnitPlace(column: $0, isInIndex: isInIndex) }
    }

    private func numbering(
        _ section: YAMLSection,
        entry: ObjectIdentifier?,
        index: [RowSource.IndexPart]
    ) -> RowSource.Numbering? {
        var numbering = RowSource.Numbering()
        numbering.isInIndex = index.contains { $0.words.contains(.number) }
        numbering.offset = section["counts_from"].integer(in: 0...1).map { 1 - $0 } ?? 0
        numbering.only = section["only_numbers"].list().map {
            Set($0.compactMap { $0.integer(in: 0...9999) })
        }
        numbering.base = section["add"].integer(in: 1...9999) ?? 0
        numbering.count = section["count"].objectIdentifier()
        let field = section["number"]
        guard field.isPresent else { return numbering.isInIndex ? numbering : nil }
        guard field.isMapping else {
            guard let entry else {
                field.report("single objects have a fixed number: { fixed: 1 }")
                return nil
            }
            numbering.column = field.column(below: entry)
            return numbering
        }
        guard let number = field.section(["column", "like", "fixed"]) else { return nil }
        if number["fixed"].isPresent {
            numbering.fixed = number["fixed"].integer(in: 1...9999)
            return numbering
        }
        guard let entry, let column = number.required("column").column(below: entry) else { return nil }
        numbering.column = column
        numbering.pattern = number["like"].textPattern()
        if let pattern = numbering.pattern, !pattern.hasNumber {
            number["like"].report("nothing in it catches a number: # or @")
        }
        return numbering
    }

    private func values(_ field: YAMLField, entry: ObjectIdentifier?) -> [Quantity: [ValueSpec]] {
        guard let section = field.section(quantities.map(\.rawValue)) else { return [:] }
        var found: [Quantity: [ValueSpec]] = [:]
        for quantity in quantities {
            let specs = values.values(section[quantity.rawValue], of: quantity, entry: entry)
            if !specs.isEmpty { found[quantity] = specs }
        }
        return found
    }
}
