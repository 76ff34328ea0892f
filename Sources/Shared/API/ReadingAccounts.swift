// What elements did minute by minute: of that there are no rollups, but readings.

internal import Basics
internal import Energy
internal import Storage

/// Readings of power as the accounts of short stretches of time.
///
/// Each reading stands for the time until the next run is due: energy is the mean power times the time so covered.
enum ReadingAccounts {
    /// What the elements `ids` did in each of `slices`, which are in order, by what was read at the times of `grid`.
    static func stretches(
        of ids: [Int64],
        in slices: [Slice],
        on grid: TimeGrid,
        _ powers: [Int64: [FixedPoint?]]
    ) -> [RangeAccounts.Stretch] {
        var first = 0
        return slices.map { slice in
            while first < grid.count, grid.time(first) < slice.range.start { first += 1 }
            let begin = first
            while first < grid.count, grid.time(first) < slice.range.end { first += 1 }
            return stretch(of: ids, in: slice.range, on: grid, begin..<first, powers)
        }
    }

    private static func stretch(
        of ids: [Int64],
        in range: TimeRange,
        on grid: TimeGrid,
        _ places: Range<Int>,
        _ powers: [Int64: [FixedPoint?]]
    ) -> RangeAccounts.Stretch {
        var stretch = RangeAccounts.Stretch(range: range)
        var sums = [(power: Int64, members: Int64)](repeating: (0, 0), count: places.count)
        for id in ids {
            guard let column = powers[id], column.count >= places.upperBound else { continue }
            var rollup = Rollup()
            for place in places {
                guard let power = column[place] else { continue }
                rollup.merge(reading: PowerExtreme(power: power, at: grid.time(place)))
                sums[place - places.lowerBound].power &+= power.thousandths
                sums[place - places.lowerBound].members += 1
            }
            guard rollup.readings > 0 else { continue }
            rollup.cover(rollup.readings * grid.interval, of: range.seconds)
            stretch.rollups[id] = rollup
        }
        for (index, sum) in sums.enumerated() where sum.members > 0 {
            let time = grid.time(places.lowerBound + index)
            let extreme = PowerExtreme(power: FixedPoint(thousandths: sum.power), at: time)
            let found = SumExtremes(minimum: extreme, maximum: extreme, members: sum.members)
            stretch.extremes = SumExtremes(of: [stretch.extremes, found])
        }
        return stretch
    }
}

extension Rollup {
    /// Adds one reading, which covers no time yet.
    fileprivate mutating func merge(reading: PowerExtreme) {
        var one = Rollup()
        one.readings = 1
        one.powerSum = reading.power.thousandths
        one.minimum = reading
        one.maximum = reading
        one.members = 1
        merge(one)
    }

    /// Takes the mean of the readings for so many `seconds`, or the `most` there are.
    fileprivate mutating func cover(_ seconds: Int64, of most: Int64) {
        coveredSeconds = min(seconds, most)
        powerIntegral = Int64((Double(powerSum) * Double(coveredSeconds) / Double(readings)).rounded())
        energy.integrated = powerIntegral
    }
}
