package import Metering
package import Storage

/// An element as the interface names it: its id, or its PDU's id, kind and number, such as `1/outlet/3`.
package struct ElementReference: Hashable, Sendable {
    /// What is taken, for who wrote something else.
    package static let forms = """
        an id, where a PDU's is its whole unit, or PDU/kind/number such as 1/outlet/3, with phase, bank or outlet
        """

    private let id: Int64
    private let part: Element?

    /// The element with the id `id`, or the one of the PDU `id` that is `part`.
    package init(_ id: Int64, part: Element? = nil) {
        self.id = id
        self.part = part
    }

    /// The element that `text` names by ids; nil when it does not.
    package init?(_ text: String) {
        let (front, part) = ElementReference.split(text)
        let isDigits = front.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDigits, let id = Int64(front), id > 0 else { return nil }
        self.init(id, part: part)
    }

    /// What stands before `/outlet/3`, and that; all of `text` where it does not end so.
    package static func split(_ text: String) -> (front: String, part: Element?) {
        let words = text.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count > 2, let kind = ElementKind(rawValue: String(words[words.count - 2])),
            let number = Int(words[words.count - 1]), number >= (kind == .pdu ? 0 : 1)
        else { return (text, nil) }
        let part = kind == .pdu ? Element.wholePDU : Element(kind, number)
        return (words.dropLast(2).joined(separator: "/"), part)
    }

    /// The element in `history`; nil when there is none.
    package func resolved(in history: any HistoryQueries) throws -> ElementRecord? {
        guard let part else { return try history.element(id: id) }
        return try history.element(part, of: id)
    }
}
