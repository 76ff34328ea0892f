internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// The energy of several elements together in a range of time, with the share of each.
struct SumAccount {
    /// One element's part.
    struct Member {
        let element: ElementRecord
        /// What is known of it; absent when nothing is.
        let rollup: Rollup?
        /// Millionths of a kWh; those of all members add up to the total exactly.
        ///
        /// Absent when none is known.
        let energy: Int64?
        let coverage: Coverage
    }

    let range: TimeRange
    /// Every element of the selection, by id; of the whole site, every PDU that has ever been configured.
    let members: [Member]
    let energy: EnergyParts
    let coverage: Coverage
    /// Every correction of a member that touches the range, by id, with those that were undone.
    let corrections: [CorrectionRecord]
    /// What happened to the members' PDUs in the range, newest first.
    let events: [EventRecord]

    /// The account of what `selection` means in `range`, of which the time before `until` has passed.
    ///
    /// Throws what `Selection` and the history throw.
    init(of selection: Selection, in range: TimeRange, until: UnixTime, _ context: Context) throws {
        self.range = range
        let selected = try selection.resolved(in: context)
        let elements = selected.elements
        let rollups = try RangeAccounts.rollups(of: elements.map(\.id), in: range, context)
        energy = EnergyParts(rollups.values.map(\.energy))
        coverage = Coverage(of: selected.members, rollups: rollups, in: range, until: until)
        members = SumAccount.members(
            elements,
            isKnown: energy.total != nil,
            rollups: rollups,
            in: range,
            until: until
        )
        let ids = Set(elements.map(\.id))
        corrections = try context.history.corrections(of: nil, from: range.start, to: range.end)
            .filter { ids.contains($0.elementID) }
        events = try SumAccount.events(of: selected, in: range, from: context.history)
    }

    /// The newest that happened to the PDUs of `selected`.
    private static func events(
        of selected: SelectedMembers,
        in range: TimeRange,
        from history: any HistoryQueries
    ) throws -> [EventRecord] {
        let most = ElementAccount.mostEvents
        guard !selected.isEveryPDU else {
            return try history.events(of: nil, from: range.start, to: range.end, limit: most)
        }
        let all = try selected.pduIDs.flatMap { id in
            try history.events(of: id, from: range.start, to: range.end, limit: most)
        }
        return Array(all.sorted { ($0.at, $0.id) > ($1.at, $1.id) }.prefix(most))
    }

    /// The members, with the rounding of their energies spread so that these add up to the total;
    /// they have none where the total is beyond all numbers.
    private static func members(
        _ elements: [ElementRecord],
        isKnown: Bool,
        rollups: [Int64: Rollup],
        in range: TimeRange,
        until: UnixTime
    ) -> [Member] {
        var exact: Int64 = 0
        return elements.map { element in
            let rollup = rollups[element.id]
            let before = EnergyParts.millionths(exact)
            let known = isKnown ? rollup?.energy.total : nil
            exact += known ?? 0
            let energy = known.map { _ in EnergyParts.millionths(exact) - before }
            let coverage = Coverage(of: [SumMember(element)], rollups: rollups, in: range, until: until)
            return Member(element: element, rollup: rollup, energy: energy, coverage: coverage)
        }
    }

    /// What the members are: `1 PDU`, `3 outlets`; `5 members` where they are of several kinds.
    var who: String {
        let kinds = Set(members.map(\.element.element.kind))
        let noun =
            switch kinds.first {
            case .pdu? where kinds.count == 1: "PDU"
            case nil: "PDU"
            case let kind? where kinds.count == 1: kind.rawValue
            default: "member"
            }
        return AccountWords.counted(Int64(members.count), noun)
    }
}

extension Rollup {
    /// Whether a thousand of it can be added up; one of a damaged file may hold any number.
    var isSane: Bool {
        let numbers: [Int64] = [
            readings, powerSum, coveredSeconds, powerIntegral, interpolatedSeconds, energy.counted ?? 0,
            energy.integrated ?? 0, energy.interpolated ?? 0, energy.corrected ?? 0,
        ]
        return numbers.allSatisfy { $0.magnitude < UInt64(Int64.max) >> 10 }
    }
}
