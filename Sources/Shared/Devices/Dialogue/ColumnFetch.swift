// Reading the columns of several tables at the same time. Every column has its own cursor, so that short and long
// columns, and answers that were cut short, need no special care; a request takes as many columns as fit.

import MIB

/// A column to read, and the column without which its rows are of no use.
struct WantedColumn: Hashable, Sendable {
    let column: ObjectIdentifier
    /// The column that numbers the rows; beyond its last row nothing need be read.
    let key: ObjectIdentifier?
}

/// Reads whole columns, step by step.
struct ColumnFetch: Sendable {
    /// The most rows that any table of a PDU has; an agent that shows more is broken.
    static let mostRows = 4096

    private struct Column {
        let object: ObjectIdentifier
        let key: ObjectIdentifier?
        var cursor: ObjectIdentifier
        var values = ColumnValues()
        var wasAsked = false
        var isDone = false
        /// Whether the agent failed on a request and said that it was because of this column.
        var isSuspect = false
        /// The bytes of its largest value so far.
        var largest = MessageSize.ofNumber

        /// The bytes of its next object in a message; of the first the index is not known.
        var nextSize: Int { MessageSize.binding(cursor, value: largest) + (values.indexes.isEmpty ? 4 : 0) }
    }

    private var columns: [Column] = []
    private var places: [ObjectIdentifier: Int] = [:]
    private var asked: [Int] = []
    private var repetitions = 1
    private var failures = 0
    private var pace: Pace

    init(_ wanted: [WantedColumn], pace: Pace) {
        self.pace = pace
        for column in wanted where places[column.column] == nil {
            places[column.column] = columns.count
            columns.append(Column(object: column.column, key: column.key, cursor: column.column))
        }
    }

    /// How hard the agent may be asked, as far as it has shown.
    var learnedPace: Pace { pace }

    /// What was read.
    var values: [ObjectIdentifier: ColumnValues] {
        Dictionary(columns.map { ($0.object, $0.values) }, uniquingKeysWith: { first, _ in first })
    }

    /// What to ask next; nil when every column was read to its end.
    mutating func nextRequest() -> SNMPRequest? {
        let active = columns.indices.filter { !columns[$0].isDone }
        guard !active.isEmpty else { return nil }
        let trusted = active.filter { !columns[$0].isSuspect }
        let fresh = trusted.filter { !columns[$0].wasAsked }
        if trusted.isEmpty {
            asked = Array(active.prefix(1))
            repetitions = 1
        } else if pace.usesBulk, !fresh.isEmpty {
            // Most tables have a row or two: two at first tell the long columns from the short.
            repetitions = pace.objects >= 2 ? 2 : 1
            asked = fitting(fresh + trusted.filter { columns[$0].wasAsked }, rows: repetitions)
        } else {
            asked = fitting(trusted, rows: 1)
            repetitions = pace.usesBulk ? fittingRows() : 1
        }
        for index in asked { columns[index].wasAsked = true }
        let cursors = asked.map { columns[$0].cursor }
        return pace.usesBulk ? .getBulk(cursors, repetitions: repetitions) : .getNext(cursors)
    }

    mutating func receive(_ reply: SNMPReply) throws(DeviceError) {
        switch reply {
        case .bindings(let bindings): try take(bindings)
        case .error(let status, let index): try cope(status: status, index: index)
        case .silence: try pace.slowDown(after: asked.map { columns[$0].cursor })
        }
    }
}

// MARK: - How much

extension ColumnFetch {
    /// As many of `candidates` as fit one answer with `rows` rows of each; one at least.
    private func fitting(_ candidates: [Int], rows: Int) -> [Int] {
        var size = 0
        let fitting = candidates.prefix(max(1, pace.objects / rows)).prefix { index in
            size += columns[index].nextSize * rows
            return size <= MessageSize.mostOfObjects
        }
        return fitting.isEmpty ? Array(candidates.prefix(1)) : Array(fitting)
    }

    /// How many rows of what is asked fit one answer; not more than there are, where that is known.
    private func fittingRows() -> Int {
        let row = asked.reduce(0) { $0 + columns[$1].nextSize }
        let fitting = min(pace.rows, pace.objects / asked.count, MessageSize.mostOfObjects / max(1, row))
        let left = asked.map(rowsLeft)
        let most = left.contains(nil) ? fitting : left.compactMap { $0 }.max() ?? fitting
        return max(1, min(fitting, most))
    }

    /// How many rows of a column are to come; nil as long as the column that numbers them has not ended.
    private func rowsLeft(_ index: Int) -> Int? {
        guard let key = columns[index].key.flatMap({ places[$0] }), columns[key].isDone else { return nil }
        return columns[key].values.indexes.count - columns[index].values.indexes.count
    }
}

// MARK: - Answers

extension ColumnFetch {
    private mutating func take(_ bindings: [VariableBinding]) throws(DeviceError) {
        let limit = asked.count * repetitions
        guard bindings.count <= limit else {
            throw .badResponse("asked for \(limit) objects at most, it answered with \(bindings.count)")
        }
        guard !bindings.isEmpty else { return try askLess("it answered without any object") }
        failures = 0
        for (position, binding) in bindings.enumerated() {
            try take(binding, for: asked[position % asked.count])
        }
        if bindings.count == limit { pace.widen(after: limit, rows: repetitions) }
        finishColumnsWithoutRows()
    }

    private mutating func take(_ binding: VariableBinding, for index: Int) throws(DeviceError) {
        guard !columns[index].isDone else { return }
        let column = columns[index]
        guard let row = binding.identifier.suffix(after: column.object), !row.isEmpty,
            binding.value != .endOfView, binding.value != .absent
        else {
            columns[index].isDone = true
            return
        }
        guard binding.identifier > column.cursor else {
            throw .badResponse("it answered \(binding.identifier) to what comes after \(column.cursor)")
        }
        guard column.values.indexes.count < Self.mostRows else {
            throw .badResponse("the column \(column.object) has more than \(Self.mostRows) rows")
        }
        columns[index].values.set(binding.value, at: row)
        columns[index].cursor = binding.identifier
        columns[index].largest = max(column.largest, binding.value.encodedSize)
    }

    /// Ends the columns whose table is known to have no more rows: the column that numbers them has ended.
    private mutating func finishColumnsWithoutRows() {
        for index in columns.indices where !columns[index].isDone {
            guard let key = columns[index].key.flatMap({ places[$0] }), columns[key].isDone else { continue }
            guard let last = columns[key].values.indexes.last else {
                columns[index].isDone = true
                continue
            }
            columns[index].isDone = columns[index].cursor >= columns[index].object.appending(last)
        }
    }

    private mutating func cope(status: Int, index: Int) throws(DeviceError) {
        if status == SNMPStatus.tooBig {
            try askLess("it says that the answer about a single object is too big")
        } else if status == SNMPStatus.noSuchName, asked.indices.contains(index - 1) {
            columns[asked[index - 1]].isDone = true  // SNMPv1's end of the view.
            finishColumnsWithoutRows()
        } else if pace.usesBulk {
            pace.stopBulk()
        } else if asked.count == 1 {
            columns[asked[0]].isDone = true
            finishColumnsWithoutRows()
        } else {
            fail(at: index)
        }
    }

    /// After an error about several columns: the one at fault is asked alone, later, since some agents name the first
    /// whatever the matter is; when it goes on, less is asked.
    private mutating func fail(at index: Int) {
        failures += 1
        if asked.indices.contains(index - 1) { columns[asked[index - 1]].isSuspect = true }
        if failures > 1 || !asked.indices.contains(index - 1) { pace.narrow(from: asked.count) }
    }

    /// Asks for half; when that is impossible, gives up saying `complaint`.
    private mutating func askLess(_ complaint: String) throws(DeviceError) {
        let count = asked.count * repetitions
        guard count > 1 else { throw .badResponse(complaint) }
        pace.narrow(from: count)
    }
}
