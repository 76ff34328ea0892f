internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// The energy of one element in a range of time, with all that says why it is that.
struct ElementAccount {
    /// The most events that are listed; the newest, when there are more.
    static let mostEvents = 100

    let element: ElementRecord
    let range: TimeRange
    let explanation: Explanation
    /// Every correction that touches the range, by id, with those that were undone.
    let corrections: [CorrectionRecord]
    /// What happened to its PDU in the range, newest first.
    let events: [EventRecord]
    let energy: EnergyParts
    let coverage: Coverage

    /// The account of `element` in `range`, of which the time before `until` has passed.
    init(
        of element: ElementRecord,
        in range: TimeRange,
        until: UnixTime,
        from history: any HistoryQueries
    ) throws {
        self.element = element
        self.range = range
        explanation = try history.explanation(of: element.id, from: range.start, to: range.end)
        corrections = try history.corrections(of: element.id, from: range.start, to: range.end)
        events = try history.events(
            of: element.pdu.id,
            from: range.start,
            to: range.end,
            limit: ElementAccount.mostEvents
        )
        energy = EnergyParts([explanation.rollup.energy])
        let rollups = explanation.rollup == Rollup() ? [:] : [element.id: explanation.rollup]
        coverage = Coverage(of: [SumMember(element)], rollups: rollups, in: range, until: until)
    }

    /// How far power integrates above the counter, in per cent to the thousandth; absent when that cannot be told.
    var drift: FixedPoint? {
        explanation.driftPercent(step: element.energyResolution).flatMap { FixedPoint($0) }
    }
}
