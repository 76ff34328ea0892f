// Amounts of energy that flowed between two moments, divisible at any other: the parts of a flow add up to the whole
// to the last thousandth, wherever it is cut.

import Basics

/// How an amount of energy is known.
enum EnergyMethod: Hashable {
    case counted
    case integrated
    case interpolated
    case corrected
}

/// An amount of energy that flowed from one moment to another.
struct EnergyFlow: Hashable {
    let start: UnixTime
    let end: UnixTime
    /// All of it, in thousandths of a watt-second.
    let energy: Int64
    let method: EnergyMethod
    /// From when on the time is known by this flow; the time before had been entered already, and only this energy was
    /// missing from it.
    let knownFrom: UnixTime
    private let shape: PowerShape?

    /// `energy` in the proportions of `shape`.
    init(_ shape: PowerShape, energy: Int64, method: EnergyMethod) {
        start = shape.start.at
        end = shape.end.at
        knownFrom = start
        self.shape = shape
        self.energy = energy
        self.method = method
    }

    /// `energy` spread evenly, of a time of which nothing was known before `knownFrom`, or all when that is absent.
    init(
        even energy: Int64,
        from start: UnixTime,
        to end: UnixTime,
        method: EnergyMethod,
        knownFrom: UnixTime? = nil
    ) {
        self.start = start
        self.end = end
        self.knownFrom = knownFrom ?? start
        shape = nil
        self.energy = energy
        self.method = method
    }

    /// Whether it follows the readings of power.
    var isShaped: Bool { shape != nil }

    /// The energy until `time`.
    func energy(until time: UnixTime) -> Int64 {
        guard let shape, shape.isDivisible else { return proportion(of: energy, time - start, end - start) }
        return proportion(of: energy, shape.energy(until: time), shape.energy)
    }

    /// Power integrated until `time`.
    func powerIntegral(until time: UnixTime) -> Int64 {
        shape?.energy(until: time) ?? energy(until: time)
    }

    /// What the part from `from` to `to` adds to a rollup.
    func rollup(from: UnixTime, to: UnixTime) -> Rollup {
        var rollup = Rollup()
        let part = energy(until: to) - energy(until: from)
        switch method {
        case .counted: rollup.energy.counted = part
        case .integrated: rollup.energy.integrated = part
        case .interpolated: rollup.energy.interpolated = part
        case .corrected: rollup.energy.corrected = part
        }
        let known = max(from, knownFrom)
        guard known < to else { return rollup }
        if method == .interpolated {
            rollup.interpolatedSeconds = to - known
        } else {
            rollup.coveredSeconds = to - known
            rollup.powerIntegral = powerIntegral(until: to) - powerIntegral(until: known)
        }
        return rollup
    }
}
