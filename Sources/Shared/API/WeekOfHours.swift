internal import Basics
internal import Energy
internal import Storage

/// What some elements did at each hour of each weekday by the site's clocks, over a range of time.
struct WeekOfHours {
    /// One hour of one weekday, of all the weeks together.
    struct Cell {
        /// Seconds in which the power of each element is known, and its integral over them in thousandths of a
        /// watt-second.
        fileprivate var known: [Int64: (seconds: Double, integral: Double)] = [:]
        /// How much of the time is known; nothing expected where the range has no such hour.
        fileprivate(set) var coverage = Coverage()

        /// The mean power of each element over the time in which it is known, added up, in watts; absent when none is.
        var mean: FixedPoint? {
            let means = known.values.filter { $0.seconds > 0 }.map { $0.integral / $0.seconds / 1000 }
            return means.isEmpty ? nil : FixedPoint(means.reduce(0, +))
        }
    }

    /// The most rollups that are held at once.
    private static let mostAtOnce = 20_000
    /// The most rollups that are looked at: a year of the hours of a hundred PDUs.
    private static let mostLookedAt = 960_000

    /// From Monday to Sunday, the 24 hours of each.
    private(set) var rows = [[Cell]](repeating: [Cell](repeating: Cell(), count: 24), count: 7)

    /// Asks the history for what `selected` did in `range`.
    ///
    /// An hour that the clocks show twice counts twice, one that they skip not at all.
    init(of selected: SelectedMembers, in range: TimeRange, _ context: Context) throws {
        let calendar = context.site.calendar
        let slices = Resolution.hour.slices(of: range, in: calendar, interval: context.moment.interval)
        let ids = selected.elements.map(\.id)
        guard slices.count <= WeekOfHours.mostLookedAt / max(1, ids.count) else {
            throw APIError.tooManySlices(
                slices: Int64(slices.count),
                series: Int64(ids.count),
                limit: WeekOfHours.mostLookedAt
            )
        }
        let chunk = max(1, WeekOfHours.mostAtOnce / max(1, ids.count))
        for first in stride(from: 0, to: slices.count, by: chunk) {
            let ranges = slices[first..<min(slices.count, first + chunk)].map(\.range)
            let stretches = try RangeAccounts(
                of: ids,
                isEvery: selected.isEveryPDU,
                in: ranges,
                withExtremes: false,
                context
            ).stretches
            for stretch in stretches { add(stretch, of: selected.members, context) }
        }
    }

    private mutating func add(
        _ stretch: RangeAccounts.Stretch,
        of members: [SumMember],
        _ context: Context
    ) {
        let civil = context.site.calendar.civil(at: stretch.range.start)
        // 1970 began on a Thursday.
        let day = Int(((civil.date.daysSince1970 + 3) % 7 + 7) % 7)
        let hour = Int(civil.hour)
        for (id, rollup) in stretch.rollups where rollup.coveredSeconds > 0 {
            let before = rows[day][hour].known[id] ?? (0, 0)
            rows[day][hour].known[id] = (
                before.seconds + Double(rollup.coveredSeconds), before.integral + Double(rollup.powerIntegral)
            )
        }
        rows[day][hour].coverage.add(
            Coverage(
                of: members,
                rollups: stretch.rollups,
                in: stretch.range,
                until: context.moment.expectedUntil
            )
        )
    }
}
