internal import Basics
internal import Metering
internal import Storage

/// What the body of an order says.
struct SettingsBody {
    /// The longest name and label, in characters.
    private static let longestName = 80
    /// The longest description and note, in characters.
    private static let longestText = 1000
    /// The most elements of a group.
    private static let mostMembers = 1000

    private let members: [String: JSONValue]
    /// The revision that the sender has seen; absent when it does not care.
    let revision: Int64?

    /// The body of `request`.
    ///
    /// Throws 415 and 400.
    init(_ request: Request) throws(APIError) {
        let type = request.contentType?.split(separator: ";").first?
            .trimming { $0 == " " || $0 == "\t" }.lowercased()
        guard type == "application/json" else { throw .notJSON }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: request.body)
        } catch {
            throw .badParameter("the body is not JSON: \(error)")
        }
        guard case .object(let members) = value else {
            throw .badParameter("the body must be a JSON object")
        }
        self.members = members
        switch members["revision"] {
        case nil, .null: revision = nil
        case let number?:
            guard let revision = number.integer else {
                throw .badParameter("revision must be a whole number, as /api/settings gives it")
            }
            self.revision = revision
        }
    }

    /// The group that it describes, with the id `id`.
    ///
    /// Throws 400, also for elements one of which may be a part of another, and for those that `history` does not know.
    func group(_ id: Int64, in history: any HistoryQueries) throws -> ElementGroup {
        guard let name = try text("name", longest: SettingsBody.longestName, isLine: true) else {
            throw APIError.badParameter("a group needs a name of 1 to \(SettingsBody.longestName) characters")
        }
        let ids = try elementIDs()
        let elements = try history.snapshot {
            try ids.map { id in
                guard let element = try history.element(id: id) else {
                    throw APIError.badParameter("there is no element \(id), so no group can hold it")
                }
                return element
            }
        }
        try Selection.checkApart(elements)
        return ElementGroup(
            id: id,
            name: name,
            colour: try colour(),
            description: try text("description", longest: SettingsBody.longestText),
            elementIDs: ids
        )
    }

    /// What it says of the element `id`.
    func label(of id: Int64) throws(APIError) -> ElementLabel {
        ElementLabel(
            elementID: id,
            label: try text("label", longest: SettingsBody.longestName, isLine: true),
            note: try text("note", longest: SettingsBody.longestText),
            colour: try colour()
        )
    }

    private func elementIDs() throws(APIError) -> [Int64] {
        guard case .list(let values)? = members["element_ids"] else {
            throw .badParameter("element_ids must be a list of ids, as /api/pdus/{id}/outlets gives them")
        }
        guard values.count <= SettingsBody.mostMembers else {
            throw .badParameter("a group may have \(SettingsBody.mostMembers) elements at most")
        }
        var ids: Set<Int64> = []
        for value in values {
            guard let id = value.integer, id > 0 else {
                throw .badParameter(
                    "element_ids must be positive whole numbers, as /api/pdus/{id}/outlets gives them"
                )
            }
            guard ids.insert(id).inserted else {
                throw .badParameter("the element \(id) is named twice: a group holds each once")
            }
        }
        return ids.sorted()
    }

    /// The colour; nil where it is absent or taken away.
    private func colour() throws(APIError) -> String? {
        let message = "colour must be #rrggbb, such as #1f77b4, or null"
        switch members["colour"] {
        case nil, .null, .text(""): return nil
        case .text(let text)?:
            let digits = text.utf8.dropFirst()
            guard text.utf8.count == 7, text.utf8.first == UInt8(ascii: "#"),
                digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
            else { throw .badParameter(message) }
            return text.lowercased()
        default: throw .badParameter(message)
        }
    }

    /// The text `name` without blanks at its ends; nil where it is absent, empty or taken away.
    private func text(_ name: String, longest: Int, isLine: Bool = false) throws(APIError) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .text(let text)?:
            let text = text.trimming(\.isWhitespace)
            let isFit = text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control
                    || (!isLine && (scalar == "\n" || scalar == "\t"))
            }
            guard text.count <= longest, text.utf8.count <= longest * 16, isFit else {
                throw .badParameter(
                    "\(name) may have \(longest) characters at most, and no control characters"
                )
            }
            return text.isEmpty ? nil : String(text)
        default: throw .badParameter("\(name) must be a text or null")
        }
    }
}

extension StringProtocol {
    /// What is left without the characters at both ends for which `isSpace` holds.
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> SubSequence {
        let front = drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return front }
        return front[...last]
    }
}
