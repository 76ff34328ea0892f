// What elements did in stretches of time that need not be buckets: a month up to the 14th at 14:37 is days, hours and a
// piece of an hour. Rollups give what lies in whole buckets, the ledger the rest.

internal import Basics
internal import Energy
internal import Storage

/// What some elements did in each of several stretches of time.
struct RangeAccounts {
    /// One stretch.
    struct Stretch {
        let range: TimeRange
        /// What is known of each element, by id.
        var rollups: [Int64: Rollup] = [:]
        /// The highest and the lowest same-minute sum; absent where none is known, or where they were not asked for.
        var extremes: SumExtremes?
    }

    /// In the order in which they were asked for.
    private(set) var stretches: [Stretch]

    /// Of no more elements at once the ledger goes through a day for a part of an hour.
    private static let mostExact = 200

    /// What the elements `ids` did in each of `ranges`; with the extremes of their sum when `withExtremes`.
    ///
    /// `isEvery` says that they are all whole units there are. Of more than `most` elements, what is in no whole bucket is
    /// integrated from readings.
    init(
        of ids: [Int64],
        isEvery: Bool,
        in ranges: [TimeRange],
        withExtremes: Bool,
        exactUpTo most: Int = RangeAccounts.mostExact,
        _ context: Context
    ) throws {
        stretches = ranges.map { Stretch(range: $0) }
        guard !ids.isEmpty else { return }
        var buckets: [Period: [(bucket: Bucket, stretch: Int)]] = [:]
        var pieces: [(range: TimeRange, stretch: Int)] = []
        for (index, range) in ranges.enumerated() {
            let cover = RangeCover(RangeAccounts.known(range, in: context), in: context.site.calendar)
            for (period, found) in cover.buckets {
                buckets[period, default: []] += found.map { ($0, index) }
            }
            pieces += cover.pieces.map { ($0, index) }
        }
        let history = context.history
        // Of equal extremes the earlier counts, so they are taken together in the order of time.
        var extremes = [[(start: UnixTime, found: SumExtremes?)]](repeating: [], count: ranges.count)
        for (_, list) in buckets.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let all = list.map(\.bucket)
            let rollups = try history.rollups(of: ids, in: all)
            for (found, place) in zip(rollups, list) { stretches[place.stretch].add(found) }
            guard withExtremes else { continue }
            let found = try RangeAccounts.extremes(of: ids, isEvery, in: all, rollups, history)
            for (found, place) in zip(found, list) {
                extremes[place.stretch].append((place.bucket.start, found))
            }
        }
        for piece in pieces {
            let (start, end) = (piece.range.start, piece.range.end)
            let found = try history.pieces(of: ids, from: start, to: end, exactUpTo: most)
            stretches[piece.stretch].add(found)
            guard withExtremes else { continue }
            let highestAndLowest =
                ids.count == 1
                ? found[ids[0]].flatMap { SumExtremes($0) }
                : try history.sumExtremes(of: ids, from: start, to: end)
            extremes[piece.stretch].append((start, highestAndLowest))
        }
        for (index, parts) in extremes.enumerated() {
            stretches[index].extremes = SumExtremes(of: parts.sorted { $0.start < $1.start }.map(\.found))
        }
    }

    /// What one element or the elements `ids` did in `range` alone, by id.
    static func rollups(of ids: [Int64], in range: TimeRange, _ context: Context) throws -> [Int64: Rollup] {
        let accounts = try RangeAccounts(
            of: ids,
            isEvery: false,
            in: [range],
            withExtremes: false,
            context
        )
        return accounts.stretches.first?.rollups ?? [:]
    }

    /// `range`, with the rest of the hour in which it ends where there is nothing in that yet: what would be a piece
    /// is in the rollup of the hour at hand.
    private static func known(_ range: TimeRange, in context: Context) -> TimeRange {
        guard let newest = context.moment.newestRun?.minute, range.end > newest else { return range }
        let hour = context.site.calendar.bucket(.hour, containing: range.end - 1)
        return TimeRange(start: range.start, end: hour.end)
    }

    /// The highest and lowest of each bucket, from whoever knows them at the least cost.
    private static func extremes(
        of ids: [Int64],
        _ isEvery: Bool,
        in buckets: [Bucket],
        _ rollups: [[Int64: Rollup]],
        _ history: any HistoryQueries
    ) throws -> [SumExtremes?] {
        try knownExtremes(of: ids, isEvery, in: buckets, rollups, history)
            ?? history.sumExtremes(of: ids, in: buckets)
    }

    /// The same where rollups have them; nil where they have to be sought.
    static func knownExtremes(
        of ids: [Int64],
        _ isEvery: Bool,
        in buckets: [Bucket],
        _ rollups: [[Int64: Rollup]],
        _ history: any HistoryQueries
    ) throws -> [SumExtremes?]? {
        if ids.isEmpty { return [] }
        if ids.count == 1 { return rollups.map { $0[ids[0]].flatMap(SumExtremes.init) } }
        if isEvery { return try history.siteRollups(in: buckets).map { $0.flatMap(SumExtremes.init) } }
        return nil
    }
}

extension RangeAccounts.Stretch {
    /// Adds what is known of another part of it; what a damaged file makes too large to be added up is left out.
    fileprivate mutating func add(_ found: [Int64: Rollup]) {
        for (id, rollup) in found where rollup.isSane {
            if rollups[id]?.merge(rollup) == nil { rollups[id] = rollup }
        }
    }

    fileprivate mutating func add(_ found: SumExtremes?) {
        extremes = SumExtremes(of: [extremes, found])
    }
}
