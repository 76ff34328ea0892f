// `pductl correct`: says that a range was read wrongly, takes that back, and lists all that was said so. Storage
// keeps the readings and does the accounts again.

import API
import Basics
import Configuration
import Energy
import Storage

extension Verb {
    /// `pductl correct`.
    static let correct = Verb(
        name: "correct",
        operands: "[ELEMENT START END]",
        summary: "exclude a range that was read wrongly, or set its energy; nothing is deleted",
        options: CorrectionOrder.options,
        hasJSON: true
    ) { invocation in
        let order = try CorrectionOrder(invocation)
        let desk = try CorrectionDesk(invocation.configuration(.exclude), wantsJSON: invocation.wantsJSON)
        switch order {
        case .make(let element, let start, let end, let change, let reason, let author):
            let range = try TimeOperand.range(start, end, in: desk.site.calendar)
            try desk.correct(element, range, change, reason: reason, author: author)
        case .undo(let id, let author): try desk.undo(id, by: author)
        case .list: try desk.list()
        }
        return .success
    }
}

/// Where corrections are made.
private struct CorrectionDesk {
    let configuration: Configuration
    let site: API.Site
    let wantsJSON: Bool

    init(_ configuration: Configuration, wantsJSON: Bool) throws {
        self.configuration = configuration
        self.wantsJSON = wantsJSON
        site = try configuration.apiSite()
    }

    /// Corrects `range` of the element that `text` names, and says what that did to its energy.
    func correct(
        _ text: String,
        _ range: TimeRange,
        _ change: CorrectionOrder.Change,
        reason: String,
        author: String
    ) throws {
        let now = SystemClock.now()
        guard range.end <= now else {
            throw UsageError("END is still to come: only what has been read can be corrected")
        }
        let energy = try change.energy(over: range)
        try configuration.withHistoryLocked { writer in
            let reader = configuration.historyReader()
            let element = try ElementOperand.resolved(text, in: reader)
            let before = try account(of: element, in: range, from: reader)
            let record = try writer.correct(
                Correction(start: range.start, end: range.end, energy: energy),
                of: element.id,
                reason: reason,
                author: author,
                now: now
            )
            ControlCommand.say(
                "correction \(record.id) of \(ElementOperand.name(of: element)) by \(author) is entered; "
                    + "pductl correct --undo \(record.id) takes it back"
            )
            say(record.id, before, try account(of: element, in: range, from: reader))
        }
    }

    /// Takes the correction `id` back, and says what that did to the energy of its range.
    func undo(_ id: Int64, by author: String) throws {
        try configuration.withHistoryLocked { writer in
            let reader = configuration.historyReader()
            let record = try reader.corrections(of: nil, from: UnixTime(0), to: endOfTime).first {
                $0.id == id
            }
            guard let record, let element = try reader.element(id: record.elementID) else {
                throw UsageError("there is no correction \(id): pductl correct --list shows those there are")
            }
            let range = try TimeRange(from: record.correction.start, to: record.correction.end)
            let before = try account(of: element, in: range, from: reader)
            _ = try writer.undoCorrection(id, by: author, now: SystemClock.now())
            ControlCommand.say(
                "correction \(id) of \(ElementOperand.name(of: element)) is taken back by \(author)"
            )
            say(id, before, try account(of: element, in: range, from: reader))
        }
    }

    /// Lists every correction that was ever made.
    func list() throws {
        let reader = configuration.historyReader()
        let rows = try reader.snapshot {
            try reader.corrections(of: nil, from: UnixTime(0), to: endOfTime).map { record in
                (record, try reader.element(id: record.elementID).map(ElementOperand.name))
            }
        }
        if wantsJSON { return writeJSON(rows) }
        guard !rows.isEmpty else { return ControlCommand.say("no correction was ever made") }
        var table = TextTable([
            .init(title: "ID", isNumber: true), .init(title: "Element"), .init(title: "From"),
            .init(title: "To"),
            .init(title: "Action"), .init(title: "By"), .init(title: "At"), .init(title: "Taken back"),
            .init(title: "Reason"),
        ])
        let calendar = site.calendar
        for (record, name) in rows {
            let undone = record.undoneAt.map { "\(calendar.iso8601($0)) by \(record.undoneBy ?? "–")" }
            table.add([
                String(record.id), name, calendar.iso8601(record.correction.start),
                calendar.iso8601(record.correction.end), Account.action(of: record.correction), record.author,
                calendar.iso8601(record.madeAt), undone, record.reason,
            ])
        }
        writeToStandardOutput(table.rendered())
    }

    private func account(
        of element: ElementRecord,
        in range: TimeRange,
        from reader: HistoryReader
    ) throws -> Account {
        try reader.snapshot {
            try Account(of: element, in: range, at: SystemClock.now(), site: site, from: reader)
        }
    }

    private func writeJSON(_ rows: [(CorrectionRecord, String?)]) {
        ControlCommand.answer { json in
            json.member("corrections") { json in
                json.array { json in
                    for (record, name) in rows {
                        json.object { json in
                            json.member("id", record.id)
                            json.member("element", name)
                            json.member("from", record.correction.start.iso8601)
                            json.member("to", record.correction.end.iso8601)
                            json.member("action", Account.action(of: record.correction))
                            json.member("by", record.author)
                            json.member("at", record.madeAt.iso8601)
                            json.member("reason", record.reason)
                            json.member("undone_at", record.undoneAt?.iso8601)
                            json.member("undone_by", record.undoneBy)
                        }
                    }
                }
            }
        }
    }

    private func say(_ id: Int64, _ before: Account, _ after: Account) {
        if wantsJSON {
            return ControlCommand.answer { json in
                json.member("correction", id)
                json.member("energy_before", before.energy)
                json.member("energy_after", after.energy)
            }
        }
        writeToStandardOutput("before: \(before.energy ?? "–")\nafter:  \(after.energy ?? "–")\n")
    }
}
