// How readings become energy. Pure: (what was known, a reading) to (what is known now, what to add to which
// bucket). All amounts are whole thousandths of a watt-second, so that hours add up to days and days to months
// exactly, and a rebuild from the readings gives the same numbers.
//
// Where the PDU has an energy counter, the counter is the truth and power gives the shape. A counter moves in
// steps (0.1 kWh on an APC: once an hour at 100 W), so the integral of power is given out as long as it agrees
// with the counter to within half a step either way, and is held to that band when it does not. The energy
// between any two readings is then their counters' difference to within one step, and no minute is ever
// corrected afterwards.

import Basics

/// What one reading did to the accounts.
package struct LedgerStep: Hashable, Sendable {
    /// What must be remembered for the next reading.
    package let state: MeterState
    /// What is to be merged into the rollups of the hours, days and months it touches.
    package let contributions: [Contribution]
    /// What was noticed, to be recorded as events at the sample's time.
    package var remarks: [LedgerRemark] = []
}

/// The rules of accounting.
package enum Ledger {
    /// Thousandths of a watt-second in a thousandth of a watt-hour.
    private static let perMilliwattHour: Int64 = 3600

    /// Enters `sample`, read after the one that left `state`.
    ///
    /// A sample that is not later than the last one is not entered: the state stays and nothing is contributed.
    package static func record(
        _ sample: MeterSample,
        after state: MeterState?,
        policy: LedgerPolicy,
        buckets: inout BucketCursor
    ) -> LedgerStep {
        if let state, sample.at <= state.lastAt { return LedgerStep(state: state, contributions: []) }
        var journal = Journal()
        var next =
            state ?? MeterState(lastAt: sample.at, enteredUntil: sample.at, lastPower: nil, counter: nil)
        let flow = flow(from: next, to: sample, policy: policy)
        if let flow {
            journal.enter(flow, &buckets)
            next.enteredUntil = sample.at
        }
        if let power = sample.power {
            journal.enter(reading: power, at: sample.at, &buckets)
            next.lastPower = PowerExtreme(power: power, at: sample.at)
        }
        next.lastAt = sample.at
        next.counter = counter(after: next.counter, sample, entered: flow?.energy ?? 0)
        return LedgerStep(state: next, contributions: journal.contributions(&buckets))
    }

    /// The energy that flowed since the last one entered, as far as it is known.
    private static func flow(
        from state: MeterState,
        to sample: MeterSample,
        policy: LedgerPolicy
    ) -> EnergyFlow? {
        let shape = shape(from: state, to: sample, policy: policy)
        let isSameEpoch = sample.counter.map { continues(state.counter, at: $0, since: sample.counterSince) }
        guard isSameEpoch == true, let counter = state.counter, let shown = sample.counter else {
            return shape.map { EnergyFlow($0, energy: $0.energy, method: .integrated) }
        }
        let epochShown = (shown.thousandths - counter.epochStart.thousandths) * perMilliwattHour
        let start = max(state.enteredUntil, counter.at)
        if let shape, shape.start.at <= start {
            let step = (sample.counterResolution ?? FixedPoint(1)).thousandths * perMilliwattHour
            let integrated = counter.epochEnergy + shape.energy
            let held = min(max(integrated, epochShown - step / 2), epochShown + step / 2)
            return EnergyFlow(shape, energy: max(0, held - counter.epochEnergy), method: .counted)
        }
        return EnergyFlow(
            even: max(0, epochShown - counter.epochEnergy),
            from: start,
            to: sample.at,
            method: sample.at - start <= policy.maximumGap ? .counted : .interpolated
        )
    }

    /// How power ran since the last energy entered; absent when its last reading is too long ago.
    private static func shape(
        from state: MeterState,
        to sample: MeterSample,
        policy: LedgerPolicy
    ) -> PowerShape? {
        guard let start = state.lastPower, let end = sample.power, start.at >= state.enteredUntil,
            sample.at - start.at <= policy.maximumGap
        else { return nil }
        return PowerShape(start: start, end: PowerExtreme(power: end, at: sample.at))
    }

    /// Whether a counter that shows `value` now is still in the epoch of `counter`.
    private static func continues(_ counter: CounterState?, at value: FixedPoint, since: String?) -> Bool {
        guard let counter else { return false }
        return value >= counter.value && since == counter.since
    }

    /// The counter after `sample`, of whose time `entered` was entered.
    private static func counter(
        after counter: CounterState?,
        _ sample: MeterSample,
        entered: Int64
    ) -> CounterState? {
        guard let value = sample.counter else {
            // Not shown this time: what was integrated instead belongs to the epoch all the same.
            var unseen = counter
            unseen?.epochEnergy += entered
            return unseen
        }
        guard var next = counter, continues(next, at: value, since: sample.counterSince) else {
            return CounterState(
                at: sample.at,
                value: value,
                since: sample.counterSince,
                epochStart: value,
                epochEnergy: 0
            )
        }
        next.at = sample.at
        next.value = value
        next.epochEnergy += entered
        return next
    }
}
