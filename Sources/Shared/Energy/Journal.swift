// The entries that one reading makes, split at the edges of hours. A day's are those of its hours, and a month's.

import Basics

/// Gathers what one reading adds to which hour.
struct Journal {
    /// By hour.
    private(set) var entries: [Contribution] = []

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

    /// Merges with the entry of the same hour, if it is one of the last two; flows come in their order, so that an older
    /// one is hardly ever met again.
    private mutating func add(_ rollup: Rollup, to bucket: Bucket) {
        var index = entries.count
        while index > max(0, entries.count - 2) {
            index -= 1
            if entries[index].bucket.start == bucket.start { return entries[index].merge(rollup) }
        }
        entries.append(Contribution(bucket: bucket, rollup: rollup))
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
