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
    /// The hour of the newest run, whose rollups of parts lie with their open accounts; nil before the first run.
    private var hour: Bucket? { didSet { isHourOpened = false } }
    /// Whether there are rows of that hour, its day and its month in `bucket`, by which readers find them.
    private var isHourOpened = false

    /// Accounts that go on from what `database` holds.
    init(_ database: Connection, calendar: SiteCalendar) throws {
        self.database = database
        buckets = BucketCursor(calendar)
        states = try MeterStates(database)
        book = RollupBook(database)
        scope = .everything(from: UnixTime(.min))
        hour = try newestHour()
    }

    /// Accounts for a rebuild of all buckets that end after `start`, which `database` no longer has.
    init(rebuilding database: Connection, calendar: SiteCalendar, from start: UnixTime) throws {
        self.database = database
        buckets = BucketCursor(calendar)
        states = try MeterStates(rebuilding: database, from: start)
        book = RollupBook(database)
        scope = .everything(from: start)
        hour = try newestHour()
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
        hour = try newestHour()
    }

    /// The open accounts of `pdu`.
    mutating func account(of pdu: Int64) throws -> OpenAccount {
        try states.account(ofPDU: pdu)
    }

    /// Makes ready for a run at `minute`, which none is after: what was open of a former hour goes into the rollups.
    mutating func begin(_ minute: UnixTime) throws {
        let hour = buckets.bucket(.hour, containing: minute)
        guard hour != self.hour else { return }
        self.hour = hour
        var (buckets, book) = (buckets, book)
        try states.closeHours(except: hour) { element, former, rollup in
            for bucket in Accounts.buckets(of: former, &buckets) {
                try book.merge(rollup, into: bucket, of: element)
            }
        }
        (self.buckets, self.book) = (buckets, book)
    }

    private mutating func newestHour() throws -> Bucket? {
        let newest = try database.statement(RunSQL.newest).first { row in row.optionalTime(0) } ?? nil
        return newest.map { buckets.bucket(.hour, containing: $0) }
    }

    /// Enters `sample` of `element`; answers what the ledger noticed.
    ///
    /// Samples of one element come in the order of time; those of one minute together.
    mutating func enter(
        _ sample: MeterSample,
        of element: Int64,
        policy: LedgerPolicy
    ) throws -> [LedgerRemark] {
        let account = try states.account(of: element)
        return try enter(sample, of: element, at: account.place(of: element), in: account, policy: policy)
    }

    /// Enters `sample` of `element`, which has that place in `account`; answers what the ledger noticed.
    mutating func enter(
        _ sample: MeterSample,
        of element: Int64,
        at place: Int,
        in account: OpenAccount,
        policy: LedgerPolicy
    ) throws -> [LedgerRemark] {
        let day = buckets.bucket(.day, containing: sample.at).start
        try states.prepare(element, at: place, in: account, at: sample.at, on: day)
        let state = account.entries[place].state
        let step = Ledger.record(sample, after: state, policy: policy, buckets: &buckets)
        try take(step, of: element, at: place, in: account)
        if element < Roster.firstPart, let power = step.reading?.power {
            sum.addMember(power, at: sample.at)
        }
        return step.remarks
    }

    /// Enters `correction` of `element`, whose samples before it have been entered, and none after it.
    mutating func enter(_ correction: Correction, of element: Int64, policy: LedgerPolicy) throws {
        guard correction.energy != nil else { return }
        let time = correction.start
        let account = try states.account(of: element)
        let place = account.place(of: element)
        let day = buckets.bucket(.day, containing: time).start
        try states.prepare(element, at: place, in: account, at: time, on: day)
        let state = account.entries[place].state
        let step = Ledger.enter(correction, after: state, policy: policy, buckets: &buckets)
        if let step { try take(step, of: element, at: place, in: account) }
    }

    private mutating func take(
        _ step: LedgerStep,
        of element: Int64,
        at place: Int,
        in account: OpenAccount
    ) throws {
        account.set(step.state, at: place)
        for contribution in step.contributions {
            let hour = contribution.bucket
            if element >= Roster.firstPart, hour == self.hour, includes(hour) {
                try openHour(hour, for: account)
                account.merge(contribution.rollup, at: place, in: hour)
                continue
            }
            for bucket in Accounts.buckets(of: hour, &buckets) where includes(hour, in: bucket) {
                try book.merge(contribution.rollup, into: bucket, of: element)
                if case .everything = scope, element < Roster.firstPart {
                    try book.mergeSite(contribution.rollup.withoutExtremes, into: bucket)
                }
            }
        }
    }

    /// Whether what flowed in `hour` is to be entered.
    private func includes(_ hour: Bucket) -> Bool {
        switch scope {
        case .element(let start): hour.start >= start
        case .everything(let start): hour.end > start
        }
    }

    /// Whether what flowed in `hour` is to be entered into `bucket`, which it is part of.
    ///
    /// A day or month that began before `start` has what flowed before already when everything is rebuilt; that of one
    /// element is made from its days.
    private func includes(_ hour: Bucket, in bucket: Bucket) -> Bool {
        guard case .element(let start) = scope else { return includes(hour) }
        return bucket.start >= start
    }

    /// Makes ready for what `account` has in `hour`, the newest; what it has of another, which a program that was ended
    /// in between left, goes into the rollups.
    private mutating func openHour(_ hour: Bucket, for account: OpenAccount) throws {
        if !isHourOpened {
            for bucket in Accounts.buckets(of: hour, &buckets) { try book.open(bucket) }
            isHourOpened = true
        }
        guard let former = account.hour, former != hour else { return }
        var (buckets, book) = (buckets, book)
        try states.close(account, except: hour) { element, former, rollup in
            for bucket in Accounts.buckets(of: former, &buckets) {
                try book.merge(rollup, into: bucket, of: element)
            }
        }
        (self.buckets, self.book) = (buckets, book)
    }

    /// `hour`, and the day and the month that it belongs to by its beginning.
    private static func buckets(of hour: Bucket, _ cursor: inout BucketCursor) -> [Bucket] {
        [
            hour, cursor.bucket(.day, containing: hour.start), cursor.bucket(.month, containing: hour.start),
        ]
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
        Accounts.buckets(of: buckets.bucket(.hour, containing: minute), &buckets)
    }
}
