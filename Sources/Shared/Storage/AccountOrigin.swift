// Where an account of one element can begin, so that it need not begin with the element's first reading.

import Basics
import Energy
import SQLite

enum OriginSQL: String, StatementList {
    case firstVersion = "SELECT min(valid_from) FROM element_version WHERE element_id = $1"
}

/// Where an account of one element begins, and what the ledger remembered there.
struct AccountOrigin {
    /// Every entry from then on is to be made.
    let start: UnixTime
    /// Absent at the element's beginning.
    let checkpoint: MeterStates.Checkpoint?

    /// The last place at or before `time` from which the account of `element` can be gone through; nil where there is
    /// none from which on every reading is kept.
    static func latest(
        of element: Int64,
        before time: UnixTime,
        in database: Connection
    ) throws -> AccountOrigin? {
        try latest(
            of: element,
            before: time,
            completeSince: ReadingHistory(database).completeSince(),
            Corrections(in: database, of: element...element),
            in: database
        )
    }

    /// The same, where it is known already since when every reading is at hand, and which `corrections` there are.
    static func latest(
        of element: Int64,
        before time: UnixTime,
        completeSince: UnixTime,
        _ corrections: Corrections,
        in database: Connection
    ) throws -> AccountOrigin? {
        let found = try MeterStates.checkpoint(of: element, before: time, in: database) { day in
            corrections.allowBeginning(at: day, of: element)
        }
        if let found {
            return found.day >= completeSince ? AccountOrigin(start: found.day, checkpoint: found) : nil
        }
        let first = try database.statement(OriginSQL.firstVersion).first(.int(element)) { row in
            row.optionalTime(0)
        }
        let beginning = corrections[element].reduce((first ?? nil) ?? UnixTime(.max)) { min($0, $1.start) }
        return beginning >= completeSince ? AccountOrigin(start: beginning, checkpoint: nil) : nil
    }
}
