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
    /// What is kept of it.
    private enum Content {
        /// Of each element, the reading of each bucket: there is one.
        case readings([[FixedPoint?]])
        /// Of one bucket after the other, each element in the order of the export.
        case values([ExportValue])
    }

    let slices: [Slice]
    private let members: [SumMember]
    private let until: UnixTime
    private let content: Content

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
        self.until = until
        let members = elements.map(SumMember.init)
        self.members = members
        guard let first = slices.first, let last = slices.last else {
            content = .values([])
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
            content = .values(ExportWindow.values(of: members, in: stretches, until: until))
            return
        }
        let grid = TimeGrid(from: first.range.start, until: last.range.end, interval: interval)
        let powers = try context.history.powers(of: ids, on: grid)
        if resolution.step(interval: interval) == interval, !slices.contains(where: \.isCut),
            grid.count == slices.count
        {
            // Nothing needs to be added up, and a day of all outlets fits.
            content = .readings(ids.map { powers[$0] ?? [] })
            return
        }
        let stretches = ReadingAccounts.stretches(of: ids, in: slices, on: grid, powers)
        content = .values(ExportWindow.values(of: members, in: stretches, until: until))
    }

    /// What the element at `place` in the export did in the bucket with the index `slice`.
    func value(of place: Int, in slice: Int) -> ExportValue {
        switch content {
        case .values(let values): values[slice * members.count + place]
        case .readings(let columns):
            value(
                members[place],
                slices[slice].range,
                slice < columns[place].count ? columns[place][slice] : nil
            )
        }
    }

    /// That of a bucket `range` with one reading; without a `power`, nothing was read that counts.
    private func value(_ member: SumMember, _ range: TimeRange, _ power: FixedPoint?) -> ExportValue {
        guard let power else {
            let isExpected = member.isConfigured && member.createdAt < range.end && range.start < until
            return ExportValue(coverage: isExpected ? FixedPoint(0) : nil)
        }
        let extreme = PowerExtreme(power: power, at: range.start)
        return ExportValue(
            energy: EnergyParts.millionths(power.thousandths * range.seconds),
            method: EnergyParts.Method.integrated.rawValue,
            mean: power,
            maximum: extreme,
            minimum: extreme,
            coverage: FixedPoint(1),
            seconds: range.seconds
        )
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
}
