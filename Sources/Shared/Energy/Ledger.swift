// How readings become energy. Pure: (what was known, a reading) to (what is known now, what to add to which
// bucket). All amounts are whole thousandths of a watt-second, so that hours add up to days and days to months
// exactly, and a rebuild from the readings gives the same numbers.
//
// Where the PDU has an energy counter, the counter is the truth and power gives the shape (CountedRise.swift). Which
// readings of a counter count is decided in CounterJudge.swift, what can be true at all in Plausibility.swift, and
// ScaleComparison.swift holds the counter and power against each other.

import Basics

/// What one reading, or one correction, did to the accounts.
package struct LedgerStep: Hashable, Sendable {
    /// What must be remembered for the next reading.
    package let state: MeterState
    /// What is to be merged into the rollups of the hours it touches, and of the days and months that those begin in.
    package let contributions: [Contribution]
    /// What was noticed, to be recorded as events at the sample's time.
    package var remarks: [LedgerRemark] = []
    /// The power that was read and entered; absent when none was read, or one that cannot be true.
    package var reading: PowerExtreme?
    /// The energy that was entered.
    var flows: [EnergyFlow] = []
}

/// The rules of accounting.
package enum Ledger {
    /// Thousandths of a watt-second in a thousandth of a watt-hour.
    static let perMilliwattHour: Int64 = 3600

    /// Enters `sample`, read after the one that left `state`.
    ///
    /// A sample that is not later than the last one is not entered: the state stays and nothing is contributed.
    package static func record(
        _ sample: MeterSample,
        after state: MeterState?,
        policy: LedgerPolicy,
        buckets: inout BucketCursor
    ) -> LedgerStep {
        if let state, sample.at <= state.lastAt || sample.at < state.enteredUntil {
            return LedgerStep(state: state, contributions: [])
        }
        let entry = SampleEntry(sample, after: state ?? MeterState(startingAt: sample.at), policy: policy)
        var step = step(to: entry.state, entry.flows, reading: entry.reading, &buckets)
        step.remarks = entry.remarks
        return step
    }

    /// Enters `correction`, after the sample or correction that left `state`; nil when it sets no energy, so that there
    /// is nothing to enter.
    ///
    /// Of the samples, those that it excludes are not to be recorded. Power is taken to have been constant from the last
    /// reading to the range, and from the range to the next one, where that is no longer than the maximum gap. A counter
    /// begins an epoch after it, and does not count the range again.
    package static func enter(
        _ correction: Correction,
        after state: MeterState?,
        policy: LedgerPolicy,
        buckets: inout BucketCursor
    ) -> LedgerStep? {
        guard let energy = correction.energy else { return nil }
        var next = state ?? MeterState(startingAt: correction.start)
        var flows: [EnergyFlow] = []
        if let last = next.lastPower, next.enteredUntil <= next.lastAt {
            let end = PowerExtreme(power: last.power, at: correction.start)
            if let shape = next.shape(to: end, policy) {
                flows.append(EnergyFlow(shape, energy: shape.energy, method: .integrated))
            }
        }
        flows.append(
            EnergyFlow(even: energy, from: correction.start, to: correction.end, method: .corrected)
        )
        next.enteredUntil = correction.end
        next.lastPower = nil
        next.counter = nil
        return step(to: next, flows, reading: nil, &buckets)
    }

    private static func step(
        to state: MeterState,
        _ flows: [EnergyFlow],
        reading: PowerExtreme?,
        _ buckets: inout BucketCursor
    ) -> LedgerStep {
        var journal = Journal()
        for flow in flows { journal.enter(flow, &buckets) }
        if let reading { journal.enter(reading, &buckets) }
        return LedgerStep(
            state: state,
            contributions: journal.entries,
            reading: reading,
            flows: flows
        )
    }
}

extension MeterState {
    /// What is known at `time`, before the first reading.
    fileprivate init(startingAt time: UnixTime) {
        self.init(lastAt: time, enteredUntil: time, lastPower: nil, counter: nil)
    }
}
