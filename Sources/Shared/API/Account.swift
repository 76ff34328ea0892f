package import Basics
package import Energy
package import Storage

/// An account of energy, ready to be read: what `GET /api/explain` answers and `pductl explain` says.
package struct Account: Sendable {
    /// The account in plain English, the most important sentence first.
    package let sentences: [String]
    /// The energy to the watt-hour, such as `24.613 kWh`; absent when it is not known.
    package let energy: String?
    /// The answer of the interface, as JSON.
    package let body: [UInt8]

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
        try self.init(of: element, in: range, Context(site: site, history: history, moment: moment))
    }

    init(of element: ElementRecord?, in range: TimeRange, _ context: Context) throws {
        let answer: Answer
        (sentences, energy, answer) = try Account.parts(of: element, in: range, context)
        body = answer.enveloped
    }

    /// What the interface answers about `element`, or without one about all PDUs together, in `range`.
    static func answer(of element: ElementRecord?, in range: TimeRange, _ context: Context) throws -> Answer {
        try parts(of: element, in: range, context).answer
    }

    private static func parts(
        of element: ElementRecord?,
        in range: TimeRange,
        _ context: Context
    ) throws -> (sentences: [String], energy: String?, answer: Answer) {
        let (site, history) = (context.site, context.history)
        let until = context.moment.expectedUntil
        guard let element else {
            let account = try SiteAccount(in: range, of: site.calendar, until: until, from: history)
            return (
                account.sentences(in: site.calendar), account.energy.total.map(AccountWords.energy),
                Answer { account.write(in: site, into: &$0) }
            )
        }
        let account = try ElementAccount(of: element, in: range, until: until, from: history)
        return (
            account.sentences(in: site.calendar), account.energy.total.map(AccountWords.energy),
            Answer { account.write(in: site, into: &$0) }
        )
    }

    /// What `correction` does, in a few words: `exclude`, or `set 1.500 kWh`.
    package static func action(of correction: Correction) -> String {
        correction.energy.map { "set \(AccountWords.energy(EnergyParts.millionths($0)))" } ?? "exclude"
    }
}
