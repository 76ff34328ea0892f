// Follows the blocks of many elements through time at once, so that their readings come out minute by minute, as
// runs brought them.

import Basics
import SQLite

enum BlockSQL: String, StatementList {
    /// Seeks each element's blocks, rather than passing over those of elements that are not asked for.
    case blocks = """
        SELECT block.element_id, block.start, block.step_seconds, block.slots, block.power_unit_milliwatts,
            block.power, block.measurements
        FROM element
        CROSS JOIN reading_block AS block
            ON block.element_id = element.id AND block.start >= $1 AND block.start < $2
        WHERE element.id BETWEEN $3 AND $4
        ORDER BY element.id, block.start
        """
    /// The same without what only other measurements than power need.
    case powerBlocks = """
        SELECT block.element_id, block.start, block.step_seconds, block.slots, block.power_unit_milliwatts,
            block.power, NULL
        FROM element
        CROSS JOIN reading_block AS block
            ON block.element_id = element.id AND block.start >= $1 AND block.start < $2
        WHERE element.id BETWEEN $3 AND $4 AND block.power IS NOT NULL
        ORDER BY element.id, block.start
        """
    case nextStart = """
        SELECT start FROM reading_block WHERE start >= $1 AND start < $2 ORDER BY start LIMIT 1
        """
}

/// The packed readings of some elements in a stretch of time, to be taken in the order of time and element.
struct PackedReadings {
    /// Blocks are looked for a window at a time: as long as the shorter ones.
    private static let window: Int64 = 3 * 3600

    private let database: Connection
    private let start: UnixTime
    private let end: UnixTime
    private let elements: ClosedRange<Int64>
    private let sql: BlockSQL
    /// The blocks that are not at their end, in the order of elements.
    private var cursors: [BlockCursor] = []
    /// Those before it have given what they have of the minute at hand.
    private var position = 0
    /// The minute at hand; nil after the last one.
    private var minute: UnixTime?
    /// Every block that starts before it has been opened; nil when all have been.
    private var openedUntil: UnixTime?

    /// Those of `elements` in `database` from `start` up to, not including, `end`; without measurements other than
    /// power, and elements that have none, when `isPowerOnly`.
    init(
        _ database: Connection,
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        isPowerOnly: Bool
    ) throws {
        self.database = database
        self.start = start
        self.end = end
        self.elements = elements
        sql = isPowerOnly ? .powerBlocks : .blocks
        // No block is longer than a day.
        let (earliest, overflow) = start.seconds.subtractingReportingOverflow(86_399)
        openedUntil = try nextStart(from: UnixTime(overflow ? .min : earliest))
        try turnToNextMinute()
    }

    /// Calls `body` with every reading that was not taken yet and comes before that of `element` at `time`.
    mutating func take(
        before time: UnixTime,
        _ element: Int64,
        _ body: (StoredReading) throws -> Void
    ) throws {
        while let minute, minute <= time {
            while position < cursors.count, minute < time || cursors[position].element < element {
                if let reading = cursors[position].reading, reading.time == minute {
                    try body(reading)
                    try cursors[position].advance()
                }
                position += 1
            }
            guard position == cursors.count, minute < time else { return }
            try turnToNextMinute()
        }
    }

    /// Calls `body` with every reading that was not taken yet.
    mutating func takeRest(_ body: (StoredReading) throws -> Void) throws {
        try take(before: end, .min, body)
    }

    private mutating func turnToNextMinute() throws {
        cursors.removeAll { $0.reading == nil }
        var next = cursors.lazy.compactMap(\.reading?.time).min()
        while let until = openedUntil, next.map({ until <= $0 }) ?? true {
            try open(from: until)
            next = cursors.lazy.compactMap(\.reading?.time).min()
        }
        position = 0
        minute = next.flatMap { $0 < end ? $0 : nil }
    }

    /// Opens the blocks that start from `time` to the end of its window.
    private mutating func open(from time: UnixTime) throws {
        let until = min(end, time.floored(to: PackedReadings.window) + PackedReadings.window)
        try database.statement(sql).forEach(
            .time(time),
            .time(until),
            .int(elements.lowerBound),
            .int(elements.upperBound)
        ) { row in
            var cursor = try BlockCursor(ReadingBlock(row))
            try cursor.skip(to: start)
            if cursor.reading != nil { cursors.append(cursor) }
        }
        // Two blocks of one element never have a reading of the same time.
        cursors.sort { $0.element < $1.element }
        openedUntil = until < end ? try nextStart(from: until) : nil
    }

    private func nextStart(from time: UnixTime) throws -> UnixTime? {
        try database.statement(BlockSQL.nextStart).first(.time(time), .time(end)) { row in row.time(0) }
    }
}
