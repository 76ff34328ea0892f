internal import Basics
internal import Energy
internal import Storage

/// The buckets of a view, each with what the selected PDUs or elements did together.
struct CombinedSeries {
    let view: View
    let selected: SelectedMembers
    let buckets: [CombinedBucket]
    /// The highest and lowest of the whole view; absent unless that was what was asked for, or where it is not known.
    let extremes: SumExtremes?
    /// The mean power of the whole view in watts: of each member over the time in which it is known, added up.
    let mean: FixedPoint?

    /// Of what the highest and lowest same-minute sums are wanted: each costs a search.
    enum Extremes {
        case ofEachBucket
        case ofTheWholeView
    }

    /// Asks the history for what `view` shows of `selection`.
    init(
        _ view: View,
        of selection: Selection,
        extremes wanted: Extremes,
        in context: Context
    ) throws {
        let history = context.history
        let selected = try selection.resolved(in: context)
        let ids = selected.members.map(\.id)
        let buckets = view.buckets(in: context.site.calendar, at: context.moment.now)
        let rollups = ids.isEmpty ? buckets.map { _ in [:] } : try history.rollups(of: ids, in: buckets)
        // What rollups tell costs nothing; everything else is sought.
        let known = try RangeAccounts.knownExtremes(
            of: ids,
            selected.isEveryPDU,
            in: buckets,
            rollups,
            history
        )
        let each: [SumExtremes?]
        switch wanted {
        case .ofEachBucket:
            each = try known ?? history.sumExtremes(of: ids, in: buckets)
            extremes = nil
        case .ofTheWholeView:
            each = []
            extremes = try known.map(SumExtremes.init(of:)) ?? history.sumExtremes(of: ids, across: buckets)
        }
        self.view = view
        self.selected = selected
        self.buckets = buckets.indices.map { index in
            CombinedBucket(
                buckets[index],
                of: selected.members,
                rollups: index < rollups.count ? rollups[index] : [:],
                extremes: index < each.count ? each[index] : nil,
                until: context.moment.expectedUntil
            )
        }
        mean = CombinedSeries.mean(of: ids, in: rollups)
    }

    /// The mean power in watts of the members `ids` over all of `rollups`, each one's over the time in which it is
    /// known, added up; absent when none is known.
    static func mean(of ids: [Int64], in rollups: [[Int64: Rollup]]) -> FixedPoint? {
        let means = ids.compactMap { id in meanWatts(of: rollups.compactMap { $0[id] }) }
        return means.isEmpty ? nil : FixedPoint(means.reduce(0, +))
    }

    /// One member's mean power over several buckets: over the time in which it is known, not a mean of means.
    ///
    /// In floating point, which a damaged file cannot make overflow; every sum of a sound one is exact in it.
    static func meanWatts(of rollups: [Rollup]) -> Double? {
        let seconds = rollups.reduce(0.0) { $0 + Double($1.coveredSeconds) }
        if seconds > 0 { return rollups.reduce(0.0) { $0 + Double($1.powerIntegral) } / seconds / 1000 }
        let readings = rollups.reduce(0.0) { $0 + Double($1.readings) }
        if readings > 0 { return rollups.reduce(0.0) { $0 + Double($1.powerSum) } / readings / 1000 }
        return nil
    }
}

extension SumExtremes {
    /// The extremes of one element, or of all PDUs together, in one bucket; nil where no power was read.
    init?(_ rollup: Rollup) {
        guard let minimum = rollup.minimum, let maximum = rollup.maximum else { return nil }
        self.init(minimum: minimum, maximum: maximum, members: rollup.members)
    }
}
