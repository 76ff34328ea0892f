// The highest and lowest same-minute sum over some of the elements: PDUs, or outlets. Rollups of sums exist for all
// PDUs together only; for any other choice, bounds say where the extreme can be, and only there are minutes added up.
//
// The history has three parts. Of days that are packed, envelopes bound each quarter of an hour. Newer hours are bounded
// by their rollups. So are those of days that were packed before there were envelopes, and that have none yet: there, days
// are bounded before their hours are. Where readings have been deleted, the rollups stay, and tell whether the extreme may
// have been among them: then it is not known.

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
    case envelopedFrom = "SELECT enveloped_from FROM history WHERE only_row = 1"
}

/// A search for extremes by bounds, the most promising first.
final class ExtremesSearch {
    /// What the sum over elements can be at most and at least in a bucket, in thousandths of a watt.
    fileprivate struct Span {
        let bucket: Bucket
        /// No sum is above it.
        var highest: Int64 = 0
        /// No sum over `members` elements is below it.
        var lowest: Int64 = 0
        /// No sum is over more elements.
        var members: Int64 = 0
    }

    /// The best that was found of a bucket so far.
    fileprivate struct Found {
        var maximum: MinuteSum?
        var minimum: MinuteSum?

        mutating func take(_ sum: MinuteSum) {
            // Minutes may come in any order; of equal ones the earlier counts.
            if maximum.map({ (sum.power, $0.at) > ($0.power, sum.at) }) ?? true { maximum = sum }
            if minimum.map({ (sum.members, $0.power, $0.at) > ($0.members, sum.power, sum.at) }) ?? true {
                minimum = sum
            }
        }

        /// Whether a sum of `highest` at `start` or later would count as the maximum.
        func isExceeded(by highest: Float, from start: UnixTime) -> Bool {
            guard let maximum else { return true }
            let known = Float(maximum.power)
            return highest > known || (highest == known && start < maximum.at)
        }

        /// Whether a sum of `lowest` over `members` at `start` or later would count as the minimum.
        func isUndercut(by lowest: Float, over members: Int64, from start: UnixTime) -> Bool {
            guard let minimum else { return members > 0 }
            guard members == minimum.members else { return members > minimum.members }
            let known = Float(minimum.power)
            return lowest < known || (lowest == known && start < minimum.at)
        }

        /// Whether a sum in `span` can count as the maximum.
        func isExceeded(by span: Span) -> Bool {
            guard let maximum else { return true }
            return (span.highest, maximum.at) > (maximum.power, span.bucket.start)
        }

        /// Whether a sum in `span` can count as the minimum.
        func isUndercut(by span: Span) -> Bool {
            guard let minimum else { return true }
            return (span.members, minimum.power, minimum.at) > (
                minimum.members, span.lowest, span.bucket.start
            )
        }
    }

    private static let day: Int64 = 86_400
    private static let quartersPerWindow = Int(PowerEnvelope.window / PowerEnvelope.quarter)

    private let database: Connection
    private let elements: IDRanges
    private let sums: MinuteSums
    /// Grows tighter by what is read.
    private var bounds: SumBounds
    /// How many elements there are.
    private let count: Int
    /// Hours that begin before it may have lost some of their minutes to the archive.
    private let keptFrom: UnixTime
    /// What parts have in an hour that is not in their rollups yet.
    private let openRollups: [(element: Int64, hour: Bucket, rollup: Rollup)]

    /// A search among the sums over the elements with `ids`, in buckets from `start` up to `end`.
    ///
    /// `visitsEveryDay` says that the extremes of buckets of a day or less are wanted.
    init(
        _ database: Connection,
        of ids: [Int64],
        from start: UnixTime,
        until end: UnixTime,
        visitsEveryDay: Bool
    ) throws {
        self.database = database
        elements = IDRanges(ids, tolerance: 4)
        count = Set(ids).count
        let until = try database.statement(ExtremesSQL.archivedUntil).first { row in row.optionalTime(0) }
        keptFrom = (until ?? nil) ?? UnixTime(.min)
        let members = elements
        openRollups = try members.ranges
            .flatMap { try OpenAccount.rollups(of: $0, in: database) }
            .filter { members.contains($0.element) }
        let unpacked = try ReadingPacker.oldestUnpacked(in: database)
        let unmerged = try database.statement(PackingSQL.oldestToMerge).first { row in row.time(0) }
        sums = try MinuteSums(
            database,
            of: Set(ids),
            unpackedFrom: unpacked,
            wanting: visitsEveryDay ? start..<max(start, end) : nil
        )
        let enveloped = try database.statement(ExtremesSQL.envelopedFrom).first { $0.optionalTime(0) }
        let day = ExtremesSearch.day
        // Only whole days: of one that is partly packed or partly kept, rollups tell.
        let first = max(
            start,
            (enveloped ?? nil) ?? start,
            keptFrom == UnixTime(.min) ? start : keptFrom + (day - 1)
        )
        let last = min(unpacked ?? UnixTime(.max), unmerged ?? UnixTime(.max), end + (day - 1))
        bounds = try SumBounds(
            database,
            of: Set(ids),
            from: first.floored(to: day),
            until: last.floored(to: day)
        )
    }

    /// The extremes in `bucket`; nil where nothing was read, or where minutes that may hold them have been deleted.
    ///
    /// Throws `DamagedBlock`.
    func extremes(in bucket: Bucket) throws -> SumExtremes? {
        var found = Found()
        try searchPacked(in: bucket.start..<bucket.end, &found)
        return try searchRest(of: bucket, &found) ? found.extremes : nil
    }

    /// The extremes in all of `buckets`, which follow one another: those of each, of which the unknown do not count, taken
    /// together; nil where nothing is known.
    ///
    /// What was found in one bucket rules out most of the others. Throws `DamagedBlock`.
    func extremes(across buckets: [Bucket]) throws -> SumExtremes? {
        guard let first = buckets.first, let last = buckets.last else { return nil }
        var found = Found()
        try searchPacked(in: first.start..<last.end, &found)
        for bucket in buckets {
            var more = found
            if try searchRest(of: bucket, &more) { found = more }
        }
        return found.extremes
    }

    /// Searches what of `bucket` has no envelopes; false where minutes that may hold an extreme have been deleted.
    private func searchRest(of bucket: Bucket, _ found: inout Found) throws -> Bool {
        let from = max(bucket.start, bounds.start)
        let packed = from..<max(from, min(bucket.end, bounds.end))
        guard packed.isEmpty || packed.lowerBound > bucket.start || packed.upperBound < bucket.end else {
            return true
        }
        return try searchRollups(in: bucket, without: packed, &found)
    }

    // MARK: - By envelopes

    private func searchPacked(in range: Range<UnixTime>, _ found: inout Found) throws {
        let quarters = bounds.quarters(from: range.lowerBound, until: range.upperBound)
        guard !quarters.isEmpty else { return }
        var visited: [Range<Int>] = []
        var open = Array(quarters)
        while true {
            let known = found.maximum
            let best = bounds.highest(
                among: &open,
                above: known.map { Float($0.power) } ?? -.infinity,
                before: known?.at ?? UnixTime(.min)
            )
            guard let best else { break }
            try visit(best, in: range, &open, &visited, &found) { bounds, found in
                found.isExceeded(by: bounds.highest[best], from: bounds.time(of: best))
            }
        }
        open = Array(quarters)
        for quarters in visited { open.removeAll(where: quarters.contains) }
        while true {
            let known = found.minimum
            let best = bounds.lowest(
                among: &open,
                over: Int32(clamping: known?.members ?? 0),
                below: known.map { Float($0.power) } ?? .infinity,
                before: known?.at ?? UnixTime(.min)
            )
            guard let best else { break }
            try visit(best, in: range, &open, &visited, &found) { bounds, found in
                let members = Int64(bounds.members[best])
                return found.isUndercut(by: bounds.lowest[best], over: members, from: bounds.time(of: best))
            }
        }
    }

    /// Reads one element after the other in the window of `quarter`, as long as that may count.
    ///
    /// Mostly a few elements' minutes show that it does not. Where all were read, their sums are taken, and the window's
    /// quarters out of `open`.
    private func visit(
        _ quarter: Int,
        in range: Range<UnixTime>,
        _ open: inout [Int],
        _ visited: inout [Range<Int>],
        _ found: inout Found,
        mayCount: (SumBounds, Found) -> Bool
    ) throws {
        let start = window(of: quarter)
        let first = quarter - quarter % ExtremesSearch.quartersPerWindow
        let quarters = first..<first + ExtremesSearch.quartersPerWindow
        if bounds.canBeTightened, sums.readCount(on: start) < count {
            // Its own bound decides whether the next element is read, those beside it which quarter comes next.
            defer { tighten(quarters, ofWindow: start) }
            while sums.readCount(on: start) < count {
                let hint = bounds.hint(ofElement: sums.readCount(on: start), at: start)
                try sums.readNext(on: start, hint: hint)
                tighten(quarter..<quarter + 1, ofWindow: start)
                guard mayCount(bounds, found) else { return }
            }
        }
        let end = start + PowerEnvelope.window
        try sums.forEach(from: max(start, range.lowerBound), until: min(end, range.upperBound)) {
            found.take($0)
        }
        visited.append(quarters)
        open.removeAll(where: quarters.contains)
    }

    /// Tightens the bounds of `quarters` by what has been read of the window that begins at `start`.
    private func tighten(_ quarters: Range<Int>, ofWindow start: UnixTime) {
        let read = sums.readCount(on: start)
        sums.withSums(on: start) { power, members, resolution in
            bounds.tighten(quarters, ofWindow: start, knowing: read, power, members, resolution: resolution)
        }
    }

    /// When the window that `quarter` lies in begins.
    private func window(of quarter: Int) -> UnixTime {
        bounds.time(of: quarter - quarter % ExtremesSearch.quartersPerWindow)
    }

    // MARK: - By rollups

    /// Searches what of `bucket` is not in `packed`; false where minutes that may hold an extreme have been deleted.
    private func searchRollups(
        in bucket: Bucket,
        without packed: Range<UnixTime>,
        _ found: inout Found
    ) throws -> Bool {
        var open = [Span(bucket: bucket, highest: .max, lowest: .min, members: .max)]
        while let index = mostPromising(among: open, found) {
            let span = open.remove(at: index)
            guard span.bucket.period == .hour else {
                open += try spans(in: span.bucket, without: packed)
                continue
            }
            // Nobody waits for a page while a file is decompressed for every hour of it.
            guard span.bucket.start >= keptFrom else { return false }
            var isEmpty = true
            try sums.forEach(from: span.bucket.start, until: span.bucket.end) { sum in
                isEmpty = false
                guard !packed.contains(sum.at) else { return }
                found.take(sum)
            }
            // Its rollups say that there were readings: they have been deleted since.
            guard !isEmpty else { return false }
        }
        return true
    }

    /// The place of the one of `spans` that can hold the highest sum, if that would count; else of the one that can hold the
    /// lowest; nil when none would count.
    private func mostPromising(among spans: [Span], _ found: Found) -> Int? {
        let higher = spans.indices.filter { found.isExceeded(by: spans[$0]) }
        if let best = higher.max(by: { spans[$0].highest < spans[$1].highest }) { return best }
        let lower = spans.indices.filter { found.isUndercut(by: spans[$0]) }
        return lower.min { left, right in
            (spans[right].members, spans[left].lowest) < (spans[left].members, spans[right].lowest)
        }
    }

    /// The buckets of the next smaller period in `bucket` that have readings outside of `packed`, with their bounds.
    private func spans(in bucket: Bucket, without packed: Range<UnixTime>) throws -> [Span] {
        let isLong = bucket.period == .month && (packed.isEmpty || packed.lowerBound > bucket.start)
        let period: Period = isLong ? .day : .hour
        var spans: [Bucket: Span] = [:]
        let stretches = [
            (bucket.start, min(bucket.end, packed.lowerBound)),
            (max(bucket.start, packed.upperBound), bucket.end),
        ]
        for (start, end) in stretches where start < end {
            let known = Set(spans.keys)
            // A day or hour that is partly in it counts as well.
            let reach: Int64 = period == .day ? 90_000 : 3600
            for range in elements.ranges {
                try database.statement(ExtremesSQL.parts).forEach(
                    .int(range.lowerBound),
                    .int(range.upperBound),
                    .text(period.contractName),
                    .time(max(bucket.start, start - reach)),
                    .time(end)
                ) { row in
                    guard elements.contains(row.int(2)) else { return }
                    let part = Bucket(period, start: row.time(0), end: row.time(1))
                    guard part.end > start, !known.contains(part) else { return }
                    var span = spans[part] ?? Span(bucket: part)
                    // An element that drew less than nothing raises the sum by being absent.
                    span.highest += max(0, row.int(4))
                    span.lowest += row.int(3)
                    span.members += 1
                    spans[part] = span
                }
            }
        }
        try addOpenRollups(to: &spans, of: period, in: bucket)
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
}

extension ExtremesSearch.Found {
    fileprivate var extremes: SumExtremes? {
        guard let maximum, let minimum else { return nil }
        return SumExtremes(minimum: minimum.extreme, maximum: maximum.extreme, members: minimum.members)
    }
}
