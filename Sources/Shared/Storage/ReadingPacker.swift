// Packs readings, a little at a time: those of past hours into blocks of three hours, and those of past days into
// blocks of a day. Each step leaves every reading in exactly one place.

import Basics
import SQLite

enum PackingSQL: String, StatementList {
    case oldestReading = """
        SELECT time, element_id
        FROM reading
        WHERE time >= (SELECT min(minute) FROM run)
        ORDER BY time, element_id
        LIMIT 1
        """
    case oldestToMerge = """
        SELECT start, element_id FROM reading_block WHERE is_day = 0 ORDER BY start, element_id LIMIT 1
        """
    case runs = """
        SELECT minute FROM run WHERE minute >= $1 AND minute < $2 ORDER BY minute
        """
    case laterElement = """
        SELECT id FROM element WHERE id >= $1 ORDER BY id LIMIT 1 OFFSET $2
        """
    case insertBlock = """
        INSERT INTO reading_block (element_id, start, step_seconds, slots, power_unit_milliwatts, power,
            measurements, is_day)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """
    case deleteReadings = """
        DELETE FROM reading WHERE time = $1 AND element_id BETWEEN $2 AND $3
        """
    case deleteBlocks = """
        DELETE FROM reading_block WHERE element_id = $1 AND start >= $2 AND start < $3
        """
    case oldestRun = """
        SELECT min(minute) FROM run
        """
    case deleteRuns = """
        DELETE FROM run WHERE minute < $1
        """
}

/// One step of packing, within its transaction.
struct ReadingPacker {
    private static let hours: Int64 = 3 * 3600
    private static let day: Int64 = 86_400
    /// How long runs are kept at the least, in seconds.
    private static let runsKept: Int64 = 2 * 86_400

    private let database: Connection
    private let newest: UnixTime
    private let readingsPerStep: Int

    /// A step in `database`, of about `readingsPerStep` readings; nil when no run has been stored.
    init?(_ database: Connection, readingsPerStep: Int) throws {
        let newest = try database.statement(RunSQL.newest).first { row in row.optionalTime(0) }
        guard let newest = newest ?? nil else { return nil }
        self.database = database
        self.newest = newest
        self.readingsPerStep = readingsPerStep
    }

    /// Does what is to be done next; answers whether anything was.
    func step() throws -> Bool {
        try packOldest() || packOldestParts() || mergeOldest() || forgetOldestRuns()
            || EnvelopeBook(database).fill()
    }

    /// Packs the oldest readings that have rows of their own, of some elements, when their hours are past.
    private func packOldest() throws -> Bool {
        guard let (time, element) = try oldest(PackingSQL.oldestReading), let span = span(at: time) else {
            return false
        }
        let minutes = try runs(in: span)
        let elements = element...(try lastElement(from: element, times: minutes.count))
        let isWork = try pack(span) { body in
            try ReadingHistory(database)
                .forEachRow(from: span.start, until: span.end, elements: elements, body)
        }
        let delete = try database.statement(PackingSQL.deleteReadings)
        for minute in minutes {
            try delete.run(.time(minute), .int(elements.lowerBound), .int(elements.upperBound))
        }
        return isWork
    }

    /// Packs the oldest readings of parts, of some PDUs, when their hours are past.
    private func packOldestParts() throws -> Bool {
        guard let (time, pdu) = try oldest(PartReadingSQL.oldest), let span = span(at: time) else {
            return false
        }
        let minutes = try runs(in: span)
        let count = max(1, readingsPerStep / max(1, minutes.count))
        let last = try database.statement(PartReadingSQL.laterPDU)
            .first(.int(pdu), .int(Int64(count - 1))) { row in row.int(0) }
        let pdus = pdu...(last ?? .max)
        let read = try database.statement(PartReadingSQL.ofTime)
        let isWork = try pack(span) { body in
            for minute in minutes {
                try read.forEach(.time(minute), .int(pdus.lowerBound), .int(pdus.upperBound)) { row in
                    try PartReadings.decode(row.bytes(1), of: row.int(0), at: minute, body)
                }
            }
        }
        let delete = try database.statement(PartReadingSQL.delete)
        for minute in minutes {
            try delete.run(.time(minute), .int(pdus.lowerBound), .int(pdus.upperBound))
        }
        return isWork
    }

    /// What is packed at once of the readings around `time`: three hours, or a day that is long past; nil when they are
    /// not past.
    private func span(at time: UnixTime) -> (start: UnixTime, end: UnixTime, isDay: Bool)? {
        var start = time.floored(to: ReadingPacker.day)
        var end = start + ReadingPacker.day
        let isDay = isPast(end)
        if !isDay {
            start = time.floored(to: ReadingPacker.hours)
            end = start + ReadingPacker.hours
        }
        // No run before the newest is ever stored.
        return end <= newest ? (start, end, isDay) : nil
    }

    private func runs(in span: (start: UnixTime, end: UnixTime, isDay: Bool)) throws -> [UnixTime] {
        try database.statement(PackingSQL.runs)
            .all(.time(span.start), .time(span.end)) { row in row.time(0) }
    }

    /// Writes the blocks of what `readings` gives, in the order of time for each element; answers whether that was
    /// anything.
    private func pack(
        _ span: (start: UnixTime, end: UnixTime, isDay: Bool),
        _ readings: ((StoredReading) throws -> Void) throws -> Void
    ) throws -> Bool {
        var rules = try PollRules(database)
        var builders: [Int64: ReadingBlock.Builder] = [:]
        try readings { reading in
            let step = rules.rule(at: reading.time)?.interval ?? 60
            builders[reading.element, default: ReadingBlock.Builder()].add(reading, step: step)
        }
        let isWork = !builders.isEmpty
        for element in builders.keys.sorted() {
            guard var builder = builders.removeValue(forKey: element) else { continue }
            try insert(builder.finish(), isDay: span.isDay)
            if span.isDay { try EnvelopeBook(database).refresh(element, on: span.start) }
        }
        return isWork
    }

    /// Makes one block of each element's blocks of the oldest day that is past, for some elements.
    private func mergeOldest() throws -> Bool {
        guard let (time, element) = try oldest(PackingSQL.oldestToMerge) else { return false }
        let start = time.floored(to: ReadingPacker.day)
        let end = start + ReadingPacker.day
        guard isPast(end) else { return false }
        let elements = element...(try lastElement(from: element, times: Int(ReadingPacker.day / 60)))
        let blocks = try database.statement(BlockSQL.blocks)
            .all(.time(start), .time(end), .int(elements.lowerBound), .int(elements.upperBound)) { row in
                ReadingBlock(row)
            }
        var next = blocks[...]
        while let element = next.first?.element {
            let ofElement = next.prefix { $0.element == element }
            next = next.dropFirst(ofElement.count)
            var builder = ReadingBlock.Builder()
            for block in ofElement {
                var cursor = try BlockCursor(block)
                while let reading = cursor.reading {
                    builder.add(reading, step: block.step)
                    try cursor.advance()
                }
            }
            try database.statement(PackingSQL.deleteBlocks).run(.int(element), .time(start), .time(end))
            try insert(builder.finish(), isDay: true)
            try EnvelopeBook(database).refresh(element, on: start)
        }
        return true
    }

    /// Forgets up to a day of runs whose readings are packed.
    private func forgetOldestRuns() throws -> Bool {
        let oldest = try database.statement(PackingSQL.oldestRun).first { row in row.optionalTime(0) }
        guard let oldest = oldest ?? nil else { return false }
        let unpacked = try ReadingPacker.oldestUnpacked(in: database) ?? newest
        let end = min(newest - ReadingPacker.runsKept, unpacked, oldest + ReadingPacker.day)
        guard oldest < end else { return false }
        try database.statement(PackingSQL.deleteRuns).run(.time(end))
        return true
    }

    /// The time of the oldest reading that is not packed; nil when all are.
    static func oldestUnpacked(in database: Connection) throws -> UnixTime? {
        let oldest: [any StatementList] = [PackingSQL.oldestReading, PartReadingSQL.oldest]
        return try oldest.compactMap { text in
            try database.statement(text.rawValue).first { row in row.time(0) }
        }.min()
    }

    /// Whether everything before `time` is packed by three hours, in the usual course.
    private func isPast(_ time: UnixTime) -> Bool {
        time + ReadingPacker.hours <= newest
    }

    private func insert(_ blocks: [ReadingBlock], isDay: Bool) throws {
        let insert = try database.statement(PackingSQL.insertBlock)
        for block in blocks { try insert.run(block.columns + [.bool(isDay)]) }
    }

    private func oldest(_ sql: some StatementList) throws -> (time: UnixTime, element: Int64)? {
        try database.statement(sql).first { row in (row.time(0), row.int(1)) }
    }

    /// The last element of as many, beginning with `first`, as have enough readings for a step at `times` times.
    private func lastElement(from first: Int64, times: Int) throws -> Int64 {
        let count = max(1, readingsPerStep / max(1, times))
        return try database.statement(PackingSQL.laterElement)
            .first(.int(first), .int(Int64(count - 1))) { row in row.int(0) } ?? .max
    }
}

extension HistoryWriter {
    /// Packs some readings whose hours are past, about `readingsPerStep` of them, in a transaction of its own, and
    /// answers whether there may be more to do.
    ///
    /// 50,000 readings take about a tenth of a second. What can be read stays the same. Throws `StorageError`, and
    /// nothing is changed then.
    package func packReadings(perStep readingsPerStep: Int = 50_000) throws -> Bool {
        try withStorageErrors(on: path) {
            try database.transaction(.immediate) {
                try ReadingPacker(database, readingsPerStep: readingsPerStep)?.step() ?? false
            }
        }
    }
}
