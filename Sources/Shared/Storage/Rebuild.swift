// The rollups again, from the readings, through the same accounts as minute by minute, and to the same bytes.

import Basics
import Energy
import SQLite

extension HistoryWriter {
    /// Computes every rollup again from the readings, in the zone of `calendar` and by its rules, with the corrections
    /// that hold, in one transaction.
    ///
    /// Rollups some of whose readings are missing stay as they are: see `archiveProblems`. Throws `StorageError`, and
    /// nothing is changed then.
    package func rebuild() throws {
        try withStorageErrors(on: path) {
            try database.transaction(.immediate) {
                let rebuild = Rebuild(database, in: calendar, from: try rebuildStart())
                try LastingCounters.keep(in: database) {
                    try rebuild.forgetRollups()
                    try rebuild.forgetOutdatedBuckets()
                    try rebuild.replay()
                }
                try database.statement(MaintenanceSQL.setZone).run(.text(calendar.zone))
                try database.statement(CalendarSQL.setChecksum).run(.int(calendar.checksum))
                try database.statement(RunSQL.countChange).run()
            }
        }
    }

    /// Where a rebuild can begin: the beginning of time or, where readings are missing, of a month.
    func rebuildStart() throws -> UnixTime {
        let complete = try ReadingHistory(database).completeSince(by: .checksum)
        guard complete > UnixTime(.min) else { return complete }
        var start = try endOfMonth(before: complete)
        // What a correction set is of one piece.
        let corrections = try Corrections(in: database, of: ReadingHistory.allElements)
        for (_, correction) in corrections.inOrder where correction.start < start && start < correction.end {
            start = try endOfMonth(before: correction.end)
        }
        return start
    }

    /// The end of the month that the moment before `time` lies in, as the months of the rollups are: they may be of
    /// another zone, and what is left of those before and what is rebuilt must not leave a gap between them.
    private func endOfMonth(before time: UnixTime) throws -> UnixTime {
        let stored = try database.statement(MaintenanceSQL.monthEnd).first(.time(time)) { row in row.time(0) }
        if let stored, stored >= time { return stored }
        return calendar.bucket(.month, containing: time - 1).end
    }
}

/// One rebuild, within its transaction.
struct Rebuild {
    private let database: Connection
    private let calendar: SiteCalendar
    private let start: UnixTime

    /// A rebuild of every bucket of `calendar` that ends after `start`.
    init(_ database: Connection, in calendar: SiteCalendar, from start: UnixTime) {
        self.database = database
        self.calendar = calendar
        self.start = start
    }

    /// Deletes what is to be computed again.
    func forgetRollups() throws {
        try database.statement(MaintenanceSQL.deleteRollups).run(.time(start))
        try database.statement(MaintenanceSQL.deleteSiteRollups).run(.time(start))
    }

    /// Deletes the emptied buckets that are not of the calendar: of another zone, or of the zone's former rules.
    func forgetOutdatedBuckets() throws {
        var cursor = BucketCursor(calendar)
        var outdated: [Int64] = []
        for period in Period.allCases {
            try database.statement(CalendarSQL.buckets).forEach(.text(period.contractName)) { row in
                let bucket = Bucket(period, start: row.time(0), end: row.time(1))
                guard bucket.end > start else { return }
                if cursor.bucket(period, containing: bucket.start) != bucket { outdated.append(row.int(2)) }
            }
        }
        for id in outdated { try database.statement(MaintenanceSQL.deleteBucket).run(.int(id)) }
    }

    /// Enters everything from `start` on into fresh accounts; tells `progress` the time that it has come to, each day.
    func replay(_ progress: (UnixTime) -> Void = { _ in }) throws {
        var accounts = try Accounts(rebuilding: database, calendar: calendar, from: start)
        var replay = try Replay(database, of: ReadingHistory.allElements, from: start)
        var minute: UnixTime?
        var day = UnixTime(.min)
        try replay.finish { entry, element, policy in
            switch entry {
            case .correction(let correction):
                try accounts.enter(correction, of: element, policy: policy)
            case .sample(let sample):
                if let minute, minute < sample.at {
                    try accounts.closeMinute()
                    // As much in memory as a day needs, however long the history.
                    if minute >= day {
                        try accounts.flush(forgettingUntil: minute)
                        progress(minute)
                        day = minute + 86_400
                    }
                }
                minute = sample.at
                _ = try accounts.enter(sample, of: element, policy: policy)
            }
        }
        try accounts.closeMinute()
        try accounts.flush(forgettingUntil: UnixTime(.max))
    }
}
