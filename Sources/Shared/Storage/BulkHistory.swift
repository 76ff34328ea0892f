// A long history at once, for benchmarks: hour by hour through the accounts that runs go through, and each day's
// readings straight into the blocks that packing would have made of them. Storing every minute as a run would, and
// packing it after, comes out the same and takes twenty times as long.

package import Basics
package import Energy
import SQLite

enum BulkSQL: String, StatementList {
    case insertRollup = """
        INSERT INTO rollup (bucket_id, element_id, readings, power_sum_milliwatts, covered_seconds,
            power_integral_millijoules, interpolated_seconds, counted_millijoules, integrated_millijoules,
            interpolated_millijoules, corrected_millijoules, minimum_milliwatts, minimum_at, maximum_milliwatts,
            maximum_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """
    case setLost = """
        UPDATE history SET lost_until = $1 WHERE only_row = 1
        """
}

/// What a whole unit showed at one time.
package struct BulkReading: Hashable, Sendable {
    /// Active power in watts.
    package let power: FixedPoint
    /// The energy counter in watt-hours.
    package let energy: FixedPoint

    /// A reading of these values.
    package init(power: FixedPoint, energy: FixedPoint) {
        self.power = power
        self.energy = energy
    }
}

/// Writes a history of PDUs that one run has already been stored of, so that they are known.
package final class BulkHistory {
    private let writer: HistoryWriter
    private let elements: [Int64]
    private var rules: (interval: Int64, policy: LedgerPolicy)
    private var builders: [Int64: ReadingBlock.Builder] = [:]
    private var isKeeping = false
    /// The rollups of parts in the days and months that are not over, in the order of their elements.
    private var sums: [Bucket: [(element: Int64, rollup: Rollup)]] = [:]

    /// A history of the whole units `elements`, in the file of `writer`, read each `interval` seconds at first.
    ///
    /// Until `finish` the file is not safe from a crash: whoever makes it up can make it up again. Throws
    /// `StorageError`.
    package init(
        _ writer: HistoryWriter,
        of elements: [Int64],
        interval: Int64,
        policy: LedgerPolicy
    ) throws {
        self.writer = writer
        self.elements = elements
        rules = (interval, policy)
        try withStorageErrors(on: writer.path) {
            for setting in [
                "foreign_keys = OFF", "synchronous = OFF", "journal_mode = OFF", "cache_size = -262144",
            ] {
                try writer.database.execute("PRAGMA \(setting)")
            }
        }
    }

    /// Enters what is left, and makes the file safe again.
    ///
    /// Throws `StorageError`.
    package func finish() throws {
        try withStorageErrors(on: writer.path) {
            try writer.database.transaction(.immediate) { try insertSums(endingBy: UnixTime(.max)) }
            for setting in [
                "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -2000",
            ] {
                try writer.database.execute("PRAGMA \(setting)")
            }
        }
    }

    /// Whole units are read each `interval` seconds from `time` on, and their readings kept; those before are lost.
    ///
    /// Throws `StorageError`.
    package func keepReadings(from time: UnixTime, interval: Int64, policy: LedgerPolicy) throws {
        rules = (interval, policy)
        isKeeping = true
        let database = writer.database
        try withStorageErrors(on: writer.path) {
            try database.transaction(.immediate) {
                try PollRule(interval: interval, policy: policy).keep(from: time, in: database)
                for delete: RetentionSQL in [.readings, .runs] {
                    try database.statement(delete).run(.time(time))
                }
                let month = writer.calendar.bucket(.month, containing: time - 1)
                try database.statement(RetentionSQL.setRebuildableFrom).run(.time(month.end))
                try database.statement(BulkSQL.setLost).run(.time(time))
            }
        }
    }

    /// Enters the time from `start` up to `end`, which both lie on midnights in UTC, in one transaction.
    ///
    /// `reading` gives what an element showed at a time, nil where it did not answer; it is asked in the order of time
    /// and element. `parts` gives rollups of further elements in an hour, in the order of their ids: those are taken as
    /// they are, without readings. Throws `StorageError`.
    package func enter(
        from start: UnixTime,
        until end: UnixTime,
        reading: (Int64, UnixTime) -> BulkReading?,
        parts: (Bucket) -> [(element: Int64, rollup: Rollup)]
    ) throws {
        let database = writer.database
        try withStorageErrors(on: writer.path) {
            try database.transaction(.immediate) {
                var accounts = try Accounts(database, calendar: writer.calendar)
                var cursor = BucketCursor(writer.calendar)
                var facts = try FactHistory(database, of: ReadingHistory.wholePDUs)
                var time = start
                while time < end {
                    let hour = cursor.bucket(.hour, containing: time)
                    let stop = min(hour.end, end)
                    try enterReadings(from: time, until: stop, reading, &facts, &accounts)
                    try accounts.flush(forgettingUntil: time)
                    // An hour that two calls share is entered by the first.
                    if hour.start >= start || time > start {
                        let rollups = parts(hour)
                        try insert(rollups, in: hour)
                        add(rollups, to: cursor.bucket(.day, containing: hour.start))
                        add(rollups, to: cursor.bucket(.month, containing: hour.start))
                    }
                    time = stop
                }
                try insertSums(endingBy: end)
                try insertBlocks()
                try database.statement(RunSQL.countChange).run()
            }
        }
    }

    private func enterReadings(
        from start: UnixTime,
        until end: UnixTime,
        _ reading: (Int64, UnixTime) -> BulkReading?,
        _ facts: inout FactHistory,
        _ accounts: inout Accounts
    ) throws {
        let step = rules.interval
        var time = (start + (step - 1)).floored(to: step)
        while time < end {
            for element in elements {
                guard let found = reading(element, time) else { continue }
                var stored = StoredReading(time: time, element: element)
                stored.power = found.power
                stored.energy = found.energy
                _ = try accounts.enter(facts.sample(stored), of: element, policy: rules.policy)
                if isKeeping { builders[element, default: ReadingBlock.Builder()].add(stored, step: step) }
            }
            try accounts.closeMinute()
            time = time + step
        }
    }

    private func add(_ rollups: [(element: Int64, rollup: Rollup)], to bucket: Bucket) {
        guard sums[bucket] != nil else {
            sums[bucket] = rollups
            return
        }
        for index in rollups.indices { sums[bucket]?[index].rollup.merge(rollups[index].rollup) }
    }

    private func insertSums(endingBy time: UnixTime) throws {
        for (bucket, rollups) in sums.sorted(by: { $0.key.start < $1.key.start }) where bucket.end <= time {
            try insert(rollups, in: bucket)
            sums[bucket] = nil
        }
    }

    /// Inserts `rollups` of a bucket that has none of these elements yet, and that units have been entered in.
    private func insert(_ rollups: [(element: Int64, rollup: Rollup)], in bucket: Bucket) throws {
        let database = writer.database
        let id = try database.statement(RollupSQL.bucket)
            .first(.text(bucket.period.contractName), .time(bucket.start)) { row in row.int(0) }
        guard let id else { return }
        let insert = try database.statement(BulkSQL.insertRollup)
        for (element, rollup) in rollups { try insert.run([.int(id), .int(element)] + rollup.columns) }
    }

    private func insertBlocks() throws {
        let insert = try writer.database.statement(PackingSQL.insertBlock)
        for element in elements {
            let blocks = builders[element]?.finish() ?? []
            for block in blocks { try insert.run(block.columns + [.bool(true)]) }
            for day in Set(blocks.map { $0.start.floored(to: 86_400) }).sorted() {
                try EnvelopeBook(writer.database).refresh(element, on: day)
            }
        }
    }
}
