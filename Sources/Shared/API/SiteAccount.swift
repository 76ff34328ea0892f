internal import Basics
internal import Energy
internal import Storage

/// The energy of all PDUs together in a range of time, with the share of each.
struct SiteAccount {
    /// One PDU's part.
    struct Member {
        let pdu: PDURecord
        /// What is known of it; absent when nothing is.
        let rollup: Rollup?
        /// Millionths of a kWh; those of all members add up to the total exactly.
        ///
        /// Absent when none is known.
        let energy: Int64?
        let coverage: Coverage
    }

    let range: TimeRange
    /// Every PDU that has ever been configured, by id.
    let members: [Member]
    let energy: EnergyParts
    let coverage: Coverage
    /// Every correction of a whole unit that touches the range, by id, with those that were undone.
    let corrections: [CorrectionRecord]
    /// What happened in the range, newest first.
    let events: [EventRecord]

    /// The account of all PDUs in `range`, of which the time before `until` has passed.
    init(
        in range: TimeRange,
        of calendar: SiteCalendar,
        until: UnixTime,
        from history: any HistoryQueries
    ) throws {
        self.range = range
        let pdus = try history.pdus()
        let rollups = try SiteAccount.rollups(of: pdus.map(\.id), in: range, of: calendar, from: history)
        energy = EnergyParts(rollups.values.map(\.energy))
        coverage = Coverage(of: pdus.map(SumMember.init), rollups: rollups, in: range, until: until)
        members = SiteAccount.members(
            pdus,
            isKnown: energy.total != nil,
            rollups: rollups,
            in: range,
            until: until
        )
        let ids = Set(pdus.map(\.id))
        corrections = try history.corrections(of: nil, from: range.start, to: range.end)
            .filter { ids.contains($0.elementID) }
        events = try history.events(
            of: nil,
            from: range.start,
            to: range.end,
            limit: ElementAccount.mostEvents
        )
    }

    /// The rollup of `range` of each PDU of which something is known: merged rollups, and the ledger's account of
    /// the parts of an hour at both ends.
    private static func rollups(
        of ids: [Int64],
        in range: TimeRange,
        of calendar: SiteCalendar,
        from history: any HistoryQueries
    ) throws -> [Int64: Rollup] {
        let cover = RangeCover(range, in: calendar)
        var rollups: [Int64: Rollup] = [:]
        for buckets in cover.buckets.values {
            for found in try history.rollups(of: ids, in: buckets) {
                rollups.merge(found.filter(\.value.isSane)) { known, more in known.merged(with: more) }
            }
        }
        for piece in cover.pieces {
            for id in ids {
                let rollup = try history.explanation(of: id, from: piece.start, to: piece.end).rollup
                guard rollup != Rollup(), rollup.isSane else { continue }
                rollups[id] = rollups[id]?.merged(with: rollup) ?? rollup
            }
        }
        return rollups
    }

    /// The members, with the rounding of their energies spread so that these add up to the total;
    /// they have none where the total is beyond all numbers.
    private static func members(
        _ pdus: [PDURecord],
        isKnown: Bool,
        rollups: [Int64: Rollup],
        in range: TimeRange,
        until: UnixTime
    ) -> [Member] {
        var exact: Int64 = 0
        return pdus.map { pdu in
            let rollup = rollups[pdu.id]
            let before = EnergyParts.millionths(exact)
            let known = isKnown ? rollup?.energy.total : nil
            exact += known ?? 0
            let energy = known.map { _ in EnergyParts.millionths(exact) - before }
            let coverage = Coverage(of: [SumMember(pdu)], rollups: rollups, in: range, until: until)
            return Member(pdu: pdu, rollup: rollup, energy: energy, coverage: coverage)
        }
    }
}

extension Rollup {
    /// This and `other`, of another part of the range.
    fileprivate func merged(with other: Rollup) -> Rollup {
        var merged = self
        merged.merge(other)
        return merged
    }

    /// Whether a thousand of it can be added up; one of a damaged file may hold any number.
    var isSane: Bool {
        let numbers: [Int64] = [
            readings, powerSum, coveredSeconds, powerIntegral, interpolatedSeconds, energy.counted ?? 0,
            energy.integrated ?? 0, energy.interpolated ?? 0, energy.corrected ?? 0,
        ]
        return numbers.allSatisfy { $0.magnitude < UInt64(Int64.max) >> 10 }
    }
}
