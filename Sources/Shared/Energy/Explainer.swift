// Why a number is what it is: the ledger's own steps, watched once more. There is no second way of computing that could
// disagree with the rollups; only the part of each step inside the range is taken.

package import Basics

/// Makes the explanation of a range from the ledger's steps through it, in their order.
package struct Explainer: Sendable {
    private var explanation: Explanation
    private var state: MeterState?
    /// Everything before is explained: some flow covers it, or it is listed as a gap.
    private var explainedUntil: UnixTime
    private var maximumGap: Int64 = 0

    /// An explanation of the range from `start` up to, not including, `end`, before whose first step the ledger was in
    /// `state`.
    ///
    /// The first step may lie any time before the range, so that what leads into it is known.
    package init(from start: UnixTime, to end: UnixTime, after state: MeterState?) {
        explanation = Explanation(start: start, end: end)
        explainedUntil = start
        self.state = state
        mark(state?.counter)
    }

    /// Takes the step that a sample, or a correction that sets energy, made under `policy`.
    package mutating func take(_ step: LedgerStep, policy: LedgerPolicy) {
        maximumGap = policy.maximumGap
        for flow in step.flows {
            take(flow)
            compare(flow, until: step.state.counter)
        }
        if let reading = step.reading, isInside(reading.at) {
            explanation.rollup.merge(Rollup(reading: reading))
        }
        for remark in step.remarks where isInside(step.state.lastAt) {
            explanation.remarks.append(Explanation.Remark(at: step.state.lastAt, remark: remark))
        }
        mark(step.state.counter)
        state = step.state
    }

    /// Lists `correction`, if it touches the range.
    package mutating func take(_ correction: Correction) {
        guard correction.start < explanation.end, explanation.start < correction.end else { return }
        explanation.corrections.append(correction)
    }

    /// Whether no later step can say anything of the range any more.
    ///
    /// The first reading after a gap tells of the gap, and a counter that is slow tells of up to an hour.
    package var isSettled: Bool {
        guard let state, state.lastAt >= explanation.end else { return false }
        return isSettled(state.lastPower, in: state) && isSettled(state.counter)
    }

    /// The explanation; no reading could have been made after `now` yet.
    package func explanation(until now: UnixTime) -> Explanation {
        var complete = explanation
        let end = min(now, complete.end)
        if end - explainedUntil > maximumGap {
            complete.gaps.append(Explanation.Gap(start: explainedUntil, end: end, energy: nil))
        }
        return complete
    }
}

extension Explainer {
    private func isInside(_ time: UnixTime) -> Bool {
        explanation.start <= time && time < explanation.end
    }

    private mutating func take(_ flow: EnergyFlow) {
        let from = max(flow.start, explanation.start)
        let to = min(flow.end, explanation.end)
        guard from < to else { return }
        explanation.rollup.merge(flow.rollup(from: from, to: to))
        let known = max(from, flow.knownFrom)
        guard known < to else { return }
        listGap(until: known)
        if flow.method == .interpolated {
            let energy = flow.energy(until: to) - flow.energy(until: known)
            explanation.gaps.append(Explanation.Gap(start: known, end: to, energy: energy))
        }
        explainedUntil = max(explainedUntil, to)
    }

    /// Lists the time until `time` as unknown; not the moments before the first reading.
    private mutating func listGap(until time: UnixTime) {
        guard explainedUntil < time else { return }
        let isFirst = explainedUntil == explanation.start
        guard !isFirst || time - explainedUntil > maximumGap else { return }
        explanation.gaps.append(Explanation.Gap(start: explainedUntil, end: time, energy: nil))
    }

    /// Takes `flow` into the comparison of counter and power, if both are known at both of its ends and it lies inside.
    private mutating func compare(_ flow: EnergyFlow, until after: CounterState?) {
        guard flow.method == .counted, flow.isShaped, let after, let before = state?.counter,
            before.at == flow.start, flow.start >= explanation.start, flow.end <= explanation.end
        else { return }
        let rise = after.shownInEpoch - before.shownInEpoch
        explanation.comparedCounted += rise * Ledger.perMilliwattHour
        explanation.comparedIntegral += flow.powerIntegral(until: flow.end)
    }

    private mutating func mark(_ counter: CounterState?) {
        guard let counter else { return }
        let mark = Explanation.CounterMark(at: counter.at, value: counter.value)
        let isBefore = counter.at <= explanation.start
        if isBefore || (explanation.opening == nil && counter.at < explanation.end) {
            explanation.opening = mark
        }
        if counter.at <= explanation.end { explanation.closing = mark }
    }

    private func isSettled(_ power: PowerExtreme?, in state: MeterState) -> Bool {
        guard let power else { return true }
        return max(power.at, state.enteredUntil) >= explanation.end || state.lastAt - power.at > maximumGap
    }

    private func isSettled(_ counter: CounterState?) -> Bool {
        guard let counter else { return true }
        return counter.mayCountSince >= explanation.end
    }
}

extension CounterState {
    /// What it has shown since its epoch began, in thousandths of a watt-hour.
    fileprivate var shownInEpoch: Int64 { value.thousandths - epochStart.thousandths }
}
