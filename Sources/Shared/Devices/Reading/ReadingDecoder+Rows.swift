// Rows of tables: which there are, and whose each is.

import Basics
import MIB
import Metering

/// One row of a source.
struct Row {
    let index: [UInt32]
    /// Its number among its kind; 0 for the whole PDU.
    let number: Int
    /// The unit that it belongs to; absent where the source does not say.
    let unit: Int?
    /// What kind of value it holds; absent where the source does not say.
    let kind: SNMPValue?
    /// The numbers of what feeds it, where its index says.
    let bank: Int?
    let phase: Int?
    /// The index without the part that says the kind: the same for all values of one thing.
    let thing: [UInt32]
}

extension ValueSpec {
    /// Whether it speaks of rows such as `row`.
    func isOf(_ row: Row) -> Bool {
        guard let kind else { return true }
        return row.kind.map(kind.matches) ?? false
    }
}

extension ReadingDecoder {
    /// Whether `condition` holds in the row `index`.
    private func isSatisfied(_ condition: RowCondition, at index: [UInt32]) -> Bool {
        let found = answers.value(at: condition.place, index)
        let isSatisfied = condition.isSatisfied(by: found?.value)
        if let found {
            log?.use(found.object, as: condition.isSettled ? .settled : .moving)
            trace?.note(condition, of: found.object, isSatisfied: isSatisfied)
        }
        return isSatisfied
    }

    /// Of `rows`, the first that satisfies `condition`.
    func first(of rows: [Row], satisfying condition: RowCondition) -> Row? {
        rows.first { isSatisfied(condition, at: $0.index) }
    }

    /// The value at `place` in the row `index`, noted as used.
    func look(
        _ place: ValuePlace,
        _ index: [UInt32],
        as use: ReadingLog.Use
    ) -> (object: ObjectIdentifier, value: SNMPValue)? {
        let found = answers.value(at: place, index)
        if let found { log?.use(found.object, as: use) }
        return found
    }

    /// The value at `place` in the row `index`, which decides which rows there are, and whose each is.
    private func lookAtRow(_ place: ValuePlace, _ index: [UInt32]) -> SNMPValue? {
        let found = look(place, index, as: .settled)
        if let found { trace?.note(found.object, found.value) }
        return found?.value
    }

    /// The rows of `source` that satisfy its conditions and have a number, in the order of the agent's.
    func rows(of source: RowSource) -> [Row] {
        guard !source.isSingle else { return [row([], of: source)].compactMap { $0 } }
        return indexes(of: source).compactMap { row($0, of: source) }
    }

    private func row(_ index: [UInt32], of source: RowSource) -> Row? {
        guard let parts = IndexParts(index, source.index) else { return nil }
        guard let number = number(of: source, at: index, parts) else { return nil }
        let unit = source.unit.flatMap { self.unit($0, at: index, parts) }
        guard unit != nil || !tellsUnits(source) else { return nil }
        // A table that exists whether its unit is there or not.
        if let fixed = source.unit?.fixed, units[fixed] == nil, fixed != host { return nil }
        let row = Row(
            index: index,
            number: number,
            unit: unit,
            kind: source.kind.flatMap { lookAtRow(.column($0), index) }
                ?? parts.number(.kind).map { .unsigned(UInt64($0)) },
            bank: parts.number(.bank).map(Int.init),
            phase: parts.number(.phase).map(Int.init),
            thing: parts.withoutKind ?? index
        )
        guard isWanted(row, by: source) else { return nil }
        return source.conditions.allSatisfy { isSatisfied($0, at: index) } ? row : nil
    }

    /// Every index that a column of the source has; of the numbering column alone, where there is one.
    private func indexes(of source: RowSource) -> [[UInt32]] {
        if let key = source.numbering?.column, let rows = answers.columns[key]?.indexes, !rows.isEmpty {
            return rows
        }
        if source.numbering?.column != nil, source.numbering?.isInIndex == false { return [] }
        let lists = source.rowColumns.compactMap { answers.columns[$0]?.indexes }.filter { !$0.isEmpty }
        guard let first = lists.first, lists.contains(where: { $0 != first }) else {
            return lists.first ?? []
        }
        return Set(lists.joined()).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Whether any value of the source is read from a row of this kind.
    private func isWanted(_ row: Row, by source: RowSource) -> Bool {
        guard source.hasKinds else { return true }
        guard let kind = row.kind else { return false }
        return source.values.values.contains { $0.contains { $0.kind?.matches(kind) ?? true } }
    }

    /// The number of the row, from 1; 0 for the whole PDU; nil where it has none.
    private func number(of source: RowSource, at index: [UInt32], _ parts: IndexParts) -> Int? {
        guard let numbering = source.numbering else { return 0 }
        if let fixed = numbering.fixed { return fixed }
        guard let own = ownNumbers(numbering, at: index, parts), let last = own.last else { return nil }
        if let only = numbering.only, !only.contains(last) { return nil }
        var number = 0
        for part in own {
            let counted = part + numbering.offset
            guard counted >= 1 else { return nil }
            number = number == 0 ? counted : (number - 1) * 100 + counted
        }
        if let count = numbering.count {
            guard let most = lookAtRow(.object(count), [])?.rawNumber?.whole, number <= most
            else { return nil }
        }
        return number + numbering.base
    }

    /// The parts of the row's number as the device counts, all but the last being hundreds.
    private func ownNumbers(
        _ numbering: RowSource.Numbering,
        at index: [UInt32],
        _ parts: IndexParts
    ) -> [Int]? {
        if let column = numbering.column, let value = lookAtRow(.column(column), index) {
            let numbers =
                numbering.pattern.map { value.text.flatMap($0.match)?.numbers }
                ?? value.rawNumber?.whole
                .map { [$0] }
            guard let numbers, numbers.allSatisfy({ (0...1_000_000).contains($0) }) else { return nil }
            return numbers.map { Int($0) }
        }
        guard numbering.isInIndex else { return nil }
        let numbers = parts.numbers(.number)
        return numbers.allSatisfy { $0 <= 1_000_000 } ? numbers.map(Int.init) : nil
    }

    /// Whether the rows of `source` say which unit they belong to; a column that the firmware lacks says nothing.
    private func tellsUnits(_ source: RowSource) -> Bool {
        guard let place = source.unit else { return false }
        return place.fixed != nil || place.isInIndex
            || place.column.flatMap { answers.columns[$0] }.map { !$0.indexes.isEmpty } ?? false
    }

    private func unit(_ place: RowSource.UnitPlace, at index: [UInt32], _ parts: IndexParts) -> Int? {
        if let fixed = place.fixed { return fixed }
        if let column = place.column, let value = lookAtRow(.column(column), index) {
            return value.rawNumber?.whole.flatMap { Int(exactly: $0) }
        }
        guard place.isInIndex else { return nil }
        return parts.number(.unit).map(Int.init) ?? parts.unitOfText
    }
}
