// After a clock that ran ahead: what was stored of times that are still to come keeps every later run out. It is taken
// out of the accounts, into a file of its own beside the archive, so that nothing that was read is lost.

package import Basics
import Energy
import Glibc
import SQLite

enum SetAsideSQL: String, StatementList {
    case runs = "SELECT minute FROM run WHERE minute > $1 ORDER BY minute"
    case newestRun = "SELECT max(minute) FROM run WHERE minute <= $1"
    /// Blocks that have readings both until and after a time; none is longer than a day.
    case blocksAround = """
        SELECT element_id, start, step_seconds, slots, power_unit_milliwatts, power, measurements, is_day
        FROM reading_block
        WHERE start > $1 AND start <= $2 AND start + (slots - 1) * step_seconds > $2
        ORDER BY start, element_id
        """
    case deleteBlock = "DELETE FROM reading_block WHERE element_id = $1 AND start = $2"
    case deleteBlocks = "DELETE FROM reading_block WHERE start > $1"
    case deleteReadings = "DELETE FROM reading WHERE time > $1"
    case deletePartReadings = "DELETE FROM part_reading WHERE time > $1"
    case deleteSensorReadings = "DELETE FROM sensor_reading WHERE time > $1"
    case deleteFailures = "DELETE FROM failed_poll WHERE minute > $1"
    case deleteRuns = "DELETE FROM run WHERE minute > $1"
    /// Of the quarter that a time lies in, some may be of later.
    case deletePollQuarters = "DELETE FROM poll_quarter WHERE start > $1 - 900"
    case deleteRules = "DELETE FROM poll_rule WHERE valid_from > $1"
    case deleteVersions = "DELETE FROM element_version WHERE valid_from > $1"
    case deleteUnits = "DELETE FROM pdu_unit WHERE valid_from > $1"
    case deleteEvents = "DELETE FROM event WHERE at > $1"
    case deleteEngines = "DELETE FROM snmp_engine WHERE observed_at > $1"
    case deleteBuckets = "DELETE FROM bucket WHERE start > $1"
    case deleteStatus = "DELETE FROM pdu_status WHERE last_attempt_at > $1"
    /// Whoever was first missed then is not missing yet.
    case forgetAbsences = "UPDATE pdu SET missing_since = NULL WHERE missing_since > $1"
    /// A PDU's last reading is the last one that the ledger took of the whole unit.
    case restoreStatus = """
        INSERT INTO pdu_status (pdu_id, last_attempt_at, last_read_at) VALUES ($1, $2, $2)
        ON CONFLICT (pdu_id) DO NOTHING
        """
    case forgetCards = "DELETE FROM pdu_card"
    /// The newest reading before a time.
    case newestReading = """
        SELECT (SELECT max(time) FROM reading WHERE time <= $1),
            (SELECT max(start + (slots - 1) * step_seconds) FROM reading_block WHERE start > $2 AND start <= $1),
            (SELECT max(time) FROM part_reading WHERE time <= $1)
        """
    case newestBlock = "SELECT max(start) FROM reading_block WHERE start <= $1"
    /// Readings that come now may be of the time that the archive was done with.
    case reopenArchive = """
        UPDATE archive SET archived_until = coalesce(newest + 1, $1) WHERE archived_until > $1
        """
}

/// What is stored of times after some time.
package struct LaterRuns: Hashable, Sendable {
    /// How many runs there are.
    package let count: Int
    /// The minutes of the first and the last of them.
    package let first: UnixTime
    package let last: UnixTime

    /// A sentence for people, about their being taken out.
    fileprivate var words: String {
        count == 1
            ? "A run of \(first.iso8601), by a clock that was ahead, was set aside."
            : "\(count) runs from \(first.iso8601) to \(last.iso8601), by a clock that was ahead, were set aside."
    }
}

extension HistoryWriter {
    /// The runs of minutes after `time`; nil when there are none.
    ///
    /// Throws `StorageError`.
    package func runs(after time: UnixTime) throws -> LaterRuns? {
        try withStorageErrors(on: path) {
            var minutes = Set(
                try database.statement(SetAsideSQL.runs).all(.time(time)) { row in row.time(0) }
            )
            // Runs are forgotten sooner than what they read.
            try ReadingHistory(database).forEachInDatabase(
                from: time + 1,
                until: UnixTime(.max),
                elements: ReadingHistory.allElements
            ) { minutes.insert($0.time) }
            guard let first = minutes.min(), let last = minutes.max() else { return nil }
            return LaterRuns(count: minutes.count, first: first, last: last)
        }
    }

    /// Takes every run of a minute after `time` out of the history, and works out again what they were part of; their
    /// readings are in a file beside the archive then, in the same form, which was read back.
    ///
    /// Answers the file's path; nil when those runs had read nothing, or there were none. Throws `StorageError`, and
    /// nothing is changed then.
    package func setAside(after time: UnixTime, now: UnixTime) throws -> String? {
        try withStorageErrors(on: path) {
            guard let later = try runs(after: time) else { return nil }
            let archive = Archive(of: database)
            if let record = try archive.records(after: time + 1).last {
                let message = "it has readings of times after \(time.iso8601), which cannot be taken out"
                throw StorageError(.archive, path: archive.path(of: record.month), message)
            }
            let start = try recountStart(before: time)
            try archive.makeDirectory()
            let target = try archive.freePath(stamp: now)
            let count = try ArchiveWriter(archive).write(from: time + 1, until: UnixTime(.max), to: target)
            do {
                try database.transaction(.immediate) {
                    // What they counted has been seen by others: counters keep it, and go on from there.
                    try LastingCounters.keep(in: database) { try takeOut(after: time, recountingFrom: start) }
                    let place = count > 0 ? " Their \(count) readings are in \(target)." : ""
                    let detail = later.words + place
                    try database.statement(MaintenanceSQL.insertEvent)
                        .run(.time(now), .text("runs_set_aside"), .text(detail))
                    try database.statement(RunSQL.countChange).run()
                }
            } catch {
                unlink(target)
                throw error
            }
            return count > 0 ? target : nil
        }
    }

    /// The beginning of a month from which on everything is to be entered again: runs after `time` may have given
    /// energy to the time since the last one before.
    private func recountStart(before time: UnixTime) throws -> UnixTime {
        let readings = ReadingHistory(database)
        guard let newest = try newestReading(before: time) else { return UnixTime(.min) }
        var start = calendar.bucket(.month, containing: newest).start
        // What a correction set is of one piece.
        let corrections = try Corrections(in: database, of: ReadingHistory.allElements)
        for (_, correction) in corrections.inOrder.reversed()
        where correction.start < start && start < correction.end {
            start = calendar.bucket(.month, containing: correction.start).start
        }
        let complete = try readings.completeSince(by: .checksum)
        guard complete <= start else {
            let message =
                "readings before \(complete.iso8601) are missing, which the accounts after follow from"
            throw StorageError(.archive, path: Archive(of: database).directory, message)
        }
        return start
    }

    /// The time of the newest reading at or before `time`, in the database or its archive.
    private func newestReading(before time: UnixTime) throws -> UnixTime? {
        let rows = try database.statement(SetAsideSQL.newestReading).first(.time(time), .time(time - 86_400))
        {
            row in
            [row.optionalTime(0), row.optionalTime(1), row.optionalTime(2)].compactMap { $0 }
        }
        let block = try database.statement(SetAsideSQL.newestBlock).first(.time(time)) { $0.optionalTime(0) }
        let archived = try Archive(of: database).records().compactMap(\.newest)
        return ((rows ?? []) + [block ?? nil].compactMap { $0 } + archived).map { min($0, time) }.max()
    }

    private func takeOut(after time: UnixTime, recountingFrom start: UnixTime) throws {
        try cutBlocks(after: time)
        for delete: SetAsideSQL in [
            .deleteBlocks, .deleteReadings, .deletePartReadings, .deleteSensorReadings, .deleteFailures,
            .deleteRuns, .deletePollQuarters,
            .deleteRules,
            .deleteVersions, .deleteUnits, .deleteEvents, .deleteEngines, .forgetAbsences,
            .reopenArchive,
        ] {
            try database.statement(delete).run(.time(time))
        }
        try EnvelopeBook(database).cut(after: time.floored(to: 86_400))
        let rebuild = Rebuild(database, in: calendar, from: start)
        try rebuild.forgetRollups()
        try database.statement(SetAsideSQL.deleteBuckets).run(.time(time))
        try rebuild.replay()
        try database.statement(SetAsideSQL.deleteStatus).run(.time(time))
        // Of what the PDUs and their elements are, some was said by what is taken out.
        try database.statement(SetAsideSQL.forgetCards).run()
        try OpenAccount.forEach(in: database) { account in
            guard let last = account.entry(of: account.pdu)?.state?.lastAt else { return }
            try database.statement(SetAsideSQL.restoreStatus).run(.int(account.pdu), .time(last))
        }
    }

    /// Leaves in blocks what is of `time` or before.
    private func cutBlocks(after time: UnixTime) throws {
        let around = try database.statement(SetAsideSQL.blocksAround)
            .all(.time(time - 86_400), .time(time)) { row in
                (block: ReadingBlock(row), isDay: row.int(7) != 0)
            }
        for (block, isDay) in around {
            var builder = ReadingBlock.Builder()
            var cursor = try BlockCursor(block)
            while let reading = cursor.reading, reading.time <= time {
                builder.add(reading, step: block.step)
                try cursor.advance()
            }
            try database.statement(SetAsideSQL.deleteBlock).run(.int(block.element), .time(block.start))
            for part in builder.finish() {
                try database.statement(PackingSQL.insertBlock).run(part.columns + [.bool(isDay)])
            }
        }
    }
}

extension Archive {
    /// A path that no file has yet, for readings that are set aside at the time `stamp`.
    fileprivate func freePath(stamp: UnixTime) throws -> String {
        let name = "\(directory)/set-aside-\(stamp.iso8601.filter { $0 != "-" && $0 != ":" })"
        var path = "\(name).csv.gz"
        var number = 2
        while access(path, F_OK) == 0 {
            path = "\(name)-\(number).csv.gz"
            number += 1
        }
        return path
    }
}
