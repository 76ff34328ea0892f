// What is in no rollup: parts of an hour, of many elements at once. A range that ends at 14:37 is made of rollups and of
// such a piece, for which the ledger goes through the day's readings once more, of all elements together.

package import Basics
package import Energy
import SQLite

extension HistoryReader {
    package func pieces(
        of elementIDs: [Int64],
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [Int64: Rollup] {
        try query { database in
            let newest = try self.newestRun()?.minute ?? start
            var found: [Int64: Rollup] = [:]
            func keep(_ explanation: Explanation, of element: Int64) {
                if explanation.rollup != Rollup() { found[element] = explanation.rollup }
            }
            for range in IDRanges(elementIDs, tolerance: 8).ranges {
                let ids = elementIDs.filter(range.contains)
                var watch = try PieceWatch(database, of: ids, in: range, from: start, to: end)
                try watch.replay(until: newest)
                for (element, explanation) in watch.settled(until: newest) { keep(explanation, of: element) }
                // What tells of these comes much later, or never; they are few.
                for element in watch.unsettled {
                    keep(try self.explanation(of: element, from: start, to: end), of: element)
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

/// Explanations of one range for several elements, from one pass over their readings.
private struct PieceWatch {
    /// One element on the way.
    private struct Watched {
        /// Entries before it are in the state that it began with.
        let origin: UnixTime
        var steps: LedgerSteps
        var explainer: Explainer
    }

    private let end: UnixTime
    private var watched: [Int64: Watched] = [:]
    private var replay: Replay?
    /// The elements whose account cannot be gone through, or is not at its end.
    private(set) var unsettled: [Int64] = []

    /// How long after the range is read for all at once; mostly the next reading tells the rest.
    private static let after: Int64 = 7200

    init(
        _ database: Connection,
        of ids: [Int64],
        in range: ClosedRange<Int64>,
        from start: UnixTime,
        to end: UnixTime
    ) throws {
        self.end = end
        let corrections = try Corrections(in: database, of: range)
        let completeSince = try ReadingHistory(database).completeSince()
        for id in ids {
            let origin = try AccountOrigin.latest(
                of: id,
                before: start,
                completeSince: completeSince,
                corrections,
                in: database
            )
            guard let origin else {
                unsettled.append(id)
                continue
            }
            var explainer = Explainer(from: start, to: end, after: origin.checkpoint?.state)
            for correction in corrections[id] { explainer.take(correction) }
            watched[id] = Watched(
                origin: origin.start,
                steps: LedgerSteps(after: origin.checkpoint?.state),
                explainer: explainer
            )
        }
        guard let first = watched.values.map(\.origin).min() else { return }
        replay = try Replay(database, of: range, from: first)
    }

    /// Goes through the readings before `end`, and through some after it.
    mutating func replay(until newest: UnixTime) throws {
        guard var replay else { return }
        var watched = watched
        func take(_ entry: Replay.Entry, _ element: Int64, _ policy: LedgerPolicy) {
            guard watched[element].map({ entry.time >= $0.origin }) ?? false else { return }
            guard let step = watched[element]?.steps.take(entry, policy) else { return }
            watched[element]?.explainer.take(step, policy: policy)
        }
        try replay.advance(until: end, take)
        if end > newest {
            try replay.finish(take)
        } else if watched.values.contains(where: { !$0.explainer.isSettled }) {
            try replay.advance(until: end + PieceWatch.after, take)
        }
        self.watched = watched
        self.replay = nil
        guard end <= newest else { return }
        unsettled += watched.filter { !$0.value.explainer.isSettled }.map(\.key)
        unsettled.sort()
    }

    /// The explanations of those that are at their end; no reading could have been made after `newest` yet.
    func settled(until newest: UnixTime) -> [(Int64, Explanation)] {
        let rest = Set(unsettled)
        return watched.filter { !rest.contains($0.key) }
            .map { ($0.key, $0.value.explainer.explanation(until: newest)) }
    }
}

extension Replay.Entry {
    /// The time of a sample, or when a correction begins.
    fileprivate var time: UnixTime {
        switch self {
        case .sample(let sample): sample.at
        case .correction(let correction): correction.start
        }
    }
}

extension SumExtremes {
    /// The extremes among `sums`, the lowest among those of the most members; of equal ones the earlier. Nil of none.
    fileprivate init?(_ sums: some Collection<MinuteSum>) {
        let most = sums.map(\.members).max() ?? 0
        let highest = sums.max { ($0.power, $1.at) < ($1.power, $0.at) }
        let lowest = sums.filter { $0.members == most }.min { ($0.power, $0.at) < ($1.power, $1.at) }
        guard let highest, let lowest else { return nil }
        self.init(minimum: lowest.extreme, maximum: highest.extreme, members: most)
    }
}
