// What is in no rollup: parts of an hour, of many elements at once. A range that ends at 14:37 is made of rollups and of
// such a piece, for which the ledger goes through the day's readings once more, of all elements together.

package import Basics
package import Energy
import SQLite

extension HistoryReader {
    package func pieces(
        of elementIDs: [Int64],
        from start: UnixTime,
        to end: UnixTime,
        exactUpTo most: Int
    ) throws -> [Int64: Rollup] {
        if elementIDs.count > most {
            return try integratedPieces(of: elementIDs, from: start, to: end)
        }
        return try query { database in
            let newest = try self.newestRun()?.minute ?? start
            var found: [Int64: Rollup] = [:]
            func keep(_ explanation: Explanation, of element: Int64) {
                if explanation.rollup != Rollup() { found[element] = explanation.rollup }
            }
            for range in IDRanges(elementIDs, tolerance: 8).ranges {
                let ids = elementIDs.filter(range.contains)
                let origins = try PieceOrigins(database, of: ids, in: range, from: start, to: end)
                for (_, elements) in origins.together.sorted(by: { $0.key < $1.key }) {
                    var watch = PieceWatch(elements, from: start, to: end, origins.corrections)
                    try watch.replay(database, until: newest, origins.lastAt)
                    for (element, explanation) in watch.settled { keep(explanation, of: element) }
                    // What tells of these comes much later; they are few.
                    for element in watch.unsettled {
                        keep(try self.explanation(of: element, from: start, to: end), of: element)
                    }
                }
                for element in origins.apart {
                    keep(try self.explanation(of: element, from: start, to: end), of: element)
                }
            }
            return found
        }
    }

    /// The same from the readings alone, without the ledger: power along straight lines between readings, which is
    /// what the ledger enters where there is no counter, and within a step of a counter where there is one.
    func integratedPieces(
        of elementIDs: [Int64],
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [Int64: Rollup] {
        try query { database in
            let wanted = IDRanges(elementIDs, tolerance: 8)
            var rules = try PollRules(database)
            let gap = rules.rule(at: start)?.policy.maximumGap ?? 0
            let powers = CountedPowers(database, withArchive: false)
            var found: [Int64: Rollup] = [:]
            var last: [Int64: PowerExtreme] = [:]
            for range in wanted.ranges {
                try powers.forEach(from: start - gap, until: end + gap, elements: range) { element, reading in
                    guard wanted.contains(element) else { return }
                    var rollup = Rollup()
                    if let before = last[element], reading.at - before.at <= gap {
                        rollup.addLine(from: before, to: reading, between: start, and: end)
                    }
                    last[element] = reading
                    if start <= reading.at, reading.at < end { rollup.add(reading) }
                    if rollup != Rollup() { found[element, default: Rollup()].merge(rollup) }
                }
            }
            return found
        }
    }

    package func sumExtremes(
        of elementIDs: [Int64],
        from start: UnixTime,
        to end: UnixTime
    ) throws -> SumExtremes? {
        try query { database in
            let wanted = IDRanges(elementIDs, tolerance: 2)
            let powers = CountedPowers(database, withArchive: false)
            var sums: [UnixTime: MinuteSum] = [:]
            for range in wanted.ranges {
                try powers.forEach(from: start, until: end, elements: range) { element, reading in
                    guard wanted.contains(element) else { return }
                    var sum = sums[reading.at] ?? MinuteSum(at: reading.at)
                    sum.power &+= reading.power.thousandths
                    sum.members += 1
                    sums[reading.at] = sum
                }
            }
            return SumExtremes(sums.values)
        }
    }

    package func firstReading(of elementIDs: [Int64]) throws -> UnixTime? {
        try query { database in
            let statement = try database.statement(OriginSQL.firstVersion)
            var first: UnixTime?
            for id in elementIDs {
                let found = try statement.first(.int(id)) { row in row.optionalTime(0) }
                if let time = found ?? nil { first = min(first ?? time, time) }
            }
            return first
        }
    }
}

/// Where the accounts of several elements can begin, to tell of one range.
private struct PieceOrigins {
    /// By where they begin; without those of which nothing can be known in the range.
    private(set) var together: [UnixTime: [(id: Int64, origin: AccountOrigin)]] = [:]
    /// Those whose readings are not all at hand.
    private(set) var apart: [Int64] = []
    /// When the last entry of each was made, of those that ever had one.
    private(set) var lastAt: [Int64: UnixTime] = [:]
    let corrections: Corrections

    init(
        _ database: Connection,
        of ids: [Int64],
        in range: ClosedRange<Int64>,
        from start: UnixTime,
        to end: UnixTime
    ) throws {
        corrections = try Corrections(in: database, of: range)
        let completeSince = try ReadingHistory(database).completeSince()
        var owners: Set<Int64> = []
        try database.statement(OpenAccountSQL.owners)
            .forEach(.int(range.lowerBound), .int(range.upperBound)) { row in owners.insert(row.int(1)) }
        for owner in owners {
            for entry in try OpenAccount.stored(of: owner, in: database).entries {
                lastAt[entry.element] = entry.state?.lastAt
            }
        }
        for id in ids {
            // What never measured anything, or not since then, would be looked for from its beginning on.
            if corrections[id].isEmpty, lastAt[id].map({ $0 < start }) ?? true { continue }
            let origin = try AccountOrigin.latest(
                of: id,
                before: start,
                completeSince: completeSince,
                corrections,
                in: database
            )
            guard let origin else {
                apart.append(id)
                continue
            }
            together[origin.start, default: []].append((id, origin))
        }
    }
}

/// Explanations of one range for several elements, whose accounts begin at one time, from one pass over their readings.
private struct PieceWatch {
    /// One element on the way.
    private struct Watched {
        var steps: LedgerSteps
        var explainer: Explainer
    }

    private let origin: UnixTime
    private let end: UnixTime
    private let corrections: Corrections
    private var watched: [Int64: Watched] = [:]
    /// The explanations that are at their end.
    private(set) var settled: [(Int64, Explanation)] = []
    /// The others.
    private(set) var unsettled: [Int64] = []

    /// How long after the range is read for all at once; mostly the next reading tells the rest, and a counter that takes
    /// its time does so within an hour.
    private static let after: Int64 = 2 * LedgerPolicy.longestPause

    init(
        _ elements: [(id: Int64, origin: AccountOrigin)],
        from start: UnixTime,
        to end: UnixTime,
        _ corrections: Corrections
    ) {
        origin = elements.first?.origin.start ?? start
        self.end = end
        self.corrections = corrections
        for (id, origin) in elements {
            var explainer = Explainer(from: start, to: end, after: origin.checkpoint?.state)
            for correction in corrections[id] { explainer.take(correction) }
            watched[id] = Watched(steps: LedgerSteps(after: origin.checkpoint?.state), explainer: explainer)
        }
    }

    /// Goes through the readings before `end`, and through some after it; the newest reading of all was made at `newest`,
    /// that of each element at `lastAt`.
    mutating func replay(_ database: Connection, until newest: UnixTime, _ lastAt: [Int64: UnixTime]) throws {
        guard let low = watched.keys.min(), let high = watched.keys.max() else { return }
        var replay = try Replay(database, of: low...high, from: origin)
        var watched = watched
        func take(_ entry: Replay.Entry, _ element: Int64, _ policy: LedgerPolicy) {
            guard let step = watched[element]?.steps.take(entry, policy) else { return }
            watched[element]?.explainer.take(step, policy: policy)
        }
        try replay.advance(until: end, take)
        var seenUntil = end
        if end > newest {
            try replay.finish(take)
            seenUntil = UnixTime(.max)
        } else if watched.values.contains(where: { !$0.explainer.isSettled }) {
            seenUntil = end + PieceWatch.after
            try replay.advance(until: seenUntil, take)
        }
        for (element, one) in watched {
            // A correction is entered with the first reading after it.
            let isAtEnd = corrections[element].isEmpty && (lastAt[element].map { $0 < seenUntil } ?? false)
            if one.explainer.isSettled || seenUntil == UnixTime(.max) || isAtEnd {
                settled.append((element, one.explainer.explanation(until: newest)))
            } else {
                unsettled.append(element)
            }
        }
        unsettled.sort()
    }
}

extension SumExtremes {
    /// The extremes among `sums`, the lowest among those of the most members; of equal ones the earlier.
    ///
    /// Nil of none.
    fileprivate init?(_ sums: some Collection<MinuteSum>) {
        let most = sums.map(\.members).max() ?? 0
        let highest = sums.max { ($0.power, $1.at) < ($1.power, $0.at) }
        let lowest = sums.filter { $0.members == most }.min { ($0.power, $0.at) < ($1.power, $1.at) }
        guard let highest, let lowest else { return nil }
        self.init(minimum: lowest.extreme, maximum: highest.extreme, members: most)
    }
}
