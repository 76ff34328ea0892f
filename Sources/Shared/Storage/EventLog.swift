// What happened, for people to read: one row when something changes, none while it stays.

import Basics
import Energy
import Metering
import SQLite

enum EventSQL: String, StatementList {
    case insert = "INSERT INTO event (at, pdu_id, element_id, kind, detail) VALUES ($1, $2, $3, $4, $5)"
    case all = """
        SELECT id, at, pdu_id, element_id, kind, detail
        FROM event
        WHERE at >= $1 AND at < $2
        ORDER BY at DESC, id DESC
        LIMIT $3
        """
    case ofPDU = """
        SELECT id, at, pdu_id, element_id, kind, detail
        FROM event
        WHERE pdu_id = $1 AND at >= $2 AND at < $3
        ORDER BY at DESC, id DESC
        LIMIT $4
        """
    case ofElement = """
        SELECT id, at, pdu_id, element_id, kind, detail
        FROM event
        WHERE element_id = $1 AND at >= $2 AND at < $3
        ORDER BY at DESC, id DESC
        LIMIT $4
        """
}

/// What happened to whom.
struct Happening {
    /// A word for programs.
    var kind: String
    /// A sentence for people, with its numbers and units.
    var detail: String
    var pdu: Int64?
    var element: Int64?

    /// Enters it into `database`, as of `time`.
    func note(at time: UnixTime, in database: Connection) throws {
        try database.statement(EventSQL.insert)
            .run(.time(time), .int(pdu), .int(element), .text(kind), .text(detail))
    }
}

extension Happening {
    /// The ledger's `remark` on a reading of `element`; nil for what is noted of the whole PDU.
    init?(_ remark: LedgerRemark, pdu: Int64, element: Int64) {
        if case .unitReplaced = remark { return nil }
        self.init(kind: remark.word, detail: remark.sentence, pdu: pdu, element: element)
    }

    /// What people see of a change of what a device says of `element`: it was switched, or has another name.
    ///
    /// An unknown state between two that are the same is no switching.
    static func changes(
        from before: ElementFacts,
        to after: ElementFacts,
        pdu: Int64,
        element: Int64
    ) -> [Happening] {
        var changes: [Happening] = []
        switch (before.state, after.state) {
        case (.off, .on):
            changes.append(
                Happening(kind: "switched_on", detail: "It was switched on.", pdu: pdu, element: element)
            )
        case (.on, .off):
            changes.append(
                Happening(kind: "switched_off", detail: "It was switched off.", pdu: pdu, element: element)
            )
        default: break
        }
        if let old = before.name, let new = after.name, old != new {
            let detail = "Its name is now \"\(new)\"; it was \"\(old)\"."
            changes.append(Happening(kind: "renamed", detail: detail, pdu: pdu, element: element))
        }
        return changes
    }

    /// Another unit took the place of the one with the serial number `before`.
    static func unitReplaced(_ pdu: Int64, before: String, by serial: String) -> Happening {
        let remark = LedgerRemark.unitReplaced(from: before, to: serial)
        return Happening(kind: remark.word, detail: remark.sentence, pdu: pdu)
    }

    /// The agent of `pdu`, or of none that has been read yet, began to count its time anew.
    static func restarted(_ pdu: Int64?, boots: Int64, before: Int64) -> Happening {
        let detail =
            "Its SNMP agent has started again: \(boots) times so far, \(before) when it was last read."
        return Happening(kind: "restarted", detail: detail, pdu: pdu)
    }

    /// `pdu` could be read until now.
    static func unreachable(_ pdu: Int64, _ reason: FailureReason, _ text: String) -> Happening {
        Happening(kind: "unreachable", detail: "It could not be read (\(reason.rawValue)): \(text)", pdu: pdu)
    }

    /// `pdu` could not be read since a minute after `last`.
    static func reachable(_ pdu: Int64, since last: UnixTime, at time: UnixTime) -> Happening {
        let minutes = (time - last) / 60
        let detail = "It is read again, \(minutes) min after the last time."
        return Happening(kind: "reachable", detail: detail, pdu: pdu)
    }
}
