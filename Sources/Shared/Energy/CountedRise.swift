// What a counter's rise adds. It moves in steps (0.1 kWh on an APC: once an hour at 100 W), so the integral of power is
// given out as long as it agrees with the counter to within half a step either way, and is held to that band when it
// does not. The energy between any two readings is then their counters' difference to within one step.

import Basics

/// The rise of a counter whose epoch goes on.
struct CountedRise {
    private let counter: CounterState
    private let time: UnixTime
    private let bounds: Plausibility
    private let maximumGap: Int64
    /// The energy of the whole epoch, by the counter, in thousandths of a watt-second.
    private let epochShown: Int64

    /// The rise of `counter` to `shown` at `time`.
    init(
        of counter: CounterState,
        to shown: FixedPoint,
        at time: UnixTime,
        bounds: Plausibility,
        maximumGap: Int64
    ) {
        self.counter = counter
        self.time = time
        self.bounds = bounds
        self.maximumGap = maximumGap
        epochShown = (shown.thousandths - counter.epochStart.thousandths) * Ledger.perMilliwattHour
    }

    /// What is to be entered, where power ran like `shape`, and energy was entered until `enteredUntil`.
    func flows(shape: PowerShape?, enteredUntil: UnixTime) -> [EnergyFlow] {
        let start = max(enteredUntil, counter.at)
        guard let shape, shape.start.at <= start else { return [bridge(from: start)] }
        let step = bounds.step * Ledger.perMilliwattHour
        let integral = max(0, shape.energy)
        let held = min(max(counter.epochEnergy + integral, epochShown - step / 2), epochShown + step / 2)
        let energy = max(0, held - counter.epochEnergy)
        // More than the counter's steps explain: it was not read, or not moved, for longer than power was integrated.
        let origin = counter.mayCountSince
        guard energy - integral > 2 * step, origin < shape.start.at else {
            return [EnergyFlow(shape, energy: energy, method: .counted)]
        }
        return [
            EnergyFlow(
                even: energy - integral,
                from: origin,
                to: time,
                method: method(since: counter.at),
                knownFrom: time
            ),
            EnergyFlow(shape, energy: integral, method: .counted),
        ]
    }

    /// All that the counter shows beyond what was entered, evenly over the time from `start` on, of which nothing is
    /// known.
    private func bridge(from start: UnixTime) -> EnergyFlow {
        let energy = max(0, epochShown - counter.epochEnergy)
        // What cannot have flowed in that time alone was missing before.
        let isRecent = energy / Ledger.perMilliwattHour <= bounds.largestRise(in: time - start)
        return EnergyFlow(
            even: energy,
            from: isRecent ? start : counter.mayCountSince,
            to: time,
            method: method(since: start),
            knownFrom: start
        )
    }

    private func method(since start: UnixTime) -> EnergyMethod {
        time - start <= maximumGap ? .counted : .interpolated
    }
}
