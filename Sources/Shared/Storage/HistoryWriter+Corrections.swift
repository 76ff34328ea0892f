// What a person says was read wrongly, and taking that back. Readings stay untouched; the accounts are worked out
// again as if it had always been so.

package import Basics
package import Energy
import SQLite

extension HistoryWriter {
    /// Enters `correction` of the element with the id `elementID`, which `author` makes for `reason`, in one
    /// transaction: the element's rollups, those of all PDUs together, and what the ledger remembers are as if it had
    /// always held.
    ///
    /// Throws `StorageError`, and nothing is changed then: with the code `refused` for an unknown element, a range that
    /// is not all in the past, that touches another correction of the element or of which readings are missing, an
    /// energy that the element cannot have drawn, and without a reason or author.
    package func correct(
        _ correction: Correction,
        of elementID: Int64,
        reason: String,
        author: String,
        now: UnixTime
    ) throws -> CorrectionRecord {
        try changeAccounts {
            let (reason, author) = (try words(reason, "the reason"), try words(author, "the author"))
            let pdu = try pdu(ofElement: elementID)
            try check(correction, of: elementID)
            try database.statement(CorrectionSQL.insert).run(
                .int(elementID),
                .time(correction.start),
                .time(correction.end),
                .int(correction.energy),
                .text(reason),
                .text(author),
                .time(now)
            )
            let record = try record(database.lastInsertedID)
            try recompute(record)
            try Happening.corrected(record, pdu: pdu).note(at: now, in: database)
            return record
        }
    }

    /// Takes back the correction with the id `id`: everything becomes what it would be without, to the same bytes.
    ///
    /// Nothing is deleted: it stays in the list, with `author` and `now`. Throws `StorageError`, and nothing is changed
    /// then: with the code `refused` for an unknown correction, one that has been undone, and without an author.
    package func undoCorrection(_ id: Int64, by author: String, now: UnixTime) throws -> CorrectionRecord {
        try changeAccounts {
            let author = try words(author, "the author")
            let known = try record(id)
            guard known.undoneAt == nil else {
                throw refusal("correction \(id) was undone at \(known.undoneAt?.iso8601 ?? "") already")
            }
            try database.statement(CorrectionSQL.undo).run(.time(now), .text(author), .int(id))
            let record = try record(id)
            try recompute(record)
            try Happening.corrected(record, pdu: try pdu(ofElement: record.elementID))
                .note(at: now, in: database)
            return record
        }
    }

    private func changeAccounts(_ body: () throws -> CorrectionRecord) throws -> CorrectionRecord {
        if let zone = try outdatedZone() {
            let message =
                "the rollups are of \(zone), the configuration says \(calendar.zone): run pductl rebuild"
            throw StorageError(.zoneChanged, path: path, message)
        }
        return try withStorageErrors(on: path) {
            try database.transaction(.immediate) {
                let record = try body()
                try database.statement(RunSQL.countChange).run()
                return record
            }
        }
    }

    /// Works out again what `record`, made or undone just now, changes.
    private func recompute(_ record: CorrectionRecord) throws {
        let element = record.elementID
        let correction = record.correction
        guard let recount = try Recount(of: element, around: correction, in: database, calendar) else {
            throw refusal(
                """
                readings that the accounts from \(calendar.iso8601(correction.start)) on follow from are neither in \
                the database nor in its archive
                """
            )
        }
        try LastingCounters.keep(in: database) { try recount.run() }
    }

    private func record(_ id: Int64) throws -> CorrectionRecord {
        let found = try database.statement(CorrectionSQL.one).first(.int(id)) { row in CorrectionRecord(row) }
        guard let found else { throw refusal("there is no correction \(id)") }
        return found
    }

    private func pdu(ofElement element: Int64) throws -> Int64 {
        let found = try database.statement(CorrectionSQL.pdu).first(.int(element)) { row in row.int(0) }
        guard let found else { throw refusal("there is no element \(element)") }
        return found
    }

    /// Throws when `correction` cannot be made of `element`.
    private func check(_ correction: Correction, of element: Int64) throws {
        let (start, end) = (correction.start, correction.end)
        guard start < end else { throw refusal("the range ends before it begins") }
        guard start.seconds >= 0, end - start <= 366 * 86_400 else {
            throw refusal("a correction is of a year at the most, and not before 1970")
        }
        let newest = try database.statement(RunSQL.newest).first { row in row.optionalTime(0) } ?? nil
        guard let newest, end <= newest else {
            let limit =
                newest.map { "the newest run is of \(calendar.iso8601($0))" } ?? "there has been no run"
            throw refusal("only the past can be corrected, and \(limit)")
        }
        let others = try Corrections(in: database, of: element...element, from: start, until: end)[element]
        if let other = others.first {
            let range = "\(calendar.iso8601(other.start)) to \(calendar.iso8601(other.end))"
            throw refusal("the time from \(range) is corrected already: undo that first")
        }
        guard let energy = correction.energy else { return }
        guard energy >= 0 else { throw refusal("energy cannot be negative") }
        let limit =
            try database.statement(CorrectionSQL.limit)
            .first(.int(element)) { row in row.optionalFixed(0) } ?? nil
        guard LedgerPolicy.believes(FixedPoint(thousandths: energy / (end - start)), limit: limit) else {
            let most = limit.map { "its circuit carries \($0) W" } ?? "no rack PDU carries so much"
            throw refusal("that would be \(energy / (end - start) / 1000) W on average, and \(most)")
        }
    }

    /// `text` without blanks around it; throws when nothing is left, or no plain text.
    private func words(_ text: String, _ name: String) throws -> String {
        let blank: (Character) -> Bool = \.isWhitespace
        let trimmed = text.drop(while: blank).reversed().drop(while: blank).reversed()
        guard !trimmed.isEmpty else { throw refusal("\(name) is missing") }
        let isPlain = trimmed.allSatisfy { character in
            character.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        }
        guard trimmed.count <= 1000, isPlain else {
            throw refusal("\(name) must be one line of at most 1000 characters")
        }
        return String(trimmed)
    }

    private func refusal(_ message: String) -> StorageError {
        StorageError(.refused, path: path, message)
    }
}

extension Happening {
    /// What was said of an element of `pdu` in `record`, or taken back.
    static func corrected(_ record: CorrectionRecord, pdu: Int64) -> Happening {
        let correction = record.correction
        let range = "from \(correction.start.iso8601) to \(correction.end.iso8601)"
        let kilowattHours = correction.energy.map { FixedPoint(thousandths: $0 / 3_600_000) }
        let what = kilowattHours.map { "its energy is \($0) kWh" } ?? "its readings do not count"
        guard let author = record.undoneBy else {
            let detail = "Correction \(record.id): \(range) \(what), says \(record.author): \(record.reason)"
            return Happening(
                kind: "correction_made",
                detail: detail,
                pdu: pdu,
                element: record.elementID
            )
        }
        let detail = "Correction \(record.id) (\(range) \(what)) was undone by \(author)."
        return Happening(kind: "correction_undone", detail: detail, pdu: pdu, element: record.elementID)
    }
}
