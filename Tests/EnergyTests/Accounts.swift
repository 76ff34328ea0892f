import Basics
import Energy

/// The rollups that a series of samples makes, as a store would keep them.
struct Accounts {
    private(set) var rollups: [Bucket: Rollup] = [:]
    /// The energy entered by each sample, in thousandths of a watt-second.
    private(set) var entered: [Int64] = []
    private(set) var state: MeterState?
    private var buckets: BucketCursor
    private let policy = LedgerPolicy(maximumGap: 180)

    /// Enters `samples` one after the other.
    init(_ calendar: SiteCalendar, _ samples: [MeterSample]) {
        buckets = BucketCursor(calendar)
        for sample in samples { enter(sample) }
    }

    mutating func enter(_ sample: MeterSample) {
        let step = Ledger.record(sample, after: state, policy: policy, buckets: &buckets)
        state = step.state
        var energy: Int64 = 0
        for contribution in step.contributions {
            rollups[contribution.bucket, default: Rollup()].merge(contribution.rollup)
            if contribution.bucket.period == .hour { energy += contribution.rollup.energy.total ?? 0 }
        }
        entered.append(energy)
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

    func kilowattHours(_ period: Period) -> Double {
        Double(energy(period)) / 3.6e9
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
