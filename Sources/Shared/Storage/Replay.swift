// What was entered into the accounts, once more: every stored reading with the facts and rules of its time, without
// those that a correction excludes, and the corrections in their places. Rebuilds, corrections and explanations see the
// history through here, so that they see the same.

import Basics
import Energy
import SQLite

/// The history of some elements as the ledger takes it, from some time on, in pieces.
struct Replay {
    /// One thing to be entered.
    enum Entry {
        case sample(MeterSample)
        /// A correction that sets energy, after every sample before it.
        case correction(Correction)
    }

    private struct Pending {
        let correction: Correction
        let policy: LedgerPolicy
    }

    private let readings: ReadingHistory
    private let elements: ClosedRange<Int64>
    private let corrections: Corrections
    private var facts: FactHistory
    private var rules: PollRules
    /// Corrections yet to be entered, of each element in the order of time.
    private var pending: [Int64: ArraySlice<Pending>] = [:]
    private var position: UnixTime

    /// The history of `elements` in `database` from `start` on.
    ///
    /// No correction that sets energy begins before `start` and ends after it.
    init(_ database: Connection, of elements: ClosedRange<Int64>, from start: UnixTime) throws {
        readings = ReadingHistory(database)
        self.elements = elements
        position = start
        corrections = try Corrections(in: database, of: elements)
        facts = try FactHistory(database, of: elements)
        rules = try PollRules(database)
        var rulesOfCorrections = rules
        for (element, correction) in corrections.inOrder where correction.start >= start {
            guard correction.energy != nil, let rule = rulesOfCorrections.rule(at: correction.start) else {
                continue
            }
            let entry = Pending(correction: correction, policy: rule.policy)
            pending[element, default: []].append(entry)
        }
    }

    /// Goes on up to, not including, `end`: calls `body` with each entry of each element, in the order of time for
    /// each of them, and over all of them as far as samples go.
    mutating func advance(
        until end: UnixTime,
        _ body: (Entry, _ element: Int64, LedgerPolicy) throws -> Void
    ) throws {
        guard position < end else { return }
        let (readings, start) = (readings, position)
        position = end
        try readings.forEach(from: start, until: end, elements: elements) { reading in
            guard !corrections.exclude(reading), let rule = rules.rule(at: reading.time) else { return }
            try enterPending(of: reading.element, until: reading.time, body)
            try body(.sample(facts.sample(reading)), reading.element, rule.policy)
        }
    }

    /// Goes to the end of the history, or only enters corrections that begin before `end`.
    mutating func finish(
        until end: UnixTime = UnixTime(.max),
        _ body: (Entry, _ element: Int64, LedgerPolicy) throws -> Void
    ) throws {
        try advance(until: end, body)
        for element in pending.keys.sorted() { try enterPending(of: element, until: end, body) }
    }

    private mutating func enterPending(
        of element: Int64,
        until time: UnixTime,
        _ body: (Entry, _ element: Int64, LedgerPolicy) throws -> Void
    ) throws {
        guard !pending.isEmpty else { return }
        while let next = pending[element]?.first, next.correction.end <= time {
            pending[element]?.removeFirst()
            try body(.correction(next.correction), element, next.policy)
        }
    }
}
