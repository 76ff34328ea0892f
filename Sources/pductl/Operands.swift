// What people write for elements, times and amounts, as what they mean.

import API
import Basics
import Energy
import Metering
import Storage

/// Elements as people name them: `"Left PDU"`, `"Left PDU/outlet/3"`, or by ids as the HTTP interface does.
enum ElementOperand {
    /// The element of `history` that `text` names.
    ///
    /// Throws `UsageError` when there is none, or when a name and an id mean two different PDUs.
    static func resolved(_ text: String, in history: HistoryReader) throws -> ElementRecord {
        let pdus = try history.pdus()
        let (front, part) = ElementReference.split(text)
        let named =
            pdus.first { $0.name == text }.map { (pdu: $0, part: Element?.none) }
            ?? pdus.first { $0.name == front }.map { (pdu: $0, part: part) }
        let byID = try ElementReference(text)?.resolved(in: history)
        guard let named else {
            guard let byID else { throw unknown(text, front, pdus) }
            return byID
        }
        if let byID, byID.pdu.id != named.pdu.id {
            throw UsageError(
                "\"\(text)\" is the name of one PDU and the id of another: "
                    + "write \(named.pdu.id) for the first, \"\(byID.pdu.name)\" for the second"
            )
        }
        let reference = ElementReference(named.pdu.id, part: named.part)
        guard let element = try reference.resolved(in: history) else {
            let part = named.part.map { "\($0.kind.rawValue) \($0.number) of " } ?? ""
            throw UsageError("\(part)\(named.pdu.name) was never read, or is not there")
        }
        return element
    }

    private static func unknown(_ text: String, _ front: String, _ pdus: [PDURecord]) -> UsageError {
        let hint = nearestName(to: front, among: pdus.map(\.name)).map { " (did you mean \"\($0)\"?)" } ?? ""
        return UsageError(
            "there is no element \"\(text)\"\(hint); write a PDU's name, a part of it such as "
                + "\"Left PDU/outlet/3\", or their ids"
        )
    }

    /// The name by which `element` can be given back to pductl: `Left PDU`, `Left PDU/outlet/3`.
    static func name(of element: ElementRecord) -> String {
        guard element.element != .wholePDU else { return element.pdu.name }
        return "\(element.pdu.name)/\(element.element.kind.rawValue)/\(element.element.number)"
    }
}

/// Times as people write them.
enum TimeOperand {
    /// The moment that `text` means by `calendar`; throws `UsageError`, which names it `name`.
    static func moment(
        _ text: String,
        _ name: String,
        in calendar: SiteCalendar
    ) throws(UsageError) -> UnixTime {
        guard let time = SiteTime(text) else { throw UsageError("\(name) must be \(SiteTime.forms)") }
        return time.moment(in: calendar)
    }

    /// The range that `start` and `end` mean by `calendar`.
    static func range(_ start: String, _ end: String, in calendar: SiteCalendar) throws -> TimeRange {
        try TimeRange(from: moment(start, "START", in: calendar), to: moment(end, "END", in: calendar))
    }
}
