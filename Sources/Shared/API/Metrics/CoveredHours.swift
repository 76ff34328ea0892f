internal import Basics
internal import Energy
internal import Storage

/// How much of the last whole hours is covered by readings of each PDU.
struct CoveredHours {
    /// The last 24 whole hours, oldest first, and what is known of whole units in each.
    private let hours: [(bucket: Bucket, rollups: [Int64: Rollup])]

    /// Those before the hour of `moment`'s newest run, or of `moment` where runs have stopped, of `units`.
    init(
        of units: [Inventory.Unit],
        at moment: Moment,
        from history: any HistoryQueries,
        _ site: Site
    ) throws {
        // The hour of the newest run is not whole, and all before it are entered to their ends. Where runs have stopped, none
        // of the hours since is covered.
        let end = min(moment.expectedUntil, moment.now)
        let buckets = site.calendar.buckets(.hour, count: 25, endingWith: end).dropLast()
        let rollups = try history.rollups(of: units.map(\.status.pdu.id), in: Array(buckets))
        hours = Array(zip(buckets, rollups)).map { (bucket: $0.0, rollups: $0.1) }
    }

    /// Of the last `count` hours, as far as `pdu` was known by then; nil where it was not.
    func ratio(of pdu: PDURecord, hours count: Int) -> Double? {
        var (covered, whole) = (Int64(0), Int64(0))
        for (bucket, rollups) in hours.suffix(count) where bucket.end > pdu.createdAt {
            covered += rollups[pdu.id]?.coveredSeconds ?? 0
            whole += bucket.end - max(bucket.start, pdu.createdAt)
        }
        return whole > 0 ? min(1, Double(covered) / Double(whole)) : nil
    }
}
