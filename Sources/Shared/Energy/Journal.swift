// The entries that one reading makes: split at the edges of hours, then gathered into hours, days and months.

import Basics

/// Gathers what one reading adds to which hour.
struct Journal {
    private var hours: [Contribution] = []

    /// A reading of power.
    mutating func enter(_ reading: PowerExtreme, _ buckets: inout BucketCursor) {
        add(Rollup(reading: reading), to: buckets.bucket(.hour, containing: reading.at))
    }

    /// Energy that flowed, in every hour it touches.
    mutating func enter(_ flow: EnergyFlow, _ buckets: inout BucketCursor) {
        var from = flow.start
        while from < flow.end {
            let hour = buckets.bucket(.hour, containing: from)
            let to = min(hour.end, flow.end)
            add(flow.rollup(from: from, to: to), to: hour)
            from = to
        }
    }

    /// Everything entered, by hour, by day and by month.
    func contributions(_ buckets: inout BucketCursor) -> [Contribution] {
        var all = hours
        for period in [Period.day, .month] {
            let first = all.count
            for hour in hours {
                let bucket = buckets.bucket(period, containing: hour.bucket.start)
                Journal.add(hour.rollup, to: bucket, in: &all, from: first)
            }
        }
        return all
    }

    private mutating func add(_ rollup: Rollup, to bucket: Bucket) {
        Journal.add(rollup, to: bucket, in: &hours, from: 0)
    }

    /// Merges with the contribution to the same bucket, which is among the last two if there is one.
    private static func add(
        _ rollup: Rollup,
        to bucket: Bucket,
        in list: inout [Contribution],
        from first: Int
    ) {
        if let index = list.indices.dropFirst(first).last(where: { list[$0].bucket == bucket }) {
            var merged = list[index].rollup
            merged.merge(rollup)
            list[index] = Contribution(bucket: bucket, rollup: merged)
        } else {
            list.append(Contribution(bucket: bucket, rollup: rollup))
        }
    }
}

extension Rollup {
    /// One reading of power.
    init(reading: PowerExtreme) {
        readings = 1
        powerSum = reading.power.thousandths
        minimum = reading
        maximum = reading
        members = 1
    }
}
