// What elements did in a stretch of the range: as much as is worked out at once.

internal import Basics
internal import Energy
internal import Storage

/// What one element did in one bucket.
struct ExportValue {
    /// Millionths of a kWh; absent when none is known.
    var energy: Int64?
    var method: String?
    var mean: FixedPoint?
    var maximum: PowerExtreme?
    var minimum: PowerExtreme?
    /// Absent where nothing could be known.
    var coverage: FixedPoint?
    var seconds: Int64 = 0
}

/// Some buckets that follow one another, with what each element did in them.
struct ExportWindow {
    let slices: [Slice]
    /// Of one bucket after the other, each element in the order of the export.
    let values: [ExportValue]

    /// What `elements` did in `slices`, with runs `interval` seconds apart, where the time before `until` has passed.
    init(
        of elements: [ElementRecord],
        in slices: [Slice],
        _ resolution: Resolution,
        interval: Int64,
        until: UnixTime,
        _ context: Context
    ) throws {
        self.slices = slices
        let members = elements.map(SumMember.init)
        guard let first = slices.first, let last = slices.last else {
            values = []
            return
        }
        let ids = elements.map(\.id)
        guard resolution.period == nil else {
            let stretches = try RangeAccounts(
                of: ids,
                isEvery: false,
                in: slices.map(\.range),
                withExtremes: false,
                context
            ).stretches
            values = ExportWindow.values(of: members, in: stretches, until: until)
            return
        }
        let grid = TimeGrid(from: first.range.start, until: last.range.end, interval: interval)
        let powers = try context.history.powers(of: ids, on: grid)
        if resolution.step(interval: interval) == interval, !slices.contains(where: \.isCut),
            grid.count == slices.count
        {
            values = ExportWindow.values(of: members, slices, powers, until: until)
            return
        }
        let stretches = ReadingAccounts.stretches(of: ids, in: slices, on: grid, powers)
        values = ExportWindow.values(of: members, in: stretches, until: until)
    }

    private static func values(
        of members: [SumMember],
        in stretches: [RangeAccounts.Stretch],
        until: UnixTime
    ) -> [ExportValue] {
        stretches.flatMap { stretch in
            members.map { member in
                let rollup = stretch.rollups[member.id]
                let coverage = Coverage(
                    of: [member],
                    rollups: rollup.map { [member.id: $0] } ?? [:],
                    in: stretch.range,
                    until: until
                )
                var value = ExportValue(coverage: coverage.share, seconds: coverage.coveredPerMember)
                guard let rollup else { return value }
                let parts = EnergyParts([rollup.energy])
                value.energy = parts.total
                value.method = parts.method
                value.mean = rollup.meanWatts.flatMap { FixedPoint($0) }
                value.maximum = rollup.maximum
                value.minimum = rollup.minimum
                return value
            }
        }
    }

    /// The same where each bucket has one reading: nothing needs to be added up.
    private static func values(
        of members: [SumMember],
        _ slices: [Slice],
        _ powers: [Int64: [FixedPoint?]],
        until: UnixTime
    ) -> [ExportValue] {
        let columns = members.map { powers[$0.id] ?? [] }
        var values: [ExportValue] = []
        values.reserveCapacity(members.count * slices.count)
        for (index, slice) in slices.enumerated() {
            let (start, end) = (slice.range.start, slice.range.end)
            for (member, column) in zip(members, columns) {
                guard index < column.count, let power = column[index] else {
                    let isExpected = member.isConfigured && member.createdAt < end && start < until
                    values.append(ExportValue(coverage: isExpected ? FixedPoint(0) : nil))
                    continue
                }
                let extreme = PowerExtreme(power: power, at: start)
                values.append(
                    ExportValue(
                        energy: EnergyParts.millionths(power.thousandths * slice.range.seconds),
                        method: EnergyParts.Method.integrated.rawValue,
                        mean: power,
                        maximum: extreme,
                        minimum: extreme,
                        coverage: FixedPoint(1),
                        seconds: slice.range.seconds
                    )
                )
            }
        }
        return values
    }
}
