// The highest and lowest same-minute sum over some of the elements: PDUs, or outlets. Rollups of sums exist for all
// PDUs together only; for any other choice the elements' own rollups bound what the minutes inside can be, so that of a
// year only the few hours that can hold the extreme are read minute by minute.

import Basics
import Energy
import SQLite

enum ExtremesSQL: String, StatementList {
    case parts = """
        SELECT bucket.start, bucket."end", rollup.element_id, rollup.minimum_milliwatts,
            rollup.maximum_milliwatts
        FROM bucket
        CROSS JOIN rollup ON rollup.bucket_id = bucket.id AND rollup.element_id BETWEEN $1 AND $2
        WHERE bucket.period = $3 AND bucket.start >= $4 AND bucket.start < $5
            AND rollup.minimum_milliwatts IS NOT NULL
        ORDER BY bucket.start
        """
    case day = """
        SELECT start, "end" FROM bucket WHERE period = 'daily' AND start <= $1 AND "end" > $2 ORDER BY start DESC LIMIT 1
        """
    case archivedUntil = "SELECT max(archived_until) FROM archive"
}

/// A search for extremes by the bounds of ever smaller buckets, the most promising first.
final class ExtremesSearch {
    /// What the sum over elements can be at most and at least, in thousandths of a watt.
    private struct Span {
        let bucket: Bucket
        /// No sum is above it.
        var highest: Int64 = 0
        /// No sum over `members` elements is below it.
        var lowest: Int64 = 0
        /// No sum is over more elements.
        var members: Int64 = 0
    }

    /// The sum over elements of one minute.
    fileprivate struct MinuteSum {
        let at: UnixTime
        var power: Int64 = 0
        var members: Int64 = 0
    }

    private let database: Connection
    private let powers: CountedPowers
    private let elements: IDRanges
    /// Hours that begin before it may have lost some of their minutes to the archive.
    private let keptFrom: UnixTime
    /// What parts have in an hour that is not in their rollups yet.
    private let openRollups: [(element: Int64, hour: Bucket, rollup: Rollup)]
    private var parts: [Bucket: [Span]] = [:]
    private var minutes: [Bucket: [MinuteSum]] = [:]

    /// A search among the sums over `elements`.
    init(_ database: Connection, of elements: IDRanges) throws {
        self.database = database
        powers = CountedPowers(database, withArchive: false)
        self.elements = elements
        let until = try database.statement(ExtremesSQL.archivedUntil).first { row in row.optionalTime(0) }
        keptFrom = (until ?? nil) ?? UnixTime(.min)
        openRollups = try elements.ranges
            .flatMap { try OpenAccount.rollups(of: $0, in: database) }
            .filter { elements.contains($0.element) }
    }

    /// The extremes in `bucket`; nil where nothing was read, or where its minutes have been deleted.
    func extremes(in bucket: Bucket) throws -> SumExtremes? {
        defer {
            parts.removeAll()
            minutes.removeAll()
        }
        let higher = { (left: MinuteSum, right: MinuteSum) in
            (left.power, right.at) > (right.power, left.at)
        }
        let lower = { (left: MinuteSum, right: MinuteSum) in
            (left.members, right.power, right.at) > (right.members, left.power, left.at)
        }
        let highest = { (span: Span) in MinuteSum(at: span.bucket.start, power: span.highest) }
        let lowest = { (span: Span) in
            MinuteSum(at: span.bucket.start, power: span.lowest, members: span.members)
        }
        guard let maximum = try first(in: bucket, by: higher, bound: highest),
            let minimum = try first(in: bucket, by: lower, bound: lowest)
        else { return nil }
        return SumExtremes(minimum: minimum.extreme, maximum: maximum.extreme, members: minimum.members)
    }

    /// The minute that comes before all others by `isBetter`, where no minute of a span comes before its `bound`.
    private func first(
        in bucket: Bucket,
        by isBetter: (MinuteSum, MinuteSum) -> Bool,
        bound: (Span) -> MinuteSum
    ) throws -> MinuteSum? {
        var best: MinuteSum?
        var open = [Span(bucket: bucket, highest: .max, lowest: .min, members: .max)]
        while let index = open.indices.max(by: { isBetter(bound(open[$1]), bound(open[$0])) }) {
            let span = open.remove(at: index)
            if let best, !isBetter(bound(span), best) { break }
            guard span.bucket.period == .hour else {
                open += try spans(in: span.bucket)
                continue
            }
            let sums = try sums(in: span.bucket)
            // Its rollups say that there were readings: they have been deleted since.
            guard !sums.isEmpty else { return nil }
            for sum in sums where best.map({ isBetter(sum, $0) }) ?? true {
                best = sum
            }
        }
        return best
    }

    /// The buckets of the next smaller period in `bucket` that have readings, with their bounds.
    private func spans(in bucket: Bucket) throws -> [Span] {
        if let known = parts[bucket] { return known }
        let period: Period = bucket.period == .month ? .day : .hour
        var spans: [Bucket: Span] = [:]
        for range in elements.ranges {
            try database.statement(ExtremesSQL.parts).forEach(
                .int(range.lowerBound),
                .int(range.upperBound),
                .text(period.contractName),
                .time(bucket.start),
                .time(bucket.end)
            ) { row in
                guard elements.contains(row.int(2)) else { return }
                let part = Bucket(period, start: row.time(0), end: row.time(1))
                var span = spans[part] ?? Span(bucket: part)
                // An element that drew less than nothing raises the sum by being absent.
                span.highest += max(0, row.int(4))
                span.lowest += row.int(3)
                span.members += 1
                spans[part] = span
            }
        }
        try addOpenRollups(to: &spans, of: period, in: bucket)
        parts[bucket] = Array(spans.values)
        return Array(spans.values)
    }

    /// Widens the bounds in `spans`, the parts of `bucket` that are a `period` long, for what is not in rollups yet.
    ///
    /// An element may be counted by its row and once more by what is open: bounds are too wide then, since more members
    /// come before everything else, and never too narrow.
    private func addOpenRollups(to spans: inout [Bucket: Span], of period: Period, in bucket: Bucket) throws {
        for open in openRollups where bucket.contains(open.hour.start) {
            guard let minimum = open.rollup.minimum, let maximum = open.rollup.maximum else { continue }
            var part = open.hour
            if period == .day {
                let start = open.hour.start
                let day = try database.statement(ExtremesSQL.day).first(.time(start), .time(start)) { row in
                    Bucket(.day, start: row.time(0), end: row.time(1))
                }
                guard let day else { continue }
                part = day
            }
            var span = spans[part] ?? Span(bucket: part)
            span.highest += max(0, maximum.power.thousandths)
            span.lowest += min(0, minimum.power.thousandths)
            span.members += 1
            spans[part] = span
        }
    }

    /// The sums of every minute in `hour`.
    private func sums(in hour: Bucket) throws -> [MinuteSum] {
        if let known = minutes[hour] { return known }
        // Nobody waits for a page while a file is decompressed for every hour of it.
        guard hour.start >= keptFrom else { return [] }
        var sums: [UnixTime: MinuteSum] = [:]
        for range in elements.ranges {
            var sum = MinuteSum(at: hour.start)
            try powers.forEach(from: hour.start, until: hour.end, elements: range) { element, reading in
                guard elements.contains(element) else { return }
                if reading.at != sum.at {
                    add(sum, to: &sums)
                    sum = MinuteSum(at: reading.at)
                }
                sum.power += reading.power.thousandths
                sum.members += 1
            }
            add(sum, to: &sums)
        }
        minutes[hour] = Array(sums.values)
        return Array(sums.values)
    }

    private func add(_ sum: MinuteSum, to sums: inout [UnixTime: MinuteSum]) {
        guard sum.members > 0 else { return }
        sums[sum.at, default: MinuteSum(at: sum.at)].power += sum.power
        sums[sum.at, default: MinuteSum(at: sum.at)].members += sum.members
    }
}

extension ExtremesSearch.MinuteSum {
    fileprivate var extreme: PowerExtreme {
        PowerExtreme(power: FixedPoint(thousandths: power), at: at)
    }
}
