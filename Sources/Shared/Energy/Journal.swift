// The entries that one reading makes: split at the edges of hours, then gathered into hours, days and months.

import Basics

/// How an amount of energy is known.
enum EnergyMethod {
    case counted
    case integrated
    case interpolated
}

/// An amount of energy that flowed from one moment to another.
struct EnergyFlow {
    let start: UnixTime
    let end: UnixTime
    /// All of it, in thousandths of a watt-second.
    let energy: Int64
    let method: EnergyMethod
    private let shape: PowerShape?

    /// `energy` in the proportions of `shape`.
    init(_ shape: PowerShape, energy: Int64, method: EnergyMethod) {
        start = shape.start.at
        end = shape.end.at
        self.shape = shape
        self.energy = energy
        self.method = method
    }

    /// `energy` spread evenly.
    init(even energy: Int64, from start: UnixTime, to end: UnixTime, method: EnergyMethod) {
        self.start = start
        self.end = end
        shape = nil
        self.energy = energy
        self.method = method
    }

    /// The energy until `time`.
    func energy(until time: UnixTime) -> Int64 {
        guard let shape, shape.isDivisible else { return proportion(of: energy, time - start, end - start) }
        return proportion(of: energy, shape.energy(until: time), shape.energy)
    }

    /// Power integrated until `time`.
    func powerIntegral(until time: UnixTime) -> Int64 {
        shape?.energy(until: time) ?? energy(until: time)
    }

    /// What the part from `from` to `to` adds to a rollup.
    func rollup(from: UnixTime, to: UnixTime) -> Rollup {
        var rollup = Rollup()
        let part = energy(until: to) - energy(until: from)
        switch method {
        case .counted: rollup.energy.counted = part
        case .integrated: rollup.energy.integrated = part
        case .interpolated: rollup.energy.interpolated = part
        }
        if method == .interpolated {
            rollup.interpolatedSeconds = to - from
        } else {
            rollup.coveredSeconds = to - from
            rollup.powerIntegral = powerIntegral(until: to) - powerIntegral(until: from)
        }
        return rollup
    }
}

/// Gathers what one reading adds to which hour.
struct Journal {
    private var hours: [Contribution] = []

    /// A reading of power.
    mutating func enter(reading power: FixedPoint, at time: UnixTime, _ buckets: inout BucketCursor) {
        var rollup = Rollup()
        rollup.readings = 1
        rollup.powerSum = power.thousandths
        rollup.minimum = PowerExtreme(power: power, at: time)
        rollup.maximum = rollup.minimum
        rollup.members = 1
        add(rollup, to: buckets.bucket(.hour, containing: time))
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
