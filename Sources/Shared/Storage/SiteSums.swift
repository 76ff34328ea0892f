// What all PDUs drew together. Energy and time are the sums of the PDUs' own rollups; the extremes are of the sums
// over PDUs in one minute, and are worked out again from the minutes.

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
    /// The rollups of every PDU in a bucket.
    case members = """
        SELECT readings, power_sum_milliwatts, covered_seconds, power_integral_millijoules, interpolated_seconds,
            counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules,
            minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at
        FROM rollup
        WHERE bucket_id = (SELECT id FROM bucket WHERE period = $1 AND start = $2) AND element_id < 1000000
        """
}

/// The sums over PDUs, computed again from what they are sums of.
struct SiteSums {
    private let database: Connection

    /// The sums over the PDUs in `database`.
    init(_ database: Connection) {
        self.database = database
    }

    /// The extremes of `bucket`: of an hour from its minutes, of a day from its hours, of a month from its days.
    func extremes(in bucket: Bucket) throws -> Rollup {
        switch bucket.period {
        case .hour: try minuteExtremes(in: [bucket])[bucket] ?? Rollup()
        case .day: try extremes(of: .hour, in: bucket)
        case .month: try extremes(of: .day, in: bucket)
        }
    }

    /// All but the extremes of `bucket`; nil when no PDU has anything in it.
    func total(of bucket: Bucket) throws -> Rollup? {
        var total: Rollup?
        let key: (SQLValue, SQLValue) = (.text(bucket.period.contractName), .time(bucket.start))
        try database.statement(SiteSQL.members).forEach(key.0, key.1) { row in
            var sum = total ?? Rollup()
            sum.merge(Rollup(ofElement: row, from: 0).withoutExtremes)
            total = sum
        }
        return total
    }

    /// The extremes of `hours`, which are in order and lie close together, where there are any.
    func minuteExtremes(in hours: [Bucket]) throws -> [Bucket: Rollup] {
        guard let first = hours.first, let last = hours.last else { return [:] }
        var found: [Bucket: Rollup] = [:]
        var rest = hours[...]
        var minute = Rollup()
        func close() {
            guard let time = minute.maximum?.at else { return }
            while let hour = rest.first, hour.end <= time { rest.removeFirst() }
            if let hour = rest.first, hour.contains(time) { found[hour, default: Rollup()].merge(minute) }
            minute = Rollup()
        }
        try CountedPowers(database).forEach(
            from: first.start,
            until: last.end,
            elements: ReadingHistory.wholePDUs
        ) { _, reading in
            if minute.maximum?.at != reading.at { close() }
            minute.addMember(reading.power, at: reading.at)
        }
        close()
        return found
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
    mutating func addMember(_ power: FixedPoint, at time: UnixTime) {
        let sumSoFar = maximum?.power.thousandths ?? 0
        let total = FixedPoint(thousandths: sumSoFar + power.thousandths)
        minimum = PowerExtreme(power: total, at: time)
        maximum = minimum
        members += 1
    }

    /// Takes the extremes of `other` in place of its own.
    mutating func setExtremes(of other: Rollup) {
        minimum = other.minimum
        maximum = other.maximum
        members = other.members
    }

    /// What of an element's rollup adds to that of all PDUs together.
    var withoutExtremes: Rollup {
        var rollup = self
        rollup.setExtremes(of: Rollup())
        return rollup
    }
}
