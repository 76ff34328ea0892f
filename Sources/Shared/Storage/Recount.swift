// The accounts of one element once more, from shortly before a correction to the end of the history: the same code as
// a rebuild, of one element, from a checkpoint on.

import Basics
import Energy
import SQLite

enum RecountSQL: String, StatementList {
    /// What is known of the element $1 in the buckets of a period that begin at $3 or later.
    case rollups = """
        SELECT rollup.readings, rollup.power_sum_milliwatts, rollup.covered_seconds,
            rollup.power_integral_millijoules, rollup.interpolated_seconds, rollup.counted_millijoules,
            rollup.integrated_millijoules, rollup.interpolated_millijoules, rollup.corrected_millijoules,
            rollup.minimum_milliwatts, rollup.minimum_at, rollup.maximum_milliwatts, rollup.maximum_at,
            bucket.start, bucket."end"
        FROM bucket
        CROSS JOIN rollup ON rollup.bucket_id = bucket.id AND rollup.element_id = $1
        WHERE bucket.period = $2 AND bucket.start >= $3
        """
    case deleteRollups = """
        DELETE FROM rollup
        WHERE element_id = $1 AND bucket_id IN (SELECT id FROM bucket WHERE period = $2 AND start >= $3)
        """
    case deleteSiteRollup = """
        DELETE FROM site_rollup
        WHERE bucket_id = (SELECT id FROM bucket WHERE period = $1 AND start = $2)
        """
}

/// One recount, within its transaction.
struct Recount {
    private let database: Connection
    private let calendar: SiteCalendar
    private let element: Int64
    private let correction: Correction
    private let origin: AccountOrigin
    /// The first moment of the first day that may change.
    private let start: UnixTime

    /// A recount of `element` for `correction`, which has just been made or undone in `database`; nil where readings
    /// that it needs are missing.
    init?(
        of element: Int64,
        around correction: Correction,
        in database: Connection,
        _ calendar: SiteCalendar
    ) throws {
        self.database = database
        self.calendar = calendar
        self.element = element
        self.correction = correction
        guard let near = try AccountOrigin.latest(of: element, before: correction.start, in: database) else {
            return nil
        }
        // Up to there nothing changes; but what comes next tells of the time before it.
        var steps = LedgerSteps(after: near.checkpoint?.state)
        var replay = try Replay(database, of: element...element, from: near.start)
        try replay.finish(until: correction.start) { entry, _, policy in _ = steps.take(entry, policy) }
        let open = min(steps.state?.openSince ?? correction.start, correction.start)
        start = calendar.bucket(.day, containing: open).start
        guard let origin = try AccountOrigin.latest(of: element, before: start, in: database) else {
            return nil
        }
        self.origin = origin
    }

    /// Replaces the rollups that may change, and all that the ledger remembers since.
    func run() throws {
        let before = try rollups()
        for period in Period.allCases {
            try database.statement(RecountSQL.deleteRollups)
                .run(.int(element), .text(period.contractName), .time(start(of: period)))
        }
        var accounts = try Accounts(
            recomputing: element,
            in: database,
            calendar: calendar,
            from: origin.checkpoint,
            start: start
        )
        var replay = try Replay(database, of: element...element, from: origin.start)
        try replay.finish { entry, _, policy in
            switch entry {
            case .correction(let other): try accounts.enter(other, of: element, policy: policy)
            case .sample(let sample): _ = try accounts.enter(sample, of: element, policy: policy)
            }
        }
        try accounts.flush(forgettingUntil: UnixTime(.max))
        var book = RollupBook(database)
        try sumFirstMonth(in: &book)
        guard element < Roster.firstPart else { return try book.flush(forgettingUntil: UnixTime(.max)) }
        try book.flush(forgettingUntil: UnixTime(.max))
        try recountSite(before: before, after: try rollups())
    }

    private var firstMonth: Bucket { calendar.bucket(.month, containing: start) }

    /// Where the buckets of `period` begin that may change.
    private func start(of period: Period) -> UnixTime {
        period == .month ? firstMonth.start : start
    }

    /// The element's rollups that may change.
    private func rollups() throws -> [Bucket: Rollup] {
        var rollups: [Bucket: Rollup] = [:]
        for period in Period.allCases {
            try database.statement(RecountSQL.rollups).forEach(
                .int(element),
                .text(period.contractName),
                .time(start(of: period))
            ) { row in
                let bucket = Bucket(period, start: row.time(13), end: row.time(14))
                rollups[bucket] = Rollup(ofElement: row, from: 0)
            }
        }
        return rollups
    }

    /// Makes the rollup of the first month from those of its days, since not all of it was gone through.
    private func sumFirstMonth(in book: inout RollupBook) throws {
        guard firstMonth.start < start else { return }
        try database.statement(RecountSQL.rollups).forEach(
            .int(element),
            .text(Period.day.contractName),
            .time(firstMonth.start)
        ) { row in
            guard row.time(13) < firstMonth.end else { return }
            try book.merge(Rollup(ofElement: row, from: 0), into: firstMonth, of: element)
        }
    }

    /// Makes the rollups of all PDUs together again, where those of the element changed from `before` to `after` or the
    /// correction touches the sums of minutes.
    private func recountSite(before: [Bucket: Rollup], after: [Bucket: Rollup]) throws {
        let sums = SiteSums(database)
        var book = RollupBook(database)
        let touched = touchedBuckets()
        let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.union(touched)
        // A day's extremes are those of its hours, and a month's of its days.
        for period in Period.allCases {
            let buckets = changed.filter { $0.period == period }.sorted { $0.start < $1.start }
            let extremes =
                period == .hour ? try sums.minuteExtremes(in: buckets.filter(touched.contains)) : [:]
            for bucket in buckets {
                guard let total = try sums.total(of: bucket) else {
                    try database.statement(RecountSQL.deleteSiteRollup)
                        .run(.text(period.contractName), .time(bucket.start))
                    continue
                }
                var merged: Rollup?
                if touched.contains(bucket) {
                    merged = period == .hour ? extremes[bucket] ?? Rollup() : try sums.extremes(in: bucket)
                }
                try book.changeSite(in: bucket) { site in
                    var sum = total
                    sum.setExtremes(of: merged ?? site)
                    site = sum
                }
            }
            try book.flush(forgettingUntil: UnixTime(.max))
        }
    }

    /// Every bucket in which the correction changes which minutes count.
    private func touchedBuckets() -> Set<Bucket> {
        var cursor = BucketCursor(calendar)
        var buckets: Set<Bucket> = []
        var time = correction.start
        while time < correction.end {
            let hour = cursor.bucket(.hour, containing: time)
            for period in Period.allCases {
                buckets.insert(cursor.bucket(period, containing: hour.start))
            }
            time = hour.end
        }
        return buckets
    }
}
