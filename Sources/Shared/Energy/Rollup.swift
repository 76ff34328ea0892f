package import Basics

/// A power value and the first time it was seen.
package struct PowerExtreme: Hashable, Sendable {
    /// Watts.
    package var power: FixedPoint
    /// When.
    package var at: UnixTime

    /// `power` at `at`.
    package init(power: FixedPoint, at: UnixTime) {
        self.power = power
        self.at = at
    }
}

/// Energy by how it is known, each in thousandths of a watt-second (millijoules); whole numbers, so that
/// parts add up to the whole exactly.
///
/// Absent where nothing is known in that way.
package struct EnergyAccount: Hashable, Sendable {
    /// From the PDU's own counter, between two readings no further apart than the maximum gap.
    package var counted: Int64?
    /// Power integrated over the time between two readings.
    package var integrated: Int64?
    /// From the counter, spread evenly over a gap that it bridges.
    package var interpolated: Int64?
    /// What a person set in place of what was read.
    package var corrected: Int64?

    /// Nothing known.
    package init() {}

    /// All that is known, in thousandths of a watt-second; absent when nothing is.
    package var total: Int64? {
        EnergyAccount.sum(
            EnergyAccount.sum(counted, integrated),
            EnergyAccount.sum(interpolated, corrected)
        )
    }

    /// All that is known, in kWh; absent when nothing is.
    package var kilowattHours: Double? {
        total.map { Double($0) / 3_600_000_000 }
    }

    /// Adds what `other` knows.
    package mutating func add(_ other: EnergyAccount) {
        counted = EnergyAccount.sum(counted, other.counted)
        integrated = EnergyAccount.sum(integrated, other.integrated)
        interpolated = EnergyAccount.sum(interpolated, other.interpolated)
        corrected = EnergyAccount.sum(corrected, other.corrected)
    }

    private static func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left, let right else { return left ?? right }
        return left + right
    }
}

/// What is known of one element, or of all PDUs together, in one bucket.
///
/// Rollups merge: that of a day is the merged rollups of its hours, in any order.
package struct Rollup: Hashable, Sendable {
    /// How many readings of power lie in the bucket.
    package var readings: Int64 = 0
    /// The sum of those readings, in thousandths of a watt.
    package var powerSum: Int64 = 0
    /// Seconds between readings no further apart than the maximum gap: the time in which power is known.
    package var coveredSeconds: Int64 = 0
    /// Power over the covered seconds, in thousandths of a watt-second.
    package var powerIntegral: Int64 = 0
    /// Seconds of gaps whose energy is known from the counter.
    package var interpolatedSeconds: Int64 = 0
    /// Energy and how it is known.
    package var energy = EnergyAccount()
    /// The lowest reading; among several PDUs, of the sums over the most PDUs.
    package var minimum: PowerExtreme?
    /// The highest reading, or sum over PDUs of one minute.
    package var maximum: PowerExtreme?
    /// How many PDUs were summed for the minimum; 1 for one element, 0 when nothing was read.
    package var members: Int64 = 0

    /// Nothing known.
    package init() {}

    /// Mean power in watts over the covered time; where no time is covered, of the readings; absent without any.
    package var meanWatts: Double? {
        if coveredSeconds > 0 { return Double(powerIntegral) / Double(coveredSeconds) / 1000 }
        if readings > 0 { return Double(powerSum) / Double(readings) / 1000 }
        return nil
    }

    /// Adds what `other` knows of the same element in another part of the bucket.
    package mutating func merge(_ other: Rollup) {
        readings += other.readings
        powerSum += other.powerSum
        coveredSeconds += other.coveredSeconds
        powerIntegral += other.powerIntegral
        interpolatedSeconds += other.interpolatedSeconds
        energy.add(other.energy)
        maximum = Rollup.chosen(maximum, other.maximum) { $0.power > $1.power }
        if other.members > members {
            minimum = other.minimum
        } else if other.members == members {
            minimum = Rollup.chosen(minimum, other.minimum) { $0.power < $1.power }
        }
        members = max(members, other.members)
    }

    /// The better of two extremes; of equal ones the earlier, so that the order of merging does not matter.
    private static func chosen(
        _ left: PowerExtreme?,
        _ right: PowerExtreme?,
        by isBetter: (PowerExtreme, PowerExtreme) -> Bool
    ) -> PowerExtreme? {
        guard let left, let right else { return left ?? right }
        if isBetter(left, right) { return left }
        if isBetter(right, left) { return right }
        return left.at <= right.at ? left : right
    }
}

/// What one reading adds to one bucket.
package struct Contribution: Hashable, Sendable {
    package let bucket: Bucket
    package private(set) var rollup: Rollup

    /// `rollup`, to be merged into that of `bucket`.
    package init(bucket: Bucket, rollup: Rollup) {
        self.bucket = bucket
        self.rollup = rollup
    }
    /// Adds what `other` knows of another part of the bucket.
    mutating func merge(_ other: Rollup) {
        rollup.merge(other)
    }
}
