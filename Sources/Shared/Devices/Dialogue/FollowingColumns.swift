// Tables in which every measurement is a row of its own are long, and most of their rows are of no use: peaks, minima,
// angles. One column of such a table is read to its end and shows which rows there are; of the others only those rows
// are asked for whose kind is wanted.

import MIB

/// A column of which only some rows are wanted.
struct FollowingColumn: Hashable, Sendable {
    let column: ObjectIdentifier
    var wishes: Set<Wish>

    /// Rows that a source reads.
    struct Wish: Hashable, Sendable {
        /// The column that is read whole, and shows which rows there are.
        let leader: ObjectIdentifier
        let index: [RowSource.IndexPart]?
        let kinds: Set<RowKind>

        /// Whether the row `index` is one of them.
        func contains(_ index: [UInt32]) -> Bool {
            guard let kind = IndexParts(index, self.index)?.number(.kind) else { return false }
            return kinds.contains { $0.matches(.unsigned(UInt64(kind))) }
        }
    }

    /// The objects that are wanted of it, as the leaders in `columns` show; nil when one of them is missing.
    func objects(_ columns: [ObjectIdentifier: ColumnValues]) -> [ObjectIdentifier]? {
        var rows: [[UInt32]] = []
        for (leader, wishes) in Dictionary(grouping: wishes, by: \.leader) {
            guard let indexes = columns[leader]?.indexes, !indexes.isEmpty else { return nil }
            rows += indexes.filter { index in wishes.contains { $0.contains(index) } }
        }
        return Set(rows).map(column.appending).sorted()
    }
}

extension DeviceProfile {
    /// The columns of which only some rows are wanted; none that any source wants whole.
    var followingColumns: [FollowingColumn] {
        var whole: Set<ObjectIdentifier> = []
        var wishes: [ObjectIdentifier: Set<FollowingColumn.Wish>] = [:]
        for source in sources {
            // A fallback is read later, if at all, and whole.
            guard !source.isFallback, let leader = source.leader else {
                whole.formUnion(source.columns.map(\.column))
                continue
            }
            whole.insert(leader)
            for column in source.columns.map(\.column) {
                guard let kinds = source.kinds(of: column) else {
                    whole.insert(column)
                    continue
                }
                let wish = FollowingColumn.Wish(leader: leader, index: source.index, kinds: kinds)
                wishes[column, default: []].insert(wish)
            }
        }
        return wishes.filter { !whole.contains($0.key) }
            .map { FollowingColumn(column: $0.key, wishes: $0.value) }
            .sorted { $0.column < $1.column }
    }
}

extension RowSource {
    /// The column that shows which rows there are, where the index says of what kind each is.
    ///
    /// It is the one that most values need: others may lie in tables of settings, where not every measurement has a row.
    fileprivate var leader: ObjectIdentifier? {
        guard hasInIndex(.kind), numbering?.column == nil else { return nil }
        let needed = values.values.joined().flatMap { spec in
            Set(([spec.place] + (conditions + spec.conditions).map(\.place)).compactMap(\.column))
        }
        let counts = Dictionary(grouping: needed, by: { $0 }).mapValues(\.count)
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// The kinds of rows for which `column` is looked at; nil for any.
    fileprivate func kinds(of column: ObjectIdentifier) -> Set<RowKind>? {
        let specs = values.values.joined()
        let isOfSource = conditions.contains { $0.place.column == column } || unit?.column == column
        let concerned = isOfSource ? Array(specs) : specs.filter { $0.places.contains(.column(column)) }
        let kinds = concerned.map(\.kind)
        return kinds.contains(nil) || kinds.isEmpty ? nil : Set(kinds.compactMap { $0 })
    }
}
