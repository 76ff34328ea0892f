// The history database as its one writer sees it: `pdu-poll`, or `pductl` run as the same user, which hold the
// poller's lock. Everything a run brings is stored in one transaction or not at all.

package import Basics
package import Energy
import SQLite

enum CalendarSQL: String, StatementList {
    case checksum = "SELECT rules_checksum FROM history WHERE only_row = 1"
    case setChecksum = "UPDATE history SET rules_checksum = $1 WHERE only_row = 1"
    case buckets = """
        SELECT start, "end", id FROM bucket WHERE period = $1 ORDER BY start
        """
}

/// Writes the history.
package final class HistoryWriter {
    /// The database file.
    package let path: String
    /// The calendar whose hours, days and months the rollups are of.
    package let calendar: SiteCalendar
    /// Where a damaged database was moved to, by opening or storing; absent when none was.
    package private(set) var quarantined: String?
    private(set) var database: Connection
    /// The files of the archive whose checksum was compared, as they were then.
    var verifiedArchives: [ArchiveMonth: ArchiveRecord] = [:]
    /// How much of the database is kept in memory at the most, in KiB.
    private static let cacheKibibytes = 65_536
    /// How long, in milliseconds, another program that holds the database is waited for.
    package var busyTimeout: Int32 {
        didSet { database.setBusyTimeout(busyTimeout) }
    }

    /// Opens the history at `path`, making or migrating it where need be, at the time `now`.
    ///
    /// The directory is made (2750) where it is missing; its parent is not. A damaged database is moved aside,
    /// never deleted, and a new one is made: see `quarantined`. Throws `StorageError`.
    package init(
        _ path: String,
        calendar: SiteCalendar,
        now: UnixTime,
        busyTimeoutMilliseconds: Int32 = 5000
    ) throws {
        self.path = path
        self.calendar = calendar
        busyTimeout = busyTimeoutMilliseconds
        do {
            database = try HistoryWriter.opened(path, calendar, now, busyTimeoutMilliseconds)
        } catch let error as StorageError where error.code == .corrupt {
            (database, quarantined) = try HistoryWriter.begunAnew(
                path,
                calendar,
                now,
                busyTimeoutMilliseconds
            )
            try noteQuarantine(now: now)
        }
    }

    /// Closes the database, moving what is in the WAL into it.
    ///
    /// Throws `StorageError`; what was stored is safe even then.
    package func close() throws {
        try withStorageErrors(on: path) { try database.close() }
    }

    /// The zone of the rollups in the database, where it is not that of `calendar`: `rebuild` is needed before
    /// anything can be stored.
    package func outdatedZone() throws -> String? {
        try withStorageErrors(on: path) {
            let zone = try database.statement(MaintenanceSQL.zone).first { row in row.text(0) }
            return zone == calendar.zone ? nil : zone
        }
    }

    /// Whether hours, days or months in the database are not those of `calendar` although its zone is.
    ///
    /// An update of the system's time zones has changed the zone's past; `rebuild` mends that. Throws `StorageError`.
    package func hasOutdatedRules() throws -> Bool {
        try withStorageErrors(on: path) {
            let known =
                try database.statement(CalendarSQL.checksum).first { row in row.optionalInt(0) } ?? nil
            guard known != calendar.checksum else { return false }
            // Mostly it is the future that changes, of which there are no rollups yet.
            guard try known == nil || hasOnlyBuckets(of: calendar) else { return true }
            try database.statement(CalendarSQL.setChecksum).run(.int(calendar.checksum))
            return false
        }
    }

    private func hasOnlyBuckets(of calendar: SiteCalendar) throws -> Bool {
        var cursor = BucketCursor(calendar)
        for period in Period.allCases {
            var isSame = true
            try database.statement(CalendarSQL.buckets).forEach(.text(period.contractName)) { row in
                let bucket = cursor.bucket(period, containing: row.time(0))
                isSame = isSame && bucket.start == row.time(0) && bucket.end == row.time(1)
            }
            guard isSame else { return false }
        }
        return true
    }

    /// Stores all that `run` found, in one transaction.
    ///
    /// Throws `StorageError`, and nothing is stored then. A database that turns out to be damaged is moved
    /// aside, and the run is stored in a new one: see `quarantined`.
    package func store(_ run: PollRun, policy: LedgerPolicy) throws -> StoredRun {
        try store([run], policy: policy)
    }

    /// Stores `runs`, in the order of their minutes, in one transaction: some thousands of them faster than
    /// one by one.
    package func store(_ runs: [PollRun], policy: LedgerPolicy) throws -> StoredRun {
        try writing(now: runs.last?.startedAt ?? UnixTime(0)) { recorder in
            for run in runs { try recorder.record(run, policy: policy) }
        }.stored
    }

    /// Does `body` in one transaction, of the time `now`; once more in a new database, where this one turns out to be
    /// damaged.
    func writing<Answer>(
        now: UnixTime,
        _ body: (inout RunRecorder) throws -> Answer
    ) throws -> (Answer, stored: StoredRun) {
        do {
            return try attempt(body)
        } catch let error as StorageError where error.code == .corrupt {
            // Whatever closing finds is part of the damage.
            try? database.close()
            (database, quarantined) = try HistoryWriter.begunAnew(path, calendar, now, busyTimeout)
            try noteQuarantine(now: now)
            return try attempt(body)
        }
    }

    private func attempt<Answer>(
        _ body: (inout RunRecorder) throws -> Answer
    ) throws -> (Answer, stored: StoredRun) {
        if let zone = try outdatedZone() {
            let message =
                "the rollups are of \(zone), the configuration says \(calendar.zone): run pductl rebuild"
            throw StorageError(.zoneChanged, path: path, message)
        }
        return try withStorageErrors(on: path) {
            try database.transaction(.immediate) {
                var recorder = try RunRecorder(database, calendar: calendar)
                let answer = try body(&recorder)
                try recorder.flush()
                try database.statement(RunSQL.countChange).run()
                return (answer, recorder.stored)
            }
        }
    }

    private func noteQuarantine(now: UnixTime) throws {
        guard let quarantined else { return }
        let detail = "the database was damaged; it was moved to \(quarantined), and a new one begun"
        try withStorageErrors(on: path) {
            try database.statement(MaintenanceSQL.insertEvent)
                .run(.time(now), .text("database_quarantined"), .text(detail))
        }
    }

    /// A new database in place of the damaged one at `path`, and where that was moved to.
    private static func begunAnew(
        _ path: String,
        _ calendar: SiteCalendar,
        _ now: UnixTime,
        _ busyTimeout: Int32
    ) throws -> (Connection, String?) {
        var place: String?
        do {
            place = try HistoryFile.quarantine(path, now: now)
            return (try opened(path, calendar, now, busyTimeout), place)
        } catch let error as StorageError {
            let fate = place.map { "moved to \($0), but no new one can be begun" } ?? "not to be moved aside"
            throw StorageError(.corrupt, path: path, "the database is damaged, and \(fate): \(error)")
        }
    }

    private static func opened(
        _ path: String,
        _ calendar: SiteCalendar,
        _ now: UnixTime,
        _ busyTimeout: Int32
    ) throws -> Connection {
        try HistoryFile.create(path)
        return try withStorageErrors(on: path) {
            let database = try Connection(.file(path), .readWrite, busyTimeout: busyTimeout)
            try Migrator.migrate(database, path: path, now: now)
            // A reader of another user, who may not make files here, finds the side files after the last close.
            try database.persistWAL()
            try database.execute("PRAGMA journal_size_limit = 4194304")
            // A run of ten thousand PDUs touches some megabytes once; what does not stay in memory until the commit is
            // written and read again.
            try database.execute("PRAGMA cache_size = -\(HistoryWriter.cacheKibibytes)")
            // A commit that was reported survives a power cut.
            try database.execute("PRAGMA synchronous = FULL")
            // What is read before collecting must be had while another program writes.
            let zone = try database.statement(MaintenanceSQL.zone).first { row in row.text(0) }
            if zone == nil {
                try database.statement(MaintenanceSQL.insertHistory)
                    .run(.text(calendar.zone), .int(now.seconds * 1000))
            }
            return database
        }
    }
}
