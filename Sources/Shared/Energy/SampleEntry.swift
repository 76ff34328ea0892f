// One sample on its way into the accounts: the energy that flowed since the last one, and what is to be remembered.

import Basics

/// The entry of one sample.
struct SampleEntry {
    private(set) var state: MeterState
    private(set) var flows: [EnergyFlow] = []
    private(set) var remarks: [LedgerRemark] = []
    /// The power that is entered.
    let reading: PowerExtreme?

    private let sample: MeterSample
    private let bounds: Plausibility
    /// How power ran since its last reading; absent when that is not known.
    private let shape: PowerShape?

    /// Enters `sample` after `before`.
    init(_ sample: MeterSample, after before: MeterState, policy: LedgerPolicy) {
        self.sample = sample
        bounds = Plausibility(sample)
        reading = sample.plausiblePower.map { PowerExtreme(power: $0, at: sample.at) }
        shape = reading.flatMap { before.shape(to: $0, policy) }
        state = before
        enterEnergy(policy)
        enterPower()
        state.lastAt = sample.at
        if !flows.isEmpty { state.enteredUntil = sample.at }
    }

    private mutating func enterEnergy(_ policy: LedgerPolicy) {
        var judge = CounterJudge(sample, after: state, bounds: bounds, shape: shape)
        let verdict = judge.verdict()
        remarks = judge.remarks
        if verdict == .goesOn, let counter = judge.counter, let shown = sample.counter {
            let gap = policy.maximumGap
            let rise = CountedRise(of: counter, to: shown, at: sample.at, bounds: bounds, maximumGap: gap)
            flows = rise.flows(shape: shape, enteredUntil: state.enteredUntil)
        } else if let shape {
            flows = [EnergyFlow(shape, energy: shape.energy, method: .integrated)]
        }
        state.counter = verdict == .begins ? firstOfEpoch(after: judge.counter) : judge.counter
        if verdict != .begins { enterCounter(verdict) }
    }

    /// The counter at the beginning of an epoch, after that of another, `before`.
    private func firstOfEpoch(after before: CounterState?) -> CounterState? {
        sample.counter.map { shown in
            var counter = CounterState(
                at: sample.at,
                value: shown,
                since: sample.counterSince,
                epochStart: shown,
                epochEnergy: 0,
                unit: sample.unit
            )
            counter.isScaleSuspect = before?.isScaleSuspect ?? false
            return counter
        }
    }

    private mutating func enterCounter(_ verdict: CounterVerdict) {
        guard var counter = state.counter else { return }
        for flow in flows { counter.epochEnergy += flow.energy }
        if verdict == .goesOn, let shown = sample.counter {
            if shown != counter.value { counter.movedAt = sample.at }
            counter.at = sample.at
            counter.value = shown
            counter.since = sample.counterSince ?? counter.since
            counter.unit = sample.unit ?? counter.unit
        } else if counter.withheld?.at == sample.at {
            counter.withheld?.epochEnergy = counter.epochEnergy
        }
        if let remark = compare(&counter, verdict) { remarks.append(remark) }
        state.counter = counter
    }

    /// Holds the counter and power against each other.
    private func compare(_ counter: inout CounterState, _ verdict: CounterVerdict) -> LedgerRemark? {
        let isBroken = shape == nil && (reading != nil || !flows.isEmpty)
        if isBroken || counter.withheld != nil { counter.comparison = nil }
        let integral = shape?.energy ?? 0
        if verdict == .goesOn, reading != nil {
            return counter.compare(with: integral, at: sample.at, step: bounds.step)
        }
        counter.comparison?.integral += integral
        return nil
    }

    private mutating func enterPower() {
        if let reading {
            state.lastPower = reading
            state.isPowerWithheld = false
        } else if let power = sample.power {
            // Of a series of them, the first is remarked on.
            if !state.isPowerWithheld {
                let limit = sample.powerLimit ?? LedgerPolicy.largestPower
                remarks.append(.powerWithheld(power: power, limit: limit))
            }
            state.isPowerWithheld = true
        }
    }
}

extension MeterState {
    /// How power ran until `end` since its last reading; absent when that is too long ago, or energy has been entered
    /// since.
    func shape(to end: PowerExtreme, _ policy: LedgerPolicy) -> PowerShape? {
        var start = lastPower
        // After a correction, power was from its end on what it is now.
        if enteredUntil > lastAt { start = PowerExtreme(power: end.power, at: enteredUntil) }
        guard let start, start.at >= enteredUntil, start.at < end.at, end.at - start.at <= policy.maximumGap
        else { return nil }
        return PowerShape(start: start, end: end)
    }
}
