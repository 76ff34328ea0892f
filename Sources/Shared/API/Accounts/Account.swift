package import Basics
package import Energy
package import Storage

/// An account of energy, ready to be read: what `GET /api/explain` answers and `pductl explain` says.
package struct Account {
    /// The account in plain English, the most important sentence first.
    package let sentences: [String]
    /// The energy to the watt-hour, such as `24.613 kWh`; absent when it is not known.
    package let energy: String?
    /// The answer of the interface, as JSON.
    package var body: [UInt8] { answer.enveloped }
    /// The same before it is in an envelope.
    let answer: Answer

    /// The account of `element`, or without one of all PDUs together, in `range`, as it is at `now`.
    ///
    /// Throws what `history` throws.
    package init(
        of element: ElementRecord?,
        in range: TimeRange,
        at now: UnixTime,
        site: Site,
        from history: any HistoryQueries
    ) throws {
        let moment = Moment(now, newestRun: try history.newestRun(), configured: site.pollInterval)
        let context = Context(site: site, history: history, moment: moment)
        if let element {
            try self.init(of: element, in: range, context)
        } else {
            try self.init(of: .everyPDU, in: range, context)
        }
    }

    /// The account of one element.
    init(of element: ElementRecord, in range: TimeRange, _ context: Context) throws {
        let site = context.site
        let until = context.moment.expectedUntil
        let account = try ElementAccount(of: element, in: range, until: until, from: context.history)
        sentences = account.sentences(in: site.calendar)
        energy = account.energy.total.map(AccountWords.energy)
        answer = Answer { account.write(in: site, into: &$0) }
    }

    /// The account of what `selection` means, together.
    init(of selection: Selection, in range: TimeRange, _ context: Context) throws {
        let site = context.site
        let account = try SumAccount(of: selection, in: range, until: context.moment.expectedUntil, context)
        sentences = account.sentences(in: site.calendar)
        energy = account.energy.total.map(AccountWords.energy)
        answer = Answer { account.write(in: site, into: &$0) }
    }

    /// What `correction` does, in a few words: `exclude`, or `set 1.500 kWh`.
    package static func action(of correction: Correction) -> String {
        correction.energy.map { "set \(AccountWords.energy(EnergyParts.millionths($0)))" } ?? "exclude"
    }
}
