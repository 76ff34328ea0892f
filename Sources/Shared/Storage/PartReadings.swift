// What a run read of the parts of a PDU, in one row, until it is packed: `reading` has a row for each whole unit, so that
// the contract's view is plain SQL, and two dozen outlets are one row more.
//
//   row:   version (1), number of parts, parts in the order of their ids
//   part:  its id from the one before, a byte with a bit for each value that was read, those values
//
// Numbers and quantities are those of Basics/ByteWriter.swift and QuantityCoding.swift.

import Basics
import SQLite

enum PartReadingSQL: String, StatementList {
    case insert = """
        INSERT INTO part_reading (time, pdu_id, readings) VALUES ($1, $2, $3)
        ON CONFLICT (time, pdu_id) DO UPDATE SET readings = excluded.readings
        """
    case one = "SELECT readings FROM part_reading WHERE time = $1 AND pdu_id = $2"
    case ofTime = """
        SELECT pdu_id, readings FROM part_reading WHERE time = $1 AND pdu_id BETWEEN $2 AND $3 ORDER BY pdu_id
        """
    case nextTime = "SELECT min(time) FROM part_reading WHERE time >= $1"
    case oldest = """
        SELECT time, pdu_id
        FROM part_reading
        WHERE time >= (SELECT min(minute) FROM run)
        ORDER BY time, pdu_id
        LIMIT 1
        """
    /// The PDU that has the element which is $2 elements after the first one of the PDU $1.
    case laterPDU = """
        SELECT pdu_id FROM element WHERE pdu_id >= $1 ORDER BY pdu_id LIMIT 1 OFFSET $2
        """
    case delete = "DELETE FROM part_reading WHERE time = $1 AND pdu_id BETWEEN $2 AND $3"
}

/// Rows of `part_reading`.
enum PartReadings {
    private static let version: UInt64 = 1

    /// Puts `readings`, of the parts of `pdu` at one time and in the order of their ids, into `writer`, in place of what
    /// it has.
    static func encode(_ readings: [StoredReading], _ writer: inout ByteWriter) {
        writer.clear()
        writer.put(version)
        writer.put(UInt64(readings.count))
        var last = Roster.firstPart - 1
        for reading in readings {
            writer.put(reading.element &- last)
            last = reading.element
            var marks: UInt64 = 0
            if reading.power != nil { marks |= 1 }
            for column in MeasurementColumn.allCases where reading[column] != nil {
                marks |= 2 << UInt64(column.rawValue)
            }
            writer.put(marks)
            if let power = reading.power { writer.put(quantity: power) }
            for column in MeasurementColumn.allCases {
                if let value = reading[column] { writer.put(quantity: value) }
            }
        }
    }

    /// Calls `body` with each reading in `bytes`, the row of `pdu` at `time`.
    ///
    /// Throws `DamagedRow`.
    static func decode(
        _ bytes: [UInt8],
        of pdu: Int64,
        at time: UnixTime,
        _ body: (StoredReading) throws -> Void
    ) throws {
        var reader = ByteReader(bytes)
        do {
            guard try reader.unsigned() == version else { throw ByteMismatch() }
            var last = Roster.firstPart - 1
            for _ in 0..<(try reader.count()) {
                last = last &+ (try reader.signed())
                var reading = StoredReading(time: time, element: last)
                let marks = try reader.unsigned()
                if marks & 1 != 0 { reading.power = try reader.quantity() }
                for column in MeasurementColumn.allCases where marks & 2 << UInt64(column.rawValue) != 0 {
                    reading[column] = try reader.quantity()
                }
                try body(reading)
            }
            guard reader.isAtEnd else { throw ByteMismatch() }
        } catch is ByteMismatch {
            throw DamagedRow(table: "part_reading", pdu: pdu)
        }
    }

    /// The readings of the parts of `pdu` at `time`, in the order of their ids.
    static func all(of pdu: Int64, at time: UnixTime, in database: Connection) throws -> [StoredReading] {
        let row = try database.statement(PartReadingSQL.one).first(.time(time), .int(pdu)) { row in
            row.bytes(0)
        }
        var readings: [StoredReading] = []
        if let row { try decode(row, of: pdu, at: time) { readings.append($0) } }
        return readings
    }
}

/// The readings of parts in the rows of a stretch of time, to be taken in the order of time and element.
struct PartReadingCursor {
    private let database: Connection
    private let end: UnixTime
    private let elements: ClosedRange<Int64>
    private let pdus: ClosedRange<Int64>
    /// The first time that has not been read; nil when all have.
    private var next: UnixTime?
    /// What is left of the time at hand.
    private var readings: ArraySlice<StoredReading> = []

    /// Those of `elements` in `database` from `start` up to, not including, `end`.
    init(
        _ database: Connection,
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>
    ) throws {
        self.database = database
        self.end = end
        self.elements = elements
        var pdus: ClosedRange<Int64> = 1...Int64.max
        if elements.upperBound < Roster.firstPart {
            next = nil
        } else {
            next = start
            // Rows of other PDUs are not decoded; for everything, they all are.
            if elements.upperBound < .max {
                var owners: [Int64] = []
                let first = max(elements.lowerBound, Roster.firstPart)
                try database.statement(OpenAccountSQL.owners)
                    .forEach(.int(first), .int(elements.upperBound)) { row in owners.append(row.int(1)) }
                if let low = owners.min(), let high = owners.max() { pdus = low...high }
            }
        }
        self.pdus = pdus
    }

    /// Calls `body` with those that are of an earlier time than `time`, or of that and an earlier element than `element`.
    mutating func take(
        before time: UnixTime,
        _ element: Int64,
        _ body: (StoredReading) throws -> Void
    ) throws {
        while true {
            while let first = readings.first, (first.time, first.element) < (time, element) {
                readings.removeFirst()
                try body(first)
            }
            guard readings.isEmpty, let next, next <= time, try fill() else { return }
        }
    }

    /// Calls `body` with the rest.
    mutating func takeRest(_ body: (StoredReading) throws -> Void) throws {
        repeat {
            for reading in readings { try body(reading) }
            readings = []
        } while try fill()
    }

    /// Reads the next time that has readings; false when there is none.
    private mutating func fill() throws -> Bool {
        var found: [StoredReading] = []
        while found.isEmpty, let start = next {
            let time = try database.statement(PartReadingSQL.nextTime).first(.time(start)) {
                $0.optionalTime(0)
            }
            guard let time = time ?? nil, time < end else {
                next = nil
                break
            }
            next = time + 1
            try database.statement(PartReadingSQL.ofTime).forEach(
                .time(time),
                .int(pdus.lowerBound),
                .int(pdus.upperBound)
            ) { row in
                try PartReadings.decode(row.bytes(1), of: row.int(0), at: time) { reading in
                    if elements.contains(reading.element) { found.append(reading) }
                }
            }
        }
        // Mostly the order of PDUs is that of their elements.
        let isOrdered = zip(found, found.dropFirst()).allSatisfy { $0.element < $1.element }
        if !isOrdered { found.sort { $0.element < $1.element } }
        readings = found[...]
        return !found.isEmpty
    }
}
