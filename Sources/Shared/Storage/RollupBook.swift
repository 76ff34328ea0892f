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
    case saveRollup = """
        INSERT OR REPLACE INTO rollup (bucket_id, element_id, readings, power_sum_milliwatts, covered_seconds,
            power_integral_millijoules, interpolated_seconds, counted_millijoules, integrated_millijoules,
            interpolated_millijoules, corrected_millijoules, minimum_milliwatts, minimum_at, maximum_milliwatts,
            maximum_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
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
    /// One bucket's rollups, as far as they were touched.
    private final class Page {
        let bucket: Bucket
        let id: Int64
        /// Whether the bucket was made by this book, so that nothing of it is in the database before a flush.
        var isNew: Bool
        var rollups: [Int64: Rollup] = [:]
        var changed: Set<Int64> = []
        var site: Rollup?
        var isSiteChanged = false

        init(_ bucket: Bucket, id: Int64, isNew: Bool) {
            self.bucket = bucket
            self.id = id
            self.isNew = isNew
        }
    }

    private let database: Connection
    private var pages: [Bucket: Page] = [:]
    /// The pages used last, since the next reading mostly falls into the same hour, day and month.
    private var recent: [Page] = []

    /// An empty book over `database`.
    init(_ database: Connection) {
        self.database = database
    }

    /// Adds `rollup` to that of `element` in `bucket`.
    mutating func merge(_ rollup: Rollup, into bucket: Bucket, of element: Int64) throws {
        let page = try page(of: bucket)
        if page.rollups[element]?.merge(rollup) == nil {
            var known = try stored(of: element, on: page)
            known.merge(rollup)
            page.rollups[element] = known
        }
        page.changed.insert(element)
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
        let save = try database.statement(RollupSQL.saveRollup)
        let saveSite = try database.statement(RollupSQL.saveSiteRollup)
        for page in pages.values.sorted(by: { $0.id < $1.id }) {
            for element in page.changed.sorted() {
                guard let rollup = page.rollups[element] else { continue }
                try save.run([.int(page.id), .int(element)] + rollup.columns)
            }
            if page.isSiteChanged, let site = page.site {
                try saveSite.run([.int(page.id)] + site.columns + [.int(site.members)])
            }
            page.changed.removeAll(keepingCapacity: true)
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

    private func stored(of element: Int64, on page: Page) throws -> Rollup {
        guard !page.isNew else { return Rollup() }
        return try database.statement(RollupSQL.rollup)
            .first(.int(page.id), .int(element)) { row in Rollup(ofElement: row, from: 0) } ?? Rollup()
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
        [
            .int(readings),
            .int(powerSum),
            .int(coveredSeconds),
            .int(powerIntegral),
            .int(interpolatedSeconds),
            .int(energy.counted),
            .int(energy.integrated),
            .int(energy.interpolated),
            .int(energy.corrected),
            .thousandths(minimum?.power),
            .time(minimum?.at),
            .thousandths(maximum?.power),
            .time(maximum?.at),
        ]
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
