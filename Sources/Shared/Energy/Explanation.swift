package import Basics

/// Why an element's energy from one moment to another is the number it is.
package struct Explanation: Hashable, Sendable {
    /// What a counter showed at a reading.
    package struct CounterMark: Hashable, Sendable {
        package let at: UnixTime
        /// Watt-hours.
        package let value: FixedPoint

        /// `value` at `at`.
        package init(at: UnixTime, value: FixedPoint) {
            self.at = at
            self.value = value
        }
    }

    /// A stretch without readings, longer than the rules allow to integrate over.
    package struct Gap: Hashable, Sendable {
        package let start: UnixTime
        package let end: UnixTime
        /// The energy in it, from the counter that bridges it, in thousandths of a watt-second; absent where it is
        /// unknown.
        package let energy: Int64?

        /// The stretch from `start` to `end`.
        package init(start: UnixTime, end: UnixTime, energy: Int64?) {
            self.start = start
            self.end = end
            self.energy = energy
        }
    }

    /// Something noticed at a reading.
    package struct Remark: Hashable, Sendable {
        package let at: UnixTime
        package let remark: LedgerRemark

        /// `remark` at `at`.
        package init(at: UnixTime, remark: LedgerRemark) {
            self.at = at
            self.remark = remark
        }
    }

    /// The first moment of the range.
    package let start: UnixTime
    /// The first moment after it.
    package let end: UnixTime
    /// What the ledger holds for the range: the same energy, seconds and readings as in the rollups of its buckets.
    package var rollup = Rollup()
    /// The last counter value at or before the beginning of the range, or the first one inside; absent when there is
    /// none.
    package var opening: CounterMark?
    /// The last counter value at or before the end of the range; absent when there is none.
    package var closing: CounterMark?
    /// Resets, roll-overs, replaced units, withheld jumps and the like inside the range, oldest first.
    package var remarks: [Remark] = []
    /// Stretches without readings, as far as they lie in the range, oldest first.
    package var gaps: [Gap] = []
    /// Corrections that touch the range, oldest first.
    package var corrections: [Correction] = []
    /// What the counter says of the stretches in which power is known too, in thousandths of a watt-second.
    package var comparedCounted: Int64 = 0
    /// What power integrates to in the same stretches, in thousandths of a watt-second.
    package var comparedIntegral: Int64 = 0

    /// Nothing known of the range from `start` up to, not including, `end`.
    package init(start: UnixTime, end: UnixTime) {
        self.start = start
        self.end = end
    }

    /// How far power integrates above what the counter shows, in per cent of the counter; absent where the counter
    /// has not moved far enough to tell, by `step` watt-hours at a time.
    package func driftPercent(step: FixedPoint?) -> Double? {
        let least = Plausibility.step(step) * 3600 * 10
        guard comparedCounted >= least else { return nil }
        return (Double(comparedIntegral) / Double(comparedCounted) - 1) * 100
    }
}
