// Runs that could not be stored when they were made, entered later: in the order of time, and each once.
//
// What has been entered is decided by what is in the database alone. Between the commit and the moment when the spool
// lets go of its file the power may go; the run comes again then, and is known by its row in `run`. A second run of a
// minute has no row of its own, but as long as its minute is the newest one, entering it again changes nothing: the
// first reading of a minute stays. So nothing may follow it in its transaction.

import Basics
package import Energy
import SQLite

enum TakeUpSQL: String, StatementList {
    case isKnown = """
        SELECT count(*) FROM run WHERE minute = $1 AND started_at = $2 AND duration_milliseconds = $3
        """
}

/// A run that waits to be stored, with the rule that it is to be entered by.
package struct WaitingRun: Equatable, Sendable {
    package var run: PollRun
    /// The ledger's rule of its time.
    package var policy: LedgerPolicy

    /// `run`, to be entered by `policy`.
    package init(_ run: PollRun, policy: LedgerPolicy) {
        self.run = run
        self.policy = policy
    }
}

/// What became of a run that had waited.
package enum WaitingRunFate: Hashable, Sendable {
    /// It is in the database now.
    case entered
    /// It was already.
    case known
    /// It was not and cannot be: the database has later runs.
    case late
}

extension HistoryWriter {
    /// Stores what waited, `runs`, in the order of their minutes, in one transaction; answers what became of each.
    ///
    /// When two runs of one minute are to be stored, nothing may follow the second one in `runs`. Throws `StorageError`,
    /// and nothing is stored then.
    package func takeUp(_ runs: [WaitingRun]) throws -> (fates: [WaitingRunFate], stored: StoredRun) {
        try writing(now: runs.last?.run.startedAt ?? UnixTime(0)) { recorder in
            try runs.map { try recorder.takeUp($0) }
        }
    }
}

extension RunRecorder {
    /// Records `waiting`, unless it was recorded before.
    mutating func takeUp(_ waiting: WaitingRun) throws -> WaitingRunFate {
        let run = waiting.run
        let isKnown = try database.statement(TakeUpSQL.isKnown)
            .first(.time(run.minute), .time(run.startedAt), .int(run.durationMilliseconds)) { row in
                row.int(0) > 0
            }
        if isKnown == true { return .known }
        if let newest, run.minute < newest { return .late }
        try record(run, policy: waiting.policy)
        return .entered
    }
}
