// Whether a counter and power tell of the same energy. A profile or a device may have one of them wrong by ten or by a
// thousand; each alone looks right.

package import Basics

/// A stretch of time, begun when the counter moved or had stood still for long, over which both the counter and power are known without a gap.
package struct ScaleComparison: Hashable, Sendable {
    /// What the counter showed at its beginning, in watt-hours.
    package var from: FixedPoint
    /// Power integrated since then, in thousandths of a watt-second.
    package var integral: Int64

    /// A stretch of these values.
    package init(from: FixedPoint, integral: Int64) {
        self.from = from
        self.integral = integral
    }
}

extension CounterState {
    /// The steps that a counter or power must make before the two are compared.
    private static let comparedSteps: Int64 = 20

    /// Takes `integral`, which power makes of the time since its last reading, into the comparison; answers with what
    /// is to be remarked.
    ///
    /// To be called when the counter is that of a sample at `time`, which showed a power. A counter is compared when it
    /// moves, since it may do so less often than it is read, or when it has stood still for longer than that.
    mutating func compare(with integral: Int64, at time: UnixTime, step: Int64) -> LedgerRemark? {
        let canCompare = movedAt == time || time - movedAt >= LedgerPolicy.longestPause
        guard var stretch = comparison else {
            if canCompare { comparison = ScaleComparison(from: value, integral: 0) }
            return nil
        }
        stretch.integral += integral
        comparison = stretch
        guard canCompare else { return nil }
        let unit = step * Ledger.perMilliwattHour
        let rise = (value.thousandths - stretch.from.thousandths) * Ledger.perMilliwattHour
        guard max(rise, stretch.integral) >= CounterState.comparedSteps * unit else { return nil }
        // What a step and the time between readings leave open.
        let doubt = 2 * (unit + max(0, integral))
        let agrees = rise <= 2 * stretch.integral && stretch.integral <= 2 * rise
        let disagrees = rise > 2 * (stretch.integral + doubt) || stretch.integral > 2 * (rise + doubt)
        guard agrees || disagrees else { return nil }
        comparison = ScaleComparison(from: value, integral: 0)
        guard disagrees != isScaleSuspect else { return nil }
        isScaleSuspect = disagrees
        guard disagrees else { return .scaleSettled }
        return .scaleSuspected(
            counted: FixedPoint(thousandths: rise / Ledger.perMilliwattHour),
            integrated: FixedPoint(thousandths: stretch.integral / Ledger.perMilliwattHour)
        )
    }
}
