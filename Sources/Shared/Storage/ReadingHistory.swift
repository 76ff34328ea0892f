// Every reading that is kept, from wherever it lies. Rebuilds, searches and explanations read through here alone, so
// that none of them knows how readings are stored.

import Basics
import SQLite

enum ReadingSQL: String, StatementList {
    /// Seeks each minute's elements instead of passing over those that are not asked for.
    case rows = """
        SELECT reading.time, reading.element_id, reading.power_milliwatts, reading.energy_milliwatt_hours,
            reading.current_milliamps, reading.voltage_millivolts, reading.apparent_power_millivoltamps,
            reading.power_factor_thousandths
        FROM run
        CROSS JOIN reading ON reading.time = run.minute AND reading.element_id BETWEEN $1 AND $2
        WHERE run.minute >= $3 AND run.minute < $4
        ORDER BY run.minute, reading.element_id
        """
}

/// The readings of a database and of its archive.
struct ReadingHistory {
    let database: Connection
    private let isPowerOnly: Bool

    /// The elements that are whole PDUs.
    static let wholePDUs: ClosedRange<Int64> = 1...Roster.firstPart - 1
    /// Every element there can be.
    static let allElements: ClosedRange<Int64> = 1...Int64.max

    /// The readings of `database`; when `isPowerOnly`, faster, perhaps without anything but power, and without
    /// elements that have none.
    init(_ database: Connection, isPowerOnly: Bool = false) {
        self.database = database
        self.isPowerOnly = isPowerOnly
    }

    /// Calls `body` with every reading of `elements` from `start` up to, not including, `end`, that is in the database:
    /// in the order of time, and those of one time in the order of elements.
    func forEachInDatabase(
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        _ body: (StoredReading) throws -> Void
    ) throws {
        var packed = try PackedReadings(
            database,
            from: start,
            until: end,
            elements: elements,
            isPowerOnly: isPowerOnly
        )
        try forEachUnpacked(from: start, until: end, elements: elements) { reading in
            try packed.take(before: reading.time, reading.element, body)
            try body(reading)
        }
        try packed.takeRest(body)
    }

    /// The same, without readings that are packed.
    func forEachUnpacked(
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        _ body: (StoredReading) throws -> Void
    ) throws {
        var parts = try PartReadingCursor(database, from: start, until: end, elements: elements)
        try forEachRow(from: start, until: end, elements: elements) { reading in
            try parts.take(before: reading.time, reading.element, body)
            try body(reading)
        }
        try parts.takeRest(body)
    }

    /// The same, of those that have a row of their own: whole units, and parts that an older program read.
    func forEachRow(
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        _ body: (StoredReading) throws -> Void
    ) throws {
        try database.statement(ReadingSQL.rows).forEach(
            .int(elements.lowerBound),
            .int(elements.upperBound),
            .time(start),
            .time(end)
        ) { row in
            try body(StoredReading(row))
        }
    }

    /// The power of `element` at `time`; nil where none was read, or where it is no longer in the database.
    func power(of element: Int64, at time: UnixTime) throws -> FixedPoint? {
        try reading(of: element, at: time)?.power
    }

    /// The reading of `element` at `time`; nil where there is none, or where it is no longer in the database.
    func reading(of element: Int64, at time: UnixTime) throws -> StoredReading? {
        var found: StoredReading?
        try forEachInDatabase(from: time, until: time + 1, elements: element...element) { found = $0 }
        return found
    }
}

extension StoredReading {
    /// The reading in the first eight columns of a row.
    init(_ row: borrowing Row) {
        self.init(
            time: row.time(0),
            element: row.int(1),
            power: row.optionalFixed(2),
            energy: row.optionalFixed(3),
            current: row.optionalFixed(4),
            voltage: row.optionalFixed(5),
            apparentPower: row.optionalFixed(6),
            powerFactor: row.optionalFixed(7)
        )
    }
}
