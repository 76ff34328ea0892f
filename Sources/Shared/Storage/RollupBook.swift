// The rollups that a transaction changes: each read once, merged in memory, written once. The same book serves
// a single run, a year of history and a rebuild.

import Basics
import Energy
import SQLite

enum RollupSQL: String, StatementList {
    case bucket = """
        SELECT id, "end" FROM bucket WHERE period = $1 AND start = $2
        """
    case setEnd = """
        UPDATE bucket SET "end" = $1 WHERE id = $2
        """
    case insertBucket = """
        INSERT INTO bucket (period, start, "end") VALUES ($1, $2, $3)
        """
    case rollup = """
        SELECT readings, power_sum_milliwatts, covered_seconds, power_integral_millijoules, interpolated_seconds,
            counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules,
            minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at
        FROM rollup
        WHERE bucket_id = $1 AND element_id = $2
        """
    case units = """
        SELECT readings, power_sum_milliwatts, covered_seconds, power_integral_millijoules, interpolated_seconds,
            counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules,
            minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at, element_id
        FROM rollup
        WHERE bucket_id = $1 AND element_id < 1000000
        """
    case insertRollup = """
        INSERT INTO rollup (readings, power_sum_milliwatts, covered_seconds, power_integral_millijoules,
            interpolated_seconds, counted_millijoules, integrated_millijoules, interpolated_millijoules,
            corrected_millijoules, minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at, bucket_id, element_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """
    /// Changing a row looks at nothing but the row; inserting one, at the bucket and element that it refers to as well.
    case updateRollup = """
        UPDATE rollup
        SET readings = $1, power_sum_milliwatts = $2, covered_seconds = $3, power_integral_millijoules = $4,
            interpolated_seconds = $5, counted_millijoules = $6, integrated_millijoules = $7,
            interpolated_millijoules = $8, corrected_millijoules = $9, minimum_milliwatts = $10, minimum_at = $11,
            maximum_milliwatts = $12, maximum_at = $13
        WHERE bucket_id = $14 AND element_id = $15
        """
    case siteRollup = """
        SELECT readings, power_sum_milliwatts, covered_seconds, power_integral_millijoules, interpolated_seconds,
            counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules,
            minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at, members
        FROM site_rollup
        WHERE bucket_id = $1
        """
    case saveSiteRollup = """
        INSERT OR REPLACE INTO site_rollup (bucket_id, readings, power_sum_milliwatts, covered_seconds,
            power_integral_millijoules, interpolated_seconds, counted_millijoules, integrated_millijoules,
            interpolated_millijoules, corrected_millijoules, minimum_milliwatts, minimum_at, maximum_milliwatts,
            maximum_at, members)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """
}

extension Period {
    /// The word of the interface contract's `period_type`.
    var contractName: String {
        switch self {
        case .hour: "hourly"
        case .day: "daily"
        case .month: "monthly"
        }
    }
}

/// The rollups that a transaction changes.
struct RollupBook {
    /// One element's rollup.
    private struct Entry {
        var rollup: Rollup
        /// Whether there is a row of it.
        var isStored: Bool
        var isChanged = true
    }

    /// One bucket's rollups, as far as they were touched.
    private final class Page {
        let bucket: Bucket
        let id: Int64
        /// Whether the bucket was made by this book, so that nothing of it is in the database before a flush.
        var isNew: Bool
        var entries: [Int64: Entry] = [:]
        /// How many whole units were looked for, one by one.
        var unitsSought = 0
        var site: Rollup?
        var isSiteChanged = false

        init(_ bucket: Bucket, id: Int64, isNew: Bool) {
            self.bucket = bucket
            self.id = id
            self.isNew = isNew
        }

        /// Adds `rollup` to that of `element`; false when that is not known here.
        func merge(_ rollup: Rollup, of element: Int64) -> Bool {
            guard let index = entries.index(forKey: element) else { return false }
            entries.values[index].rollup.merge(rollup)
            entries.values[index].isChanged = true
            return true
        }
    }

    /// How many whole units of a bucket are looked for one by one, before all are read.
    private static let unitsSoughtSingly = 8

    private let database: Connection
    private var pages: [Bucket: Page] = [:]
    /// The pages used last, since the next reading mostly falls into the same hour, day and month.
    private var recent: [Page] = []

    /// An empty book over `database`.
    init(_ database: Connection) {
        self.database = database
    }

    /// Makes sure that `bucket` has a row.
    mutating func open(_ bucket: Bucket) throws {
        _ = try page(of: bucket)
    }

    /// Adds `rollup` to that of `element` in `bucket`.
    mutating func merge(_ rollup: Rollup, into bucket: Bucket, of element: Int64) throws {
        let page = try page(of: bucket)
        if page.merge(rollup, of: element) { return }
        let known = try stored(of: element, on: page)
        var sum = known ?? Rollup()
        sum.merge(rollup)
        page.entries[element] = Entry(rollup: sum, isStored: known != nil)
    }

    /// Adds `rollup` to that of all PDUs together in `bucket`.
    mutating func mergeSite(_ rollup: Rollup, into bucket: Bucket) throws {
        try changeSite(in: bucket) { $0.merge(rollup) }
    }

    /// Changes the rollup of all PDUs together in `bucket`.
    mutating func changeSite(in bucket: Bucket, _ change: (inout Rollup) -> Void) throws {
        let page = try page(of: bucket)
        var site = try page.site ?? storedSite(on: page)
        change(&site)
        page.site = site
        page.isSiteChanged = true
    }

    /// Writes what changed, and forgets buckets that end by `time`.
    mutating func flush(forgettingUntil time: UnixTime) throws {
        let insert = try database.statement(RollupSQL.insertRollup)
        let update = try database.statement(RollupSQL.updateRollup)
        let saveSite = try database.statement(RollupSQL.saveSiteRollup)
        for page in pages.values.sorted(by: { $0.id < $1.id }) {
            for element in page.entries.filter({ $0.value.isChanged }).keys.sorted() {
                guard let index = page.entries.index(forKey: element) else { continue }
                let entry = page.entries.values[index]
                var values = entry.rollup.columns
                values.append(.int(page.id))
                values.append(.int(element))
                try (entry.isStored ? update : insert).run(values)
                page.entries.values[index].isStored = true
                page.entries.values[index].isChanged = false
            }
            if page.isSiteChanged, let site = page.site {
                try saveSite.run([.int(page.id)] + site.columns + [.int(site.members)])
            }
            page.isSiteChanged = false
            page.isNew = false
        }
        pages = pages.filter { $0.key.end > time }
        recent = []
    }

    private mutating func page(of bucket: Bucket) throws -> Page {
        if let page = recent.first(where: { $0.bucket == bucket }) { return page }
        let page = try pages[bucket] ?? newPage(of: bucket)
        pages[bucket] = page
        recent.removeAll { $0.bucket.period == bucket.period }
        recent.append(page)
        return page
    }

    private func newPage(of bucket: Bucket) throws -> Page {
        let known = try database.statement(RollupSQL.bucket)
            .first(.text(bucket.period.contractName), .time(bucket.start)) { row in
                (id: row.int(0), end: row.time(1))
            }
        if let known {
            // The zone's rules have changed, and this is as much of the former bucket as could not be rebuilt.
            if known.end != bucket.end {
                try database.statement(RollupSQL.setEnd).run(.time(bucket.end), .int(known.id))
            }
            return Page(bucket, id: known.id, isNew: false)
        }
        try database.statement(RollupSQL.insertBucket).run(
            .text(bucket.period.contractName),
            .time(bucket.start),
            .time(bucket.end)
        )
        return Page(bucket, id: database.lastInsertedID, isNew: true)
    }

    private func stored(of element: Int64, on page: Page) throws -> Rollup? {
        guard !page.isNew else { return nil }
        if element < Roster.firstPart {
            // Whoever changes some units changes most of them, and they lie together.
            guard page.unitsSought < RollupBook.unitsSoughtSingly else {
                return try storedUnits(including: element, on: page)
            }
            page.unitsSought += 1
        }
        return try database.statement(RollupSQL.rollup)
            .first(.int(page.id), .int(element)) { row in Rollup(ofElement: row, from: 0) }
    }

    /// The rollup of the whole unit `element`; the first time, those of all units that have one are put on `page`.
    private func storedUnits(including element: Int64, on page: Page) throws -> Rollup? {
        guard page.unitsSought != .max else { return nil }
        page.unitsSought = .max
        try database.statement(RollupSQL.units).forEach(.int(page.id)) { row in
            guard page.entries[row.int(13)] == nil else { return }
            let rollup = Rollup(ofElement: row, from: 0)
            page.entries[row.int(13)] = Entry(rollup: rollup, isStored: true, isChanged: false)
        }
        return page.entries[element]?.rollup
    }

    private func storedSite(on page: Page) throws -> Rollup {
        guard !page.isNew else { return Rollup() }
        return try database.statement(RollupSQL.siteRollup)
            .first(.int(page.id)) { row in Rollup(ofSite: row, from: 0) } ?? Rollup()
    }
}

extension Rollup {
    /// The columns that the rollups of an element and of all PDUs have in common, in their order.
    var columns: [SQLValue] {
        var columns: [SQLValue] = []
        // With room for what a statement takes beside them.
        columns.reserveCapacity(15)
        columns.append(.int(readings))
        columns.append(.int(powerSum))
        columns.append(.int(coveredSeconds))
        columns.append(.int(powerIntegral))
        columns.append(.int(interpolatedSeconds))
        columns.append(.int(energy.counted))
        columns.append(.int(energy.integrated))
        columns.append(.int(energy.interpolated))
        columns.append(.int(energy.corrected))
        columns.append(.thousandths(minimum?.power))
        columns.append(.time(minimum?.at))
        columns.append(.thousandths(maximum?.power))
        columns.append(.time(maximum?.at))
        return columns
    }

    /// One element's rollup in the thirteen columns of a row from `column` on.
    init(ofElement row: borrowing Row, from column: Int32) {
        self.init()
        readings = row.int(column)
        powerSum = row.int(column + 1)
        coveredSeconds = row.int(column + 2)
        powerIntegral = row.int(column + 3)
        interpolatedSeconds = row.int(column + 4)
        energy.counted = row.optionalInt(column + 5)
        energy.integrated = row.optionalInt(column + 6)
        energy.interpolated = row.optionalInt(column + 7)
        energy.corrected = row.optionalInt(column + 8)
        minimum = PowerExtreme(row, from: column + 9)
        maximum = PowerExtreme(row, from: column + 11)
        members = minimum == nil ? 0 : 1
    }

    /// The rollup of all PDUs together in the fourteen columns of a row from `column` on.
    init(ofSite row: borrowing Row, from column: Int32) {
        self.init(ofElement: row, from: column)
        members = row.int(column + 13)
    }
}

extension PowerExtreme {
    /// The extreme in two columns of a row; nil for NULL.
    init?(_ row: borrowing Row, from column: Int32) {
        guard let power = row.optionalFixed(column), let at = row.optionalTime(column + 1) else { return nil }
        self.init(power: power, at: at)
    }
}
