internal import Basics
internal import Energy
internal import Metering

/// A parameter of the interface's first version: what is taken, in words for people and for programs.
///
/// A request is checked against these before anything else looks at it, and the document that describes the interface is
/// written from them, so that the one cannot promise what the other refuses.
struct Parameter: Sendable {
    /// What its value must be.
    enum Kind: Sendable {
        /// A whole number of `range`, `standard` where it is not there.
        case integer(ClosedRange<Int64>, standard: Int64)
        /// 1 to 1000 ids, separated by commas.
        case ids
        /// One of these words, `standard` where it is not there; none: it then means something that no word does.
        case word([String], standard: String?)
        /// `true` or `false`, which it is where it is not there.
        case flag
        /// Some of these words, separated by commas.
        case words([String])
        /// A time or date.
        case time
        /// Where a list goes on.
        case cursor
        /// An element's id, or `PDU/kind/number`.
        case element
    }

    /// The largest id that is taken: what every reader of JSON keeps exactly (RFC 8259, section 6).
    static let largestID: Int64 = 9_007_199_254_740_991

    let name: String
    let kind: Kind
    let description: String

    /// The parameter `name`.
    init(_ name: String, _ kind: Kind, _ description: String) {
        self.name = name
        self.kind = kind
        self.description = description
    }

    /// Throws 400 unless `text` is a value of it.
    func check(_ text: String) throws(APIError) {
        switch kind {
        case .integer(let range, _):
            guard let number = Parameter.number(text), range.contains(number) else {
                throw .badParameter(
                    "\(name) must be a whole number, \(range.lowerBound) to \(range.upperBound)"
                )
            }
        case .ids: try checkIDs(text)
        case .word(let words, _):
            guard words.contains(text) else {
                throw .badParameter("\(name) must be one of \(words.joined(separator: ", "))")
            }
        case .flag:
            guard text == "true" || text == "false" else {
                throw .badParameter("\(name) must be true or false")
            }
        case .words(let words): try checkWords(text, among: words)
        case .time:
            guard SiteTime(text) != nil else { throw .badParameter("\(name) must be \(SiteTime.forms)") }
        case .cursor:
            guard Cursor(text) != nil else {
                throw .badParameter("\(name) must be what an answer's page.next_cursor said")
            }
        case .element:
            guard Parameter.isElement(text) else {
                throw .badParameter("\(name) must be \(ElementReference.forms)")
            }
        }
    }

    /// How an element is written, as a regular expression.
    static let elementPattern = "^[1-9][0-9]{0,14}(/(pdu/0|(phase|bank|outlet)/[1-9][0-9]{0,5}))?$"

    private static func isElement(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let id = number(parts[0]), (1...999_999_999_999_999).contains(id) else { return false }
        if parts.count == 1 { return true }
        guard parts.count == 3, let kind = ElementKind(rawValue: parts[1]), let number = number(parts[2])
        else { return false }
        return kind == .pdu ? number == 0 : (1...999_999).contains(number)
    }

    private func checkIDs(_ text: String) throws(APIError) {
        let ids = text.split(separator: ",", omittingEmptySubsequences: false)
        guard ids.count <= IDList.most else {
            throw .badParameter("\(name) may name \(IDList.most) at most; leave it out for all")
        }
        for id in ids {
            guard let number = Parameter.number(String(id)), (1...Parameter.largestID).contains(number) else {
                throw .badParameter("\(name) must be ids separated by commas, such as \(name)=1,2")
            }
        }
    }

    private func checkWords(_ text: String, among words: [String]) throws(APIError) {
        for word in text.split(separator: ",", omittingEmptySubsequences: false)
        where !words.contains(String(word)) {
            throw .badParameter(
                "\(name) may name, separated by commas: \(words.joined(separator: ", "))"
            )
        }
    }

    /// The number that `text` writes, in the one way to write it; nil for anything else.
    private static func number(_ text: String) -> Int64? {
        guard let number = Int64(text), String(number) == text else { return nil }
        return number
    }
}

extension QueryParameters {
    /// Throws 400 unless every parameter is one of `known`, as it should be, and there once.
    func check(against known: [Parameter]) throws(APIError) {
        for name in names {
            guard let parameter = known.first(where: { $0.name == name }) else {
                let words = known.isEmpty ? "none" : known.map(\.name).joined(separator: ", ")
                throw .badParameter(
                    "\(QueryParameters.quoted(name)) is no parameter here; known are: \(words)"
                )
            }
            guard let text = try single(name) else { continue }
            try parameter.check(text)
        }
    }

    /// The words of the parameter `name`, which has been checked; nil where it is not there.
    func words(_ name: String) throws(APIError) -> Set<String>? {
        guard let text = try single(name) else { return nil }
        return Set(text.split(separator: ",").map(String.init))
    }

    /// The number of the parameter `name`, which has been checked; nil where it is not there.
    func integer(_ name: String) throws(APIError) -> Int? {
        try single(name).flatMap(Int.init)
    }

    /// The cursor of the parameter `cursor`, which has been checked; nil where it is not there.
    func cursor() throws(APIError) -> Cursor? {
        try single("cursor").flatMap(Cursor.init)
    }

    /// `name` as an error may show it: what somebody sent, but not all of a long one.
    private static func quoted(_ name: String) -> String {
        name.count <= 40 ? "\"\(name)\"" : "\"\(name.prefix(40))…\""
    }
}
