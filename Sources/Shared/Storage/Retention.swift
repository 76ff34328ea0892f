// Letting go of old readings: into the archive, then out of the database, then the space to the disk. Each step is
// small, so that whoever asks for the next one decides how long it takes altogether; a step that was interrupted is
// done again.
//
// Steps end with whole days in UTC, which is how readings are packed: no row is ever taken apart.

package import Basics
import Energy
import SQLite

enum RetentionSQL: String, StatementList {
    /// The oldest times of all that retention takes away.
    case oldest = """
        SELECT (SELECT min(time) FROM reading), (SELECT min(start) FROM reading_block),
            (SELECT min(time) FROM sensor_reading), (SELECT min(minute) FROM failed_poll),
            (SELECT min(minute) FROM run), (SELECT min(time) FROM part_reading)
        """
    case perMinute = "SELECT (SELECT count(*) FROM element) + (SELECT count(*) FROM sensor)"
    case readings = "DELETE FROM reading WHERE time < $1"
    case partReadings = "DELETE FROM part_reading WHERE time < $1"
    case blocks = """
        DELETE FROM reading_block
        WHERE id IN (SELECT id FROM reading_block WHERE start < $1 ORDER BY start LIMIT 4000)
        """
    case oldestBlock = "SELECT min(start) FROM reading_block"
    case sensorReadings = "DELETE FROM sensor_reading WHERE time < $1"
    case failures = "DELETE FROM failed_poll WHERE minute < $1"
    case runs = "DELETE FROM run WHERE minute < $1"
    case setRebuildableFrom = """
        UPDATE history SET rebuildable_from = max(coalesce(rebuildable_from, $1), $1) WHERE only_row = 1
        """
}

extension HistoryWriter {
    /// How many readings a step takes at the most, as far as an hour has fewer: about a second's work.
    private static let readingsPerStep: Int64 = 500_000
    /// How many pages a step gives back: 8 MiB.
    private static let pagesPerStep: Int64 = 2048

    /// Takes one step towards a database without the readings of the days in UTC that end by `time`; answers whether
    /// there may be another.
    ///
    /// Readings go into the archive and are verified there before they are deleted. Rollups are kept for ever. Throws
    /// `StorageError`: with the code `archive` when a file is not what it should be, and nothing is deleted then.
    package func deleteReadings(before time: UnixTime) throws -> Bool {
        try withStorageErrors(on: path) {
            let limit = time.floored(to: 86_400)
            guard let oldest = try oldestTime(), oldest < limit else { return try giveSpaceBack() }
            let archive = Archive(of: database)
            let month = ArchiveMonth(containing: oldest)
            let record = try archive.record(of: month) ?? ArchiveRecord(of: month)
            let deletable = min(limit, record.archivedUntil.floored(to: 86_400))
            if oldest < deletable {
                try delete(from: oldest, until: deletable, record)
            } else {
                let start = max(oldest, record.archivedUntil)
                try self.archive(archive, month, from: start, until: min(limit, month.end))
            }
            return true
        }
    }

    /// The oldest time of anything that retention takes away; nil when there is nothing.
    private func oldestTime() throws -> UnixTime? {
        let times = try database.statement(RetentionSQL.oldest).first { row in
            [
                row.optionalTime(0), row.optionalTime(1), row.optionalTime(2), row.optionalTime(3),
                row.optionalTime(4), row.optionalTime(5),
            ]
        }
        return times?.compactMap { $0 }.min()
    }

    /// Appends the readings of `month` from `start` on to its file, as far as one step goes.
    private func archive(
        _ archive: Archive,
        _ month: ArchiveMonth,
        from start: UnixTime,
        until limit: UnixTime
    ) throws {
        let hours = try hoursPerStep()
        let end = hours < 24 ? start.floored(to: 3600) + hours * 3600 : start.floored(to: 86_400) + 86_400
        var change = try archive.prepared(month, trusting: verifiedArchives[month])
        try ArchiveWriter(archive).archive(from: start, until: min(limit, end), &change)
        try database.transaction(.immediate) {
            try archive.save(change.record)
            for member in change.members {
                try archive.saveMember(of: month, start: member.start, position: member.position)
            }
        }
        verifiedArchives[month] = change.record
    }

    /// Deletes what is older than `end`, all of the month of `record` and archived, as far as one step goes.
    private func delete(from oldest: UnixTime, until end: UnixTime, _ record: ArchiveRecord) throws {
        let archive = Archive(of: database)
        if verifiedArchives[record.month] != record { _ = try archive.prepared(record.month, trusting: nil) }
        verifiedArchives[record.month] = record
        let end = min(end, oldest.floored(to: 3600) + (try hoursPerStep()) * 3600)
        try database.transaction(.immediate) {
            // The end of the last month some of whose readings are gone.
            let month = calendar.bucket(.month, containing: end - 1)
            try database.statement(RetentionSQL.setRebuildableFrom).run(.time(month.end))
            for delete: RetentionSQL in [
                .readings, .partReadings, .blocks, .sensorReadings, .failures, .runs,
            ] {
                try database.statement(delete).run(.time(end))
            }
            let kept = try database.statement(RetentionSQL.oldestBlock).first { row in row.optionalTime(0) }
            try EnvelopeBook(database).forget(before: ((kept ?? nil) ?? end).floored(to: 86_400))
            try database.statement(RunSQL.countChange).run()
        }
    }

    /// How many hours' readings one step takes, 1 to 24.
    private func hoursPerStep() throws -> Int64 {
        let perMinute = try database.statement(RetentionSQL.perMinute).first { row in row.int(0) } ?? 1
        return min(24, max(1, HistoryWriter.readingsPerStep / (max(1, perMinute) * 60)))
    }

    /// Shortens the file by some pages when much of it is free; what a day takes is soon needed again.
    private func giveSpaceBack() throws -> Bool {
        let free = try database.integer("PRAGMA freelist_count")
        guard try free * 8 > database.integer("PRAGMA page_count") else { return false }
        try database.execute("PRAGMA incremental_vacuum(\(HistoryWriter.pagesPerStep))")
        return free > HistoryWriter.pagesPerStep
    }
}
