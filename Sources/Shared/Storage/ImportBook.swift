// Readings of another program on their way into the history: each day's into the blocks that packing would have made of
// them, beside what is there already. What is there stays; nothing is written that a run could still write.

import Basics
import Energy
import SQLite

enum ImportSQL: String, StatementList {
    case firstRule = "SELECT valid_from FROM poll_rule ORDER BY valid_from LIMIT 1"
    /// What a device said of itself first, as of an earlier time; when it was switched is not known of that.
    case copyFirstVersion = """
        INSERT INTO element_version (element_id, valid_from, name, rated_milliamps,
            energy_resolution_milliwatt_hours, energy_since, power_is_estimate, state,
            energy_maximum_milliwatt_hours, power_limit_milliwatts, rated_milliwatts, warning_milliamps,
            critical_milliamps, bank_number, phase_number)
        SELECT element_id, $1, name, rated_milliamps, energy_resolution_milliwatt_hours, energy_since, $2, NULL,
            energy_maximum_milliwatt_hours, power_limit_milliwatts, rated_milliwatts, warning_milliamps,
            critical_milliamps, bank_number, phase_number
        FROM element_version
        WHERE element_id = $3
        ORDER BY valid_from
        LIMIT 1
        """
    case insertVersion = """
        INSERT INTO element_version (element_id, valid_from, name, power_is_estimate) VALUES ($1, $2, $3, $4)
        """
}

/// The readings of one element in one day of UTC, on their way.
struct ImportDay {
    let element: Int64
    let start: UnixTime
    /// In the order of the file.
    var readings: [StoredReading] = []
}

/// Enters whole days, within a transaction.
struct ImportBook {
    private static let day: Int64 = 86_400
    private static let hours: Int64 = 3 * 3600

    private let database: Connection
    private let history: ReadingHistory
    /// Days that end by then are packed for good.
    private let packedUntil: UnixTime
    /// The first reading of each element that still has a row of its own: from there on, rows are yet to be packed.
    private var unpacked: [Int64: UnixTime] = [:]
    /// Of readings before this time the accounts cannot be worked out again.
    private let accountsFrom: UnixTime
    /// Until when each month is in the archive.
    private var archived: [String: UnixTime] = [:]

    /// A book of `database`, at `now`, for accounts that can be worked out again from `accountsFrom` on.
    init(_ database: Connection, now: UnixTime, accountsFrom: UnixTime) throws {
        self.database = database
        history = ReadingHistory(database)
        self.accountsFrom = accountsFrom
        let newest = try database.statement(RunSQL.newest).first { row in row.optionalTime(0) } ?? nil
        packedUntil = (newest ?? now) - ImportBook.hours
        for record in try Archive(of: database).records() {
            archived[record.month.name] = record.archivedUntil
        }
        guard let oldest = try ReadingPacker.oldestUnpacked(in: database) else { return }
        var unpacked: [Int64: UnixTime] = [:]
        try history.forEachUnpacked(
            from: oldest,
            until: UnixTime(.max),
            elements: ReadingHistory.allElements
        ) { reading in
            if unpacked[reading.element] == nil { unpacked[reading.element] = reading.time }
        }
        self.unpacked = unpacked
    }

    /// Enters what of `day` is not there yet; says in `tally` what became of each reading.
    ///
    /// Answers the time of the first that was entered, nil when none was.
    func enter(_ day: ImportDay, _ tally: inout ImportReport.Tally) throws -> UnixTime? {
        let end = day.start + ImportBook.day
        var known: Set<UnixTime> = []
        try history.forEach(from: day.start, until: end, elements: day.element...day.element) {
            known.insert($0.time)
        }
        let archivedUntil = archived[ArchiveMonth(containing: day.start).name] ?? UnixTime(.min)
        let border = unpacked[day.element] ?? UnixTime(.max)
        var added: [StoredReading] = []
        var seen: Set<UnixTime> = []
        for reading in day.readings {
            let refusal: ImportRefusal? =
                if known.contains(reading.time) {
                    .alreadyThere
                } else if !seen.insert(reading.time).inserted {
                    .sameMinute
                } else if reading.time < archivedUntil {
                    .archived
                } else if reading.time < accountsFrom {
                    .accountsClosed
                } else if reading.time > border {
                    .recent
                } else {
                    nil
                }
            if let refusal {
                tally.refused[refusal, default: 0] += 1
            } else {
                tally.take(reading.time)
                added.append(reading)
            }
        }
        if !added.isEmpty { try write(added, of: day.element, on: day.start) }
        return added.map(\.time).min()
    }

    /// Lets `element` begin at `time`, its first reading, where it began later, or not yet: accounts go through the history
    /// of an element from its first version on.
    func begin(_ element: Int64, at time: UnixTime, name: String?, powerIsEstimate: Bool) throws {
        let first =
            try database.statement(OriginSQL.firstVersion).first(.int(element)) { row in row.optionalTime(0) }
            ?? nil
        if first == nil {
            try database.statement(ImportSQL.insertVersion)
                .run(.int(element), .time(time), .string(name), .bool(powerIsEstimate))
        } else if let first, time < first {
            try database.statement(ImportSQL.copyFirstVersion)
                .run(.time(time), .bool(powerIsEstimate), .int(element))
        }
    }

    /// Writes the blocks of `element` on the day that begins at `start` again, with `added`, which are of other minutes.
    private func write(_ added: [StoredReading], of element: Int64, on start: UnixTime) throws {
        let end = start + ImportBook.day
        var readings = added
        var step: Int64 = 60
        let blocks = try database.statement(BlockSQL.blocks)
            .all(.time(start), .time(end), .int(element), .int(element)) { row in ReadingBlock(row) }
        for block in blocks {
            step = ImportBook.commonDivisor(step, block.step)
            var cursor = try BlockCursor(block)
            while let reading = cursor.reading {
                readings.append(reading)
                try cursor.advance()
            }
        }
        readings.sort { $0.time < $1.time }
        var builder = ReadingBlock.Builder()
        for reading in readings { builder.add(reading, step: step) }
        if !blocks.isEmpty {
            try database.statement(PackingSQL.deleteBlocks).run(.int(element), .time(start), .time(end))
        }
        let isDay = end <= packedUntil
        let insert = try database.statement(PackingSQL.insertBlock)
        for block in builder.finish() { try insert.run(block.columns + [.bool(isDay)]) }
        if isDay { try EnvelopeBook(database).refresh(element, on: start) }
    }

    private static func commonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        right == 0 ? left : commonDivisor(right, left % right)
    }
}
