// The rules that runs followed, kept when a rule changes: what a rebuild needs of runs long forgotten.

import Basics
import Energy
import SQLite

enum PollRuleSQL: String, StatementList {
    case all = """
        SELECT valid_from, interval_seconds, maximum_gap_seconds FROM poll_rule ORDER BY valid_from
        """
    case newest = """
        SELECT interval_seconds, maximum_gap_seconds FROM poll_rule ORDER BY valid_from DESC LIMIT 1
        """
    case save = """
        INSERT INTO poll_rule (valid_from, interval_seconds, maximum_gap_seconds) VALUES ($1, $2, $3)
        ON CONFLICT (valid_from) DO UPDATE SET interval_seconds = excluded.interval_seconds,
            maximum_gap_seconds = excluded.maximum_gap_seconds
        """
}

/// What runs follow until it changes.
struct PollRule: Hashable {
    /// Seconds between runs.
    var interval: Int64
    /// The ledger's rule.
    var policy: LedgerPolicy

    /// Keeps it as that of runs from `minute` on, where it is not that of the runs before already.
    func keep(from minute: UnixTime, in database: Connection) throws {
        let newest = try database.statement(PollRuleSQL.newest).first { row in
            PollRule(interval: row.int(0), policy: LedgerPolicy(maximumGap: row.int(1)))
        }
        guard newest != self else { return }
        try database.statement(PollRuleSQL.save)
            .run(.time(minute), .int(interval), .int(policy.maximumGap))
    }
}

/// The rules of all times, to be asked in the order of time.
struct PollRules {
    private var rules: ArraySlice<(validFrom: UnixTime, rule: PollRule)>

    /// The rules that `database` knows.
    init(_ database: Connection) throws {
        rules = try database.statement(PollRuleSQL.all).all { row in
            (row.time(0), PollRule(interval: row.int(1), policy: LedgerPolicy(maximumGap: row.int(2))))
        }[...]
    }

    /// The rule that the run of `time` followed; nil when no run has been stored.
    ///
    /// No call asks for a time before that of the last one.
    mutating func rule(at time: UnixTime) -> PollRule? {
        while let next = rules.dropFirst().first, next.validFrom <= time { rules.removeFirst() }
        return rules.first?.rule
    }
}
