// From readings to rollups: the ledger's steps, element by element, and the sums over PDUs, minute by minute.
// Runs and rebuilds go through here alike, so that both come out the same.

import Basics
import Energy
import SQLite

/// The accounts of a transaction.
struct Accounts {
    /// What accounts are kept for.
    private enum Scope {
        /// Every bucket that ends after a time, of every element and of all PDUs together.
        case everything(from: UnixTime)
        /// Every bucket that begins at a time or later, of one element and not of all PDUs together.
        case element(from: UnixTime)
    }

    private let database: Connection
    private var buckets: BucketCursor
    private var states: MeterStates
    private var book: RollupBook
    /// Which buckets are entered into, and whose sums are kept.
    private let scope: Scope
    /// The sum over PDUs of the minute at hand.
    private var sum = Rollup()

    /// Accounts that go on from what `database` holds.
    init(_ database: Connection, calendar: SiteCalendar) throws {
        self.database = database
        buckets = BucketCursor(calendar)
        states = try MeterStates(database)
        book = RollupBook(database)
        scope = .everything(from: UnixTime(.min))
    }

    /// Accounts for a rebuild of all buckets that end after `start`, which `database` no longer has.
    init(rebuilding database: Connection, calendar: SiteCalendar, from start: UnixTime) throws {
        self.database = database
        buckets = BucketCursor(calendar)
        states = try MeterStates(rebuilding: database, from: start)
        book = RollupBook(database)
        scope = .everything(from: start)
    }

    /// Accounts of `element` alone, which go on from `checkpoint` or from its beginning, for all buckets that begin
    /// at `start` or later, which `database` no longer has.
    init(
        recomputing element: Int64,
        in database: Connection,
        calendar: SiteCalendar,
        from checkpoint: MeterStates.Checkpoint?,
        start: UnixTime
    ) throws {
        self.database = database
        buckets = BucketCursor(calendar)
        states = try MeterStates(of: element, in: database, from: checkpoint)
        book = RollupBook(database)
        scope = .element(from: start)
    }

    /// The time of the last sample of `element`; nil before the first.
    func lastTime(of element: Int64) -> UnixTime? {
        states[element]?.lastAt
    }

    /// Enters `sample` of `element`; answers what the ledger noticed.
    ///
    /// Samples of one element come in the order of time; those of one minute together.
    mutating func enter(
        _ sample: MeterSample,
        of element: Int64,
        policy: LedgerPolicy
    ) throws -> [LedgerRemark] {
        try states.prepare(element, at: sample.at, on: buckets.bucket(.day, containing: sample.at).start)
        let step = Ledger.record(sample, after: states[element], policy: policy, buckets: &buckets)
        try take(step, of: element)
        if element < Roster.firstPart, let power = step.reading?.power { sum.addMember(power, at: sample.at) }
        return step.remarks
    }

    /// Enters `correction` of `element`, whose samples before it have been entered, and none after it.
    mutating func enter(_ correction: Correction, of element: Int64, policy: LedgerPolicy) throws {
        guard correction.energy != nil else { return }
        let time = correction.start
        try states.prepare(element, at: time, on: buckets.bucket(.day, containing: time).start)
        let state = states[element]
        let step = Ledger.enter(correction, after: state, policy: policy, buckets: &buckets)
        if let step { try take(step, of: element) }
    }

    private mutating func take(_ step: LedgerStep, of element: Int64) throws {
        states[element] = step.state
        for contribution in step.contributions {
            guard let rollup = part(of: contribution, in: step) else { continue }
            try book.merge(rollup, into: contribution.bucket, of: element)
            if case .everything = scope, element < Roster.firstPart {
                try book.mergeSite(rollup.withoutExtremes, into: contribution.bucket)
            }
        }
    }

    /// What of `contribution`, one of those of `step`, is to be entered; nil for nothing.
    private func part(of contribution: Contribution, in step: LedgerStep) -> Rollup? {
        let bucket = contribution.bucket
        switch scope {
        case .element(let start): return bucket.start >= start ? contribution.rollup : nil
        case .everything(let start):
            if bucket.start >= start { return contribution.rollup }
            guard bucket.end > start else { return nil }
            // A day or month of another calendar than the rollups before: its hours before have been counted in those.
            var part: Rollup?
            for hour in step.contributions where hour.bucket.period == .hour && hour.bucket.end > start {
                guard bucket.contains(hour.bucket.start) else { continue }
                var sum = part ?? Rollup()
                sum.merge(hour.rollup)
                part = sum
            }
            return part
        }
    }

    /// Enters the sum over the PDUs entered since the last call, the only ones of their minute.
    mutating func closeMinute() throws {
        guard let minute = sum.maximum?.at, case .everything(let start) = scope else { return }
        for bucket in siteBuckets(of: minute) where bucket.end > start {
            try book.mergeSite(sum, into: bucket)
        }
        sum = Rollup()
    }

    /// Works out again the extremes of all buckets that `minute` lies in, some of whose PDUs were entered
    /// before.
    mutating func reopenMinute(_ minute: UnixTime) throws {
        sum = Rollup()
        try flush(forgettingUntil: UnixTime(.min))
        let sums = SiteSums(database)
        for bucket in siteBuckets(of: minute) {
            let extremes = try sums.extremes(in: bucket)
            try book.changeSite(in: bucket) { site in site.setExtremes(of: extremes) }
            try flush(forgettingUntil: UnixTime(.min))
        }
    }

    /// Writes everything, and forgets what ended by `time`.
    mutating func flush(forgettingUntil time: UnixTime) throws {
        try states.flush()
        try book.flush(forgettingUntil: time)
    }

    /// The hour, day and month of `minute`, chosen as the ledger chooses them: by the beginning of the hour.
    private mutating func siteBuckets(of minute: UnixTime) -> [Bucket] {
        let hour = buckets.bucket(.hour, containing: minute)
        return [
            hour, buckets.bucket(.day, containing: hour.start),
            buckets.bucket(.month, containing: hour.start),
        ]
    }
}
