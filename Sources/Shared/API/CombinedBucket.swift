// What several PDUs, or elements of them, did together in one bucket. Energy adds; the mean is the sum of each one's mean; the
// highest and lowest are of same-minute sums, which only the store can know, and come from there.

internal import Basics
internal import Energy
internal import Storage

/// Some elements' rollups of one bucket, combined.
struct CombinedBucket {
    let bucket: Bucket
    /// All energy that is known, in millionths of a kWh; absent when none is.
    let energy: Int64?
    /// How the energy is known: `counted`, `integrated`, `interpolated`, `corrected` or `mixed`; absent with the
    /// energy.
    let method: String?
    /// The sum of the mean powers in watts; absent when none is known.
    let mean: FixedPoint?
    /// The highest and the lowest power, or same-minute sum of power; absent when none is known.
    let extremes: SumExtremes?
    let coverage: Coverage

    /// What `rollups`, by element id, make together for `members`.
    init(
        _ bucket: Bucket,
        of members: [SumMember],
        rollups: [Int64: Rollup],
        extremes: SumExtremes?,
        until: UnixTime
    ) {
        self.bucket = bucket
        self.extremes = extremes
        let known = members.compactMap { rollups[$0.id] }
        let parts = EnergyParts(known.map(\.energy))
        energy = parts.total
        method = parts.method
        let means = known.compactMap(\.meanWatts)
        mean = means.isEmpty ? nil : FixedPoint(means.reduce(0, +))
        coverage = Coverage(of: members, rollups: rollups, in: TimeRange(bucket), until: until)
    }
}

/// How much of the time of a bucket is known, over all members together.
struct Coverage {
    /// Seconds in which power is known; of all members added up, as are the next two.
    private var coveredSeconds: Int64 = 0
    /// Seconds in which only the energy is known, from the counter.
    private var interpolatedSeconds: Int64 = 0
    /// Seconds in which something could be known.
    private var expectedSeconds: Int64 = 0
    /// The ids of the members of which something is known.
    private var covered: Set<Int64> = []
    /// The ids of the members of which something could be known.
    private var expected: Set<Int64> = []

    /// Nothing known, nothing expected.
    init() {}

    /// The coverage of `range`, of which the time before `until` has passed, by the rollups of `members`.
    ///
    /// A member counts where it has data, and where its PDU was configured; not before it was first there, and not
    /// after it was taken out.
    init(of members: [SumMember], rollups: [Int64: Rollup], in range: TimeRange, until: UnixTime) {
        let elapsed = max(0, min(until, range.end) - range.start)
        for member in members {
            let rollup = rollups[member.id]
            guard rollup != nil || (member.isConfigured && member.createdAt < range.end) else { continue }
            expected.insert(member.id)
            expectedSeconds += elapsed
            guard let rollup else { continue }
            covered.insert(member.id)
            // Never more than there is, whatever the file says.
            let seconds = min(max(0, rollup.coveredSeconds), range.seconds)
            coveredSeconds += seconds
            interpolatedSeconds += min(max(0, rollup.interpolatedSeconds), range.seconds - seconds)
        }
    }

    /// How many members something is known of.
    var membersCovered: Int { covered.count }

    /// Of how many members something could be known.
    var membersTotal: Int { expected.count }

    /// The share of the elapsed time in which energy is known, 0...1 in thousandths; absent while no time has
    /// passed.
    var share: FixedPoint? {
        guard expectedSeconds > 0 else { return nil }
        let known = min(coveredSeconds + interpolatedSeconds, expectedSeconds)
        return FixedPoint(thousandths: known * 1000 / expectedSeconds)
    }

    /// Seconds in which power is known, of the average member.
    var coveredPerMember: Int64 { coveredSeconds / Int64(max(1, membersTotal)) }

    /// Seconds in which only the energy is known, of the average member.
    var interpolatedPerMember: Int64 { interpolatedSeconds / Int64(max(1, membersTotal)) }

    /// Adds another bucket's.
    mutating func add(_ other: Coverage) {
        coveredSeconds += other.coveredSeconds
        interpolatedSeconds += other.interpolatedSeconds
        expectedSeconds += other.expectedSeconds
        covered.formUnion(other.covered)
        expected.formUnion(other.expected)
    }
}
