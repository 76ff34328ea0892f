// What stands behind the numbers: elements, what happened to them, what people corrected.

package import Basics
package import Metering
import SQLite

enum AccountsSQL: String, StatementList {
    case element = """
        SELECT pdu.id, pdu.name, pdu.address, pdu.created_at, pdu.is_configured, pdu.profile, pdu.vendor,
            pdu.model, pdu.serial, pdu.firmware, pdu.device_name,
            (SELECT ip_address FROM pdus WHERE pdus.id = pdu.id), pdu.host_id, pdu.unit_number, element.id,
            element.kind, element.number, version.name, version.energy_resolution_milliwatt_hours
        FROM element
        CROSS JOIN pdu ON pdu.id = element.pdu_id
        LEFT JOIN element_version AS version
            ON version.element_id = element.id
            AND version.valid_from =
                (SELECT max(valid_from) FROM element_version WHERE element_id = element.id)
        WHERE element.id = $1
        """
    case elementID = "SELECT id FROM element WHERE pdu_id = $1 AND kind = $2 AND number = $3"
}

extension HistoryReader {
    package func element(_ element: Element, of pduID: Int64) throws -> ElementRecord? {
        try query { database in
            let id = try database.statement(AccountsSQL.elementID).first(
                .int(pduID),
                .text(element.kind.rawValue),
                .int(Int64(element.number))
            ) { row in row.int(0) }
            return try id.flatMap { try self.element(id: $0) }
        }
    }

    package func element(id: Int64) throws -> ElementRecord? {
        try query { database in
            try database.statement(AccountsSQL.element).first(.int(id)) { row in ElementRecord(row) } ?? nil
        }
    }

    package func corrections(
        of elementID: Int64?,
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [CorrectionRecord] {
        try query { database in
            try database.statement(CorrectionSQL.all).all(.time(end), .time(start)) { row in
                CorrectionRecord(row)
            }.filter { elementID == nil || $0.elementID == elementID }
        }
    }

    package func events(
        of pduID: Int64?,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
    ) throws -> [EventRecord] {
        let range: [SQLValue] = [.time(start), .time(end), .int(Int64(limit))]
        return try query { database in
            guard let pduID else {
                return try database.statement(EventSQL.all).all(range) { row in EventRecord(row) }
            }
            return try database.statement(EventSQL.ofPDU).all([.int(pduID)] + range) { row in EventRecord(row)
            }
        }
    }

    package func events(
        ofElement elementID: Int64,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
    ) throws -> [EventRecord] {
        let values: [SQLValue] = [.int(elementID), .time(start), .time(end), .int(Int64(limit))]
        return try query { database in
            try database.statement(EventSQL.ofElement).all(values) { row in EventRecord(row) }
        }
    }
}

extension ElementRecord {
    /// The record in a row: its PDU's fourteen columns, and its own five; nil for a kind that this program does not know.
    fileprivate init?(_ row: borrowing Row) {
        guard let kind = ElementKind(rawValue: row.text(15)) else { return nil }
        self.init(
            id: row.int(14),
            pdu: PDURecord(row),
            element: Element(kind, Int(row.int(16))),
            name: row.optionalText(17),
            energyResolution: row.optionalFixed(18)
        )
    }
}

extension EventRecord {
    /// The record in a row of six columns.
    fileprivate init(_ row: borrowing Row) {
        self.init(
            id: row.int(0),
            at: row.time(1),
            pduID: row.optionalInt(2),
            elementID: row.optionalInt(3),
            kind: row.text(4),
            detail: row.text(5)
        )
    }
}
