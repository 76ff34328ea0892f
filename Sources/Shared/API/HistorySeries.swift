internal import Basics
internal import Energy
internal import Storage

/// A range of time in slices, with what the selected PDUs or elements did in each, together and one by one.
struct HistorySeries {
    /// What one element did in each slice, or what the rest of many did together.
    struct Column {
        /// Absent for the rest.
        let element: ElementRecord?
        /// How many elements it is of.
        let members: Int
        let buckets: [CombinedBucket]
    }

    /// The most points, slices times series, that are given at once.
    static let mostPoints = 100_800
    /// The most rollups or readings that are looked at for one answer.
    static let mostLookedAt = 252_000
    /// The most elements that are given one by one; of more, those with the least energy are added up.
    static let mostColumns = 40

    let range: TimeRange
    let resolution: Resolution
    let slices: [Slice]
    /// All together.
    let total: [CombinedBucket]
    /// One by one, in the order of the selection, the rest at the end; none when they were not asked for.
    let columns: [Column]
    /// The whole range.
    let sum: HistorySum

    /// Asks the history for what `selected` did in `range`, in slices of `resolution`, or one that suits the range.
    ///
    /// With `interval`, runs are taken to be so many seconds apart, as they are in a longer range. Without an exact sum,
    /// `sum` is that of the slices.
    init(
        of selected: SelectedMembers,
        in range: TimeRange,
        _ resolution: Resolution?,
        each: Bool,
        interval known: Int64? = nil,
        hasExactSum: Bool = true,
        _ context: Context
    ) throws {
        let resolution = resolution ?? Resolution(suiting: range)
        let calendar = context.site.calendar
        let ids = selected.elements.map(\.id)
        let grid =
            resolution.period == nil
            ? try known.map { TimeGrid(from: range.start, until: range.end, interval: $0) }
                ?? context.history.grid(from: range.start, until: range.end)
            : nil
        let interval = grid?.interval ?? context.moment.interval
        let most = resolution.mostSlices(of: range, interval: interval)
        guard most <= Int64(HistorySeries.mostPoints) * 2 else {
            throw APIError.tooManySlices(slices: most, series: 1, limit: HistorySeries.mostPoints)
        }
        let slices = resolution.slices(of: range, in: calendar, interval: interval)
        try HistorySeries.check(slices.count, times: grid?.count ?? 0, members: ids.count, each: each)
        let stretches: [RangeAccounts.Stretch]
        // A reading stands for the time until the next one.
        var until = context.moment.expectedUntil
        if let grid {
            let powers = try context.history.powers(of: ids, on: grid)
            stretches = ReadingAccounts.stretches(of: ids, in: slices, on: grid, powers)
            until = until + interval
        } else {
            let ranges = slices.map(\.range)
            stretches = try RangeAccounts(
                of: ids,
                isEvery: selected.isEveryPDU,
                in: ranges,
                withExtremes: true,
                context
            ).stretches
        }
        self.range = range
        self.resolution = resolution
        self.slices = slices
        let total = HistorySeries.buckets(of: selected.members, in: stretches, until: until) { $0.extremes }
        self.total = total
        columns = each ? HistorySeries.columns(of: selected, in: stretches, until: until) : []
        if grid == nil || !hasExactSum {
            sum = HistorySum(of: ids, total, stretches)
        } else {
            // The ledger's account, so that the energy of a day is the same however finely it is drawn.
            let whole = try RangeAccounts(
                of: ids,
                isEvery: selected.isEveryPDU,
                in: [range],
                withExtremes: false,
                context
            ).stretches
            let buckets = HistorySeries.buckets(
                of: selected.members,
                in: whole,
                until: context.moment.expectedUntil
            ) { _ in nil }
            sum = HistorySum(of: ids, buckets, whole, extremes: total.compactMap(\.extremes))
        }
    }

    private static func check(_ slices: Int, times: Int, members: Int, each: Bool) throws(APIError) {
        let series = each ? min(members, mostColumns + 1) : 1
        guard slices * series <= mostPoints else {
            throw .tooManySlices(slices: Int64(slices), series: Int64(series), limit: mostPoints)
        }
        guard max(slices, times) <= mostLookedAt / max(1, members) else {
            throw .tooManySlices(slices: Int64(slices), series: Int64(members), limit: mostLookedAt)
        }
    }

    private static func buckets(
        of members: [SumMember],
        in stretches: [RangeAccounts.Stretch],
        until: UnixTime,
        extremes: (RangeAccounts.Stretch) -> SumExtremes?
    ) -> [CombinedBucket] {
        stretches.map { stretch in
            CombinedBucket(
                Bucket(.hour, start: stretch.range.start, end: stretch.range.end),
                of: members,
                rollups: stretch.rollups,
                extremes: extremes(stretch),
                until: until
            )
        }
    }

    private static func columns(
        of selected: SelectedMembers,
        in stretches: [RangeAccounts.Stretch],
        until: UnixTime
    ) -> [Column] {
        var (shown, rest) = (Array(selected.elements.indices), [Int]())
        if shown.count > mostColumns {
            var energies: [Int64: Double] = [:]
            for stretch in stretches {
                for (id, rollup) in stretch.rollups {
                    energies[id, default: 0] += rollup.energy.kilowattHours ?? 0
                }
            }
            let ids = selected.elements.map(\.id)
            let byEnergy = shown.sorted { (energies[ids[$1]] ?? -1, $0) < (energies[ids[$0]] ?? -1, $1) }
            shown = byEnergy.prefix(mostColumns).sorted()
            rest = byEnergy.dropFirst(mostColumns).sorted()
        }
        var columns = shown.map { index in
            let element = selected.elements[index]
            let buckets = buckets(of: [selected.members[index]], in: stretches, until: until) { stretch in
                stretch.rollups[element.id].flatMap(SumExtremes.init)
            }
            return Column(element: element, members: 1, buckets: buckets)
        }
        if !rest.isEmpty {
            let members = rest.map { selected.members[$0] }
            // Which are the rest changes with the range: nobody is told how high or low just these were together.
            let buckets = buckets(of: members, in: stretches, until: until) { _ in nil }
            columns.append(Column(element: nil, members: rest.count, buckets: buckets))
        }
        return columns
    }
}

/// A range of time in a few numbers.
struct HistorySum {
    /// Millionths of a kWh; that of all slices together, to the last digit; absent when none is known.
    let energy: Int64?
    /// How the energy is known; absent with it.
    let method: String?
    /// The mean power of each member over the time in which it is known, added up, in watts; absent when none is known.
    let mean: FixedPoint?
    /// The highest and the lowest same-minute sum; absent when none is known.
    let extremes: SumExtremes?
    let coverage: Coverage
    /// Seconds in which power is known, of the average member.
    let coveredSeconds: Int64

    /// The sum of `buckets`, of the elements `ids`, which were made of `stretches`; the extremes are of those, or of
    /// `extremes`.
    init(
        of ids: [Int64],
        _ buckets: [CombinedBucket],
        _ stretches: [RangeAccounts.Stretch],
        extremes: [SumExtremes]? = nil
    ) {
        let known = buckets.compactMap(\.energy)
        energy = known.isEmpty ? nil : known.reduce(0, +)
        let methods = Set(buckets.compactMap(\.method))
        method = methods.count > 1 ? "mixed" : methods.first
        mean = CombinedSeries.mean(of: ids, in: stretches.map(\.rollups))
        let all = extremes ?? buckets.compactMap(\.extremes)
        self.extremes = SumExtremes(of: all)
        var coverage = Coverage()
        for bucket in buckets { coverage.add(bucket.coverage) }
        self.coverage = coverage
        coveredSeconds = buckets.reduce(0) { $0 + $1.coverage.coveredPerMember }
    }
}
