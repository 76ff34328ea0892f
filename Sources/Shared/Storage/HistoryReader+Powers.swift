// What elements drew, reading by reading, as a chart wants it: evenly spaced, with the gaps in it.

package import Basics
import Energy
import SQLite

enum PowerSQL: String, StatementList {
    /// The rules of the runs from $1 up to $2: the one that held at the beginning, and those that came after.
    case intervals = """
        SELECT interval_seconds
        FROM poll_rule
        WHERE valid_from >= coalesce((SELECT max(valid_from) FROM poll_rule WHERE valid_from <= $1), $1)
            AND valid_from < $2
        """
}

/// Evenly spaced times.
package struct TimeGrid: Hashable, Sendable {
    /// The first of them.
    package let start: UnixTime
    /// Seconds from one to the next.
    package let interval: Int64
    /// How many there are.
    package let count: Int

    /// The multiples of `interval` seconds, which is above 0, from `start` up to, not including, `end`.
    package init(from start: UnixTime, until end: UnixTime, interval: Int64) {
        self.interval = interval
        self.start = (start + (interval - 1)).floored(to: interval)
        count = Int(max(0, (end - self.start + interval - 1) / interval))
    }

    /// The time with `index`.
    package func time(_ index: Int) -> UnixTime { start + Int64(index) * interval }
}

extension HistoryReader {
    package func grid(from start: UnixTime, until end: UnixTime) throws -> TimeGrid {
        try query { database in
            let intervals = try database.statement(PowerSQL.intervals)
                .all(.time(start), .time(end)) { row in row.int(0) }
            let interval = intervals.filter { $0 > 0 }.reduce(0, greatestCommonDivisor)
            return TimeGrid(from: start, until: end, interval: interval > 0 ? interval : 60)
        }
    }

    package func powers(of elementIDs: [Int64], on grid: TimeGrid) throws -> [Int64: [FixedPoint?]] {
        try query { database in
            let wanted = IDRanges(elementIDs, tolerance: 2)
            let powers = CountedPowers(database, withArchive: false)
            var columns = Dictionary(
                elementIDs.map { ($0, [FixedPoint?](repeating: nil, count: grid.count)) },
                uniquingKeysWith: { first, _ in first }
            )
            for range in wanted.ranges {
                try powers.forEach(
                    from: grid.start,
                    until: grid.time(grid.count),
                    elements: range
                ) { element, reading in
                    let offset = reading.at - grid.start
                    guard wanted.contains(element), offset % grid.interval == 0 else { return }
                    columns[element]?[Int(offset / grid.interval)] = reading.power
                }
            }
            return columns
        }
    }
}

private func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
}
