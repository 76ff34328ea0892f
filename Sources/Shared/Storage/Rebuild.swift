// The rollups again, from the readings, through the same accounts as minute by minute, and to the same bytes.

import Basics
import Energy
import SQLite

extension HistoryWriter {
    /// Computes every rollup again from the readings, in the zone of `calendar`, in one transaction.
    ///
    /// Rollups some of whose readings retention has deleted stay as they are. Throws `StorageError`, and
    /// nothing is changed then.
    package func rebuild() throws {
        try withStorageErrors(on: path) {
            try database.transaction(.immediate) {
                var rebuild = Rebuild(database, from: try rebuildableFrom())
                try rebuild.forgetRollups(andBuckets: try outdatedZone() != nil)
                try rebuild.replay(in: calendar)
                try database.statement(MaintenanceSQL.setZone).run(.text(calendar.zone))
                try database.statement(CalendarSQL.setChecksum).run(.int(calendar.checksum))
                try database.statement(RunSQL.countChange).run()
            }
        }
    }

    /// Where a rebuild can begin; the beginning of time unless readings were deleted.
    private func rebuildableFrom() throws -> UnixTime {
        let time = try database.statement(MaintenanceSQL.rebuildableFrom).first { row in row.optionalTime(0) }
        return (time ?? nil) ?? UnixTime(.min)
    }
}

/// One rebuild, within its transaction.
private struct Rebuild {
    /// What the readings of an element are to be read with, from one of them on.
    private struct Version {
        let validFrom: UnixTime
        let resolution: FixedPoint?
        let since: String?
    }

    private let database: Connection
    private let start: UnixTime
    private var versions: [Int64: [Version]] = [:]
    private var resumed: Set<Int64> = []

    /// A rebuild of every bucket that ends after `start`.
    init(_ database: Connection, from start: UnixTime) {
        self.database = database
        self.start = start
    }

    /// Deletes what is to be computed again; the buckets too when they are another zone's.
    func forgetRollups(andBuckets includesBuckets: Bool) throws {
        try database.statement(MaintenanceSQL.deleteRollups).run(.time(start))
        try database.statement(MaintenanceSQL.deleteSiteRollups).run(.time(start))
        if includesBuckets { try database.statement(MaintenanceSQL.deleteBuckets).run(.time(start)) }
    }

    /// Enters every reading from `start` on into fresh accounts.
    mutating func replay(in calendar: SiteCalendar) throws {
        try loadVersions()
        var accounts = Accounts(rebuilding: database, calendar: calendar, from: start)
        var rules = try PollRules(database)
        var minute: UnixTime?
        var day = UnixTime(.min)
        let readings = ReadingHistory(database)
        let elements = ReadingHistory.allElements
        try readings.forEach(from: start, until: UnixTime(.max), elements: elements) { reading in
            if let minute, minute < reading.time {
                try accounts.closeMinute()
                // As much in memory as a day needs, however long the history.
                if minute >= day {
                    try accounts.flush(forgettingUntil: minute)
                    day = minute + 86_400
                }
            }
            minute = reading.time
            let element = reading.element
            if resumed.insert(element).inserted { try accounts.resume(element, at: reading.time) }
            guard let policy = rules.rule(at: reading.time)?.policy else { return }
            try accounts.enter(sample(reading), of: element, policy: policy)
        }
        try accounts.closeMinute()
        try accounts.flush(forgettingUntil: UnixTime(.max))
    }

    private mutating func sample(_ reading: StoredReading) -> MeterSample {
        let element = reading.element
        // In the order of time: each version is the first until its successor begins.
        while let next = versions[element]?.dropFirst().first, next.validFrom <= reading.time {
            versions[element]?.removeFirst()
        }
        let version = versions[element]?.first
        return MeterSample(
            at: reading.time,
            power: reading.power,
            counter: reading.energy,
            counterResolution: version?.resolution,
            counterSince: version?.since
        )
    }

    private mutating func loadVersions() throws {
        try database.statement(MaintenanceSQL.versions).forEach { row in
            let version = Version(
                validFrom: row.time(1),
                resolution: row.optionalFixed(2),
                since: row.optionalText(3)
            )
            versions[row.int(0), default: []].append(version)
        }
    }
}
