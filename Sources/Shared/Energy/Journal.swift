// The entries that one reading makes: split at the edges of hours, then gathered into hours, days and months.

import Basics

/// Gathers what one reading adds to which hour.
struct Journal {
    /// By hour; in the end also by day and by month.
    private var entries: [Contribution] = []

    init() {
        // Nearly every reading lies in one hour, one day and one month.
        entries.reserveCapacity(3)
    }

    /// A reading of power.
    mutating func enter(_ reading: PowerExtreme, _ buckets: inout BucketCursor) {
        add(Rollup(reading: reading), to: buckets.bucket(.hour, containing: reading.at), from: 0)
    }

    /// Energy that flowed, in every hour it touches.
    mutating func enter(_ flow: EnergyFlow, _ buckets: inout BucketCursor) {
        var from = flow.start
        while from < flow.end {
            let hour = buckets.bucket(.hour, containing: from)
            let to = min(hour.end, flow.end)
            add(flow.rollup(from: from, to: to), to: hour, from: 0)
            from = to
        }
    }

    /// Everything entered, by hour, by day and by month.
    consuming func contributions(_ buckets: inout BucketCursor) -> [Contribution] {
        let hours = entries.count
        for period in [Period.day, .month] {
            let first = entries.count
            for index in 0..<hours {
                let bucket = buckets.bucket(period, containing: entries[index].bucket.start)
                add(entries[index].rollup, to: bucket, from: first)
            }
        }
        return entries
    }

    /// Merges with the entry of the same bucket, if it is one of the last two from `first` on; flows come in their
    /// order, so that an older one is hardly ever met again.
    private mutating func add(_ rollup: Rollup, to bucket: Bucket, from first: Int) {
        var index = entries.count
        while index > max(first, entries.count - 2) {
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
