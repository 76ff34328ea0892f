/// How a server room's load goes through the week, around 1: quiet nights and weekends, backups at two, the
/// busiest hours in the early afternoon.
struct WeekShape {
    private static let workday: [Double] = [
        0.88, 0.87, 1.04, 1.00, 0.88, 0.87, 0.88, 0.92, 0.99, 1.07, 1.12, 1.14,
        1.11, 1.13, 1.16, 1.15, 1.10, 1.04, 0.98, 0.95, 0.93, 0.92, 0.90, 0.89,
    ]
    private static let freeDay: [Double] = [
        0.87, 0.86, 1.01, 0.98, 0.87, 0.86, 0.86, 0.86, 0.87, 0.88, 0.89, 0.89,
        0.90, 0.90, 0.90, 0.89, 0.89, 0.90, 0.90, 0.91, 0.90, 0.89, 0.88, 0.87,
    ]
    private static let week = 168.0 * 3600

    /// The value at each full hour since Monday 00:00 UTC, and at the end of Sunday.
    private let knots: [Double]
    /// The integral over time up to each knot.
    private let sums: [Double]

    /// The one shape.
    init() {
        let days =
            Array(repeating: WeekShape.workday, count: 5) + Array(repeating: WeekShape.freeDay, count: 2)
        let hours = days.flatMap { $0 }
        let mean = hours.reduce(0, +) / Double(hours.count)
        let centred = hours.map { $0 / mean }
        knots = centred + centred.prefix(1)
        var running = 0.0
        var sums = [0.0]
        for hour in centred.indices {
            running += (knots[hour] + knots[hour + 1]) / 2 * 3600
            sums.append(running)
        }
        self.sums = sums
    }

    /// The factor at `time` (seconds since 1970); 1 in the mean over a week.
    func factor(at time: Double) -> Double {
        let (_, hour, phase) = position(of: time)
        return knots[hour] + (knots[hour + 1] - knots[hour]) * phase
    }

    /// The integral of `factor` from some Monday long ago to `time`.
    func total(at time: Double) -> Double {
        let (weeks, hour, phase) = position(of: time)
        let rise = knots[hour + 1] - knots[hour]
        return weeks * WeekShape.week + sums[hour] + 3600 * phase * (knots[hour] + rise * phase / 2)
    }

    /// Whole weeks, the hour of the week, and the part of that hour, 0..<1.
    ///
    /// 1970 began on a Thursday, three days after a Monday.
    private func position(of time: Double) -> (weeks: Double, hour: Int, phase: Double) {
        let sinceMonday = time + 3 * 86_400
        let weeks = (sinceMonday / WeekShape.week).rounded(.down)
        let hours = (sinceMonday - weeks * WeekShape.week) / 3600
        let hour = min(167, Int(hours))
        return (weeks, hour, hours - Double(hour))
    }
}
