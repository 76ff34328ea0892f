import Basics
import Energy

/// The rollups that a series of samples makes, as a store would keep them.
struct Accounts {
    private(set) var rollups: [Bucket: Rollup] = [:]
    /// The energy entered by each sample, in thousandths of a watt-second.
    private(set) var entered: [Int64] = []
    private(set) var state: MeterState?
    /// What was noticed, in order.
    private(set) var remarks: [LedgerRemark] = []
    /// Every step, with the state before it and the correction that made it.
    private(set) var steps: [(before: MeterState?, step: LedgerStep, correction: Correction?)] = []
    let policy = LedgerPolicy(maximumGap: 180)
    private var buckets: BucketCursor

    /// Enters `samples` one after the other.
    init(_ calendar: SiteCalendar, _ samples: [MeterSample]) {
        buckets = BucketCursor(calendar)
        for sample in samples { enter(sample) }
    }

    /// Enters `samples` one after the other, but for those that `corrections` exclude, and the corrections where they
    /// belong.
    init(_ calendar: SiteCalendar, _ samples: [MeterSample], corrections: [Correction]) {
        buckets = BucketCursor(calendar)
        var pending = corrections[...]
        for sample in samples where !corrections.contains(where: { $0.excludes(sample.at) }) {
            while let next = pending.first, next.end <= sample.at {
                enter(next)
                pending.removeFirst()
            }
            enter(sample)
        }
        for correction in pending { enter(correction) }
    }

    mutating func enter(_ sample: MeterSample) {
        take(Ledger.record(sample, after: state, policy: policy, buckets: &buckets), nil)
    }

    mutating func enter(_ correction: Correction) {
        if let step = Ledger.enter(correction, after: state, policy: policy, buckets: &buckets) {
            take(step, correction)
        }
    }

    private mutating func take(_ step: LedgerStep, _ correction: Correction?) {
        steps.append((before: state, step: step, correction: correction))
        state = step.state
        var energy: Int64 = 0
        for contribution in step.contributions {
            for period in Period.allCases {
                let bucket = buckets.bucket(period, containing: contribution.bucket.start)
                rollups[bucket, default: Rollup()].merge(contribution.rollup)
            }
            energy += contribution.rollup.energy.total ?? 0
        }
        entered.append(energy)
        remarks += step.remarks
    }

    /// The rollups of `period`, oldest first.
    func all(_ period: Period) -> [(bucket: Bucket, rollup: Rollup)] {
        rollups.filter { $0.key.period == period }.sorted { $0.key.start < $1.key.start }
            .map { (bucket: $0.key, rollup: $0.value) }
    }

    /// All energy in the rollups of `period`, in thousandths of a watt-second.
    func energy(_ period: Period) -> Int64 {
        all(period).reduce(0) { $0 + ($1.rollup.energy.total ?? 0) }
    }

    /// All energy in the rollups of `period`.
    func kilowattHours(_ period: Period) -> Double {
        Double(energy(period)) / 3.6e9
    }

    /// The words of what was noticed, in order.
    var words: [String] { remarks.map(\.word) }

    /// Why the energy from `start` to `end` is what it is, entered again from the last step that leaves a state of up
    /// to `lead` seconds before it, until nothing more can be said of it.
    func explanation(
        from start: UnixTime,
        to end: UnixTime,
        lead: Int64 = 0,
        until now: UnixTime? = nil
    ) -> Explanation {
        let first =
            steps.firstIndex {
                max($0.step.state.lastAt, $0.step.state.enteredUntil) >= start - lead
            } ?? steps.endIndex
        let before = first < steps.endIndex ? steps[first].before : state
        var explainer = Explainer(from: start, to: end, after: before)
        for (_, step, correction) in steps[first...] where !explainer.isSettled {
            if let correction { explainer.take(correction) }
            explainer.take(step, policy: policy)
        }
        return explainer.explanation(until: now ?? end)
    }
}

/// A sample of `watts` at `seconds` after `start`, with the counter at `wattHours`.
func sample(
    _ start: UnixTime,
    _ seconds: Int64,
    watts: Int?,
    wattHours: Int? = nil,
    step: Int = 100
) -> MeterSample {
    MeterSample(
        at: start + seconds,
        power: watts.map { FixedPoint($0) },
        counter: wattHours.map { FixedPoint($0) },
        counterResolution: wattHours.map { _ in FixedPoint(step) }
    )
}

/// Thousandths of a watt-second in a watt-hour.
let perWattHour: Int64 = 3_600_000
