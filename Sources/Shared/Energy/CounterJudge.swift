// What a reading of an energy counter means: whether its epoch goes on, whether another has begun, or whether it says
// nothing for now. A counter falls when it is reset or begins again after its maximum; a rise that its circuit cannot
// have drawn is withheld until it proves true.

import Basics

/// What a sample says of an element's counter.
enum CounterVerdict {
    /// Nothing: it was not shown, or is not believed.
    ///
    /// Power alone counts.
    case silent
    /// An epoch begins.
    case begins
    /// The epoch goes on: the energy since it began is what the counter has risen by.
    case goesOn
}

/// Judges one reading of a counter.
struct CounterJudge {
    private let sample: MeterSample
    private let bounds: Plausibility
    /// The time since energy was last entered: what power makes of it, in thousandths of a watt-second, and what can
    /// have flowed beside, in thousandths of a watt-hour.
    private let recent: (integral: Int64, open: Int64)
    /// The counter before the reading, as the verdict takes it: a roll-over moves the beginning of its epoch.
    private(set) var counter: CounterState?
    /// What was noticed.
    private(set) var remarks: [LedgerRemark] = []

    /// A judge of the counter of `sample`, which was read after `state` was left and power ran like `shape`.
    init(_ sample: MeterSample, after state: MeterState, bounds: Plausibility, shape: PowerShape?) {
        self.sample = sample
        self.bounds = bounds
        counter = state.counter
        let unknown = shape == nil ? sample.at - state.enteredUntil : 0
        recent = (integral: shape?.energy ?? 0, open: bounds.largestRise(in: unknown))
    }

    /// What the sample says.
    mutating func verdict() -> CounterVerdict {
        guard let shown = sample.tellingCounter else { return .silent }
        guard var counter else { return .begins }
        if let from = counter.unit, let to = sample.unit, from != to {
            return begin(.unitReplaced(from: from, to: to))
        }
        if let before = counter.since, let now = sample.counterSince, before != now {
            return begin(.counterReset(from: counter.value, to: shown))
        }
        guard let jump = counter.withheld else { return verdict(on: shown, counter) }
        if shown < jump.value {
            return comeBack(from: jump, counter, shown)
        }
        if sample.at - jump.at > LedgerPolicy.provingTime { return expire(jump, counter, shown) }
        guard isProven(jump, counter, shown) else { return .silent }
        remarks.append(.jumpConfirmed(from: counter.value, to: shown))
        counter.withheld = nil
        self.counter = counter
        return .goesOn
    }

    /// The verdict on a counter of which nothing is withheld, and whose unit and reset time are as before.
    private mutating func verdict(on shown: FixedPoint, _ counter: CounterState) -> CounterVerdict {
        if shown < counter.value {
            if rollOver(counter, to: shown) { return .goesOn }
            return begin(.counterReset(from: counter.value, to: shown))
        }
        let largest = bounds.largestRise(of: counter, by: sample.at)
        guard shown.thousandths - counter.value.thousandths > largest else { return .goesOn }
        remarks.append(
            .jumpWithheld(from: counter.value, to: shown, limit: FixedPoint(thousandths: largest))
        )
        self.counter?.withheld = WithheldJump(at: sample.at, value: shown, epochEnergy: counter.epochEnergy)
        return .silent
    }

    /// The verdict on a counter that comes back below what is withheld.
    ///
    /// It goes on from its old value, unless power made much more of the time since than it has risen by: then it was
    /// reset, and its old value was low as well.
    private mutating func comeBack(
        from jump: WithheldJump,
        _ before: CounterState,
        _ shown: FixedPoint
    ) -> CounterVerdict {
        var counter = before
        counter.withheld = nil
        self.counter = counter
        remarks.append(.jumpDismissed(from: before.value, to: jump.value))
        let rise = shown.thousandths - before.value.thousandths
        let doubt = bounds.largestRise(in: min(sample.at - jump.at, LedgerPolicy.longestPause))
        if rise >= 0, entered(since: jump, before) > 2 * rise + doubt {
            return begin(.counterReset(from: jump.value, to: shown))
        }
        return verdict(on: shown, counter)
    }

    /// What power has made of the time since `jump` was seen, in thousandths of a watt-hour.
    private func entered(since jump: WithheldJump, _ counter: CounterState) -> Int64 {
        (counter.epochEnergy - jump.epochEnergy + recent.integral) / Ledger.perMilliwattHour
    }

    /// Whether a counter that fell has passed its maximum; then its epoch goes on as if it had begun that much lower.
    ///
    /// It was near the maximum and is near 0, by less than its circuit can have drawn; where that is not known, much
    /// nearer.
    private mutating func rollOver(_ before: CounterState, to shown: FixedPoint) -> Bool {
        guard let maximum = sample.believedMaximum else { return false }
        let modulus = maximum.thousandths + bounds.step
        let rise = shown.thousandths + modulus - before.value.thousandths
        let nearby = modulus / (sample.powerLimit == nil ? 100 : 10)
        guard 0 <= rise, rise <= min(nearby, bounds.largestRise(of: before, by: sample.at)) else {
            return false
        }
        remarks.append(.counterRolledOver(from: before.value, to: shown))
        counter?.value.thousandths -= modulus
        counter?.epochStart.thousandths -= modulus
        counter?.comparison?.from.thousandths -= modulus
        return true
    }

    /// Whether what is withheld has proved true: the circuit can have drawn it by now, and power, where it is known,
    /// makes no less than half of it.
    private func isProven(_ jump: WithheldJump, _ counter: CounterState, _ shown: FixedPoint) -> Bool {
        let rise = shown.thousandths - counter.value.thousandths
        return rise <= bounds.largestRise(of: counter, by: sample.at)
            && rise <= 2 * entered(since: jump, counter) + recent.open
    }

    /// Gives up `jump`: the counter counts again from where it stood after it, if it has been plausible since.
    private mutating func expire(
        _ jump: WithheldJump,
        _ before: CounterState,
        _ shown: FixedPoint
    ) -> CounterVerdict {
        remarks.append(.jumpDismissed(from: before.value, to: jump.value))
        var counter = CounterState(
            at: jump.at,
            value: jump.value,
            since: before.since,
            epochStart: jump.value,
            epochEnergy: before.epochEnergy - jump.epochEnergy,
            unit: before.unit
        )
        counter.isScaleSuspect = before.isScaleSuspect
        self.counter = counter
        let rise = shown.thousandths - jump.value.thousandths
        return rise <= bounds.largestRise(of: counter, by: sample.at) ? .goesOn : .begins
    }

    /// Begins an epoch; what is withheld in the old one is never counted.
    private mutating func begin(_ remark: LedgerRemark) -> CounterVerdict {
        if let counter, let jump = counter.withheld {
            remarks.append(.jumpDismissed(from: counter.value, to: jump.value))
        }
        remarks.append(remark)
        if case .unitReplaced = remark { counter = nil }
        return .begins
    }
}
