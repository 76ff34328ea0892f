// From readings to rollups: the ledger's steps, element by element, and the sums over PDUs, minute by minute.
// Runs and rebuilds go through here alike, so that both come out the same.

import Basics
import Energy
import SQLite

enum SiteSQL: String, StatementList {
    /// The extremes of the buckets of a period that begin from $2 up to, not including, $3.
    case extremes = """
        SELECT minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at, members
        FROM bucket
        CROSS JOIN site_rollup ON site_rollup.bucket_id = bucket.id
        WHERE period = $1 AND start >= $2 AND start < $3
        """
}

/// The accounts of a transaction.
struct Accounts {
    private let database: Connection
    private var buckets: BucketCursor
    private var states: MeterStates
    private var book: RollupBook
    /// Nothing is entered into buckets that end by then.
    private let start: UnixTime
    /// The sum over PDUs of the minute at hand.
    private var sum = Rollup()

    /// Accounts that go on from what `database` holds.
    init(_ database: Connection, calendar: SiteCalendar) throws {
        self.database = database
        buckets = BucketCursor(calendar)
        states = try MeterStates(database)
        book = RollupBook(database)
        start = UnixTime(.min)
    }

    /// Accounts for a rebuild of all buckets that end after `start`, which `database` no longer has.
    init(rebuilding database: Connection, calendar: SiteCalendar, from start: UnixTime) {
        self.database = database
        buckets = BucketCursor(calendar)
        states = MeterStates(forgetting: database)
        book = RollupBook(database)
        self.start = start
    }

    /// The time of the last sample of `element`; nil before the first.
    func lastTime(of element: Int64) -> UnixTime? {
        states[element]?.lastAt
    }

    /// Takes up the state of `element` before `time`, its first reading in a rebuild.
    mutating func resume(_ element: Int64, at time: UnixTime) throws {
        try states.resume(element, from: start, at: time)
    }

    /// Enters `sample` of `element`.
    ///
    /// Samples of one element come in the order of time; those of one minute together.
    mutating func enter(_ sample: MeterSample, of element: Int64, policy: LedgerPolicy) throws {
        let state = states[element]
        let month = buckets.bucket(.month, containing: sample.at).start
        if let state, state.lastAt < month { try states.keep(state, of: element, before: month) }
        let step = Ledger.record(sample, after: state, policy: policy, buckets: &buckets)
        states[element] = step.state
        let isWholePDU = element < Roster.firstPart
        for contribution in step.contributions where contribution.bucket.end > start {
            try book.merge(contribution.rollup, into: contribution.bucket, of: element)
            if isWholePDU {
                try book.mergeSite(contribution.rollup.withoutExtremes, into: contribution.bucket)
            }
        }
        if isWholePDU, let power = sample.power {
            sum.addMember(power, at: sample.at)
        }
    }

    /// Enters the sum over the PDUs entered since the last call, the only ones of their minute.
    mutating func closeMinute() throws {
        guard let minute = sum.maximum?.at else { return }
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
        for bucket in siteBuckets(of: minute) {
            let extremes =
                switch bucket.period {
                case .hour: try minuteExtremes(in: bucket)
                case .day: try extremes(of: .hour, in: bucket)
                case .month: try extremes(of: .day, in: bucket)
                }
            try replaceExtremes(in: bucket, by: extremes)
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

    private mutating func replaceExtremes(in bucket: Bucket, by extremes: Rollup) throws {
        try book.changeSite(in: bucket) { site in
            site.minimum = extremes.minimum
            site.maximum = extremes.maximum
            site.members = extremes.members
        }
    }

    private func minuteExtremes(in hour: Bucket) throws -> Rollup {
        var merged = Rollup()
        var minute = Rollup()
        let readings = ReadingHistory(database, isPowerOnly: true)
        let pdus = ReadingHistory.wholePDUs
        try readings.forEach(from: hour.start, until: hour.end, elements: pdus) { reading in
            if minute.maximum?.at != reading.time {
                merged.merge(minute)
                minute = Rollup()
            }
            if let power = reading.power { minute.addMember(power, at: reading.time) }
        }
        merged.merge(minute)
        return merged
    }

    private func extremes(of period: Period, in bucket: Bucket) throws -> Rollup {
        var merged = Rollup()
        let statement = try database.statement(SiteSQL.extremes)
        try statement.forEach(.text(period.contractName), .time(bucket.start), .time(bucket.end)) { row in
            var part = Rollup()
            part.minimum = PowerExtreme(row, from: 0)
            part.maximum = PowerExtreme(row, from: 2)
            part.members = row.int(4)
            merged.merge(part)
        }
        return merged
    }
}

extension Rollup {
    /// Adds `power` of one more PDU to the sum over PDUs in the minute `time`, which counts for the extremes only.
    fileprivate mutating func addMember(_ power: FixedPoint, at time: UnixTime) {
        let sumSoFar = maximum?.power.thousandths ?? 0
        let total = FixedPoint(thousandths: sumSoFar + power.thousandths)
        minimum = PowerExtreme(power: total, at: time)
        maximum = minimum
        members += 1
    }

    /// What of an element's rollup adds to that of all PDUs together.
    fileprivate var withoutExtremes: Rollup {
        var rollup = self
        rollup.minimum = nil
        rollup.maximum = nil
        rollup.members = 0
        return rollup
    }
}
