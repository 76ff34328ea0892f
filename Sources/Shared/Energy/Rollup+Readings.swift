// What single readings of power tell of a stretch of time, without the ledger.

package import Basics

extension Rollup {
    /// Adds one reading.
    package mutating func add(_ reading: PowerExtreme) {
        merge(Rollup(reading: reading))
    }

    /// Adds what lies from `start` up to `end` of the straight line from `before` to `next`, the reading after it: covered
    /// time, and energy that power integrates to.
    package mutating func addLine(
        from before: PowerExtreme,
        to next: PowerExtreme,
        between start: UnixTime,
        and end: UnixTime
    ) {
        let (first, last) = (max(start, before.at), min(end, next.at))
        guard first < last else { return }
        let shape = PowerShape(start: before, end: next)
        var line = Rollup()
        line.coveredSeconds = last - first
        line.powerIntegral = shape.energy(until: last) - shape.energy(until: first)
        line.energy.integrated = max(0, line.powerIntegral)
        merge(line)
    }
}
