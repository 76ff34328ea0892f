// Strict decoding. A field is a place where a value may stand; reading it as what is wanted gives the value, or nil
// and a problem in the list. A field that is absent reads as nil without a problem, so that
//
//     let interval = poll["interval"].integer(in: 10...3600) ?? 60
//
// says all there is to say. Nothing stops at the first problem.

package import Basics

/// A place in a document where a value may stand, with its path for messages.
package struct YAMLField {
    /// The value; nil when it is absent (the key is not there, or is there without a value).
    package let node: YAMLNode?
    /// Where it stands; the place of what should hold it when it is absent.
    package let mark: YAMLMark
    fileprivate let path: Path
    fileprivate let file: String
    fileprivate let problems: ProblemList

    /// How a field is reached; turned into text only for a message.
    fileprivate indirect enum Path {
        case top
        case key(Path, String)
        case item(Path, Int)

        var text: String {
            switch self {
            case .top: ""
            case .key(.top, let name): printable(name)
            case .key(let parent, let name): "\(parent.text).\(printable(name))"
            case .item(let parent, let number): "\(parent.text)[\(number)]"
            }
        }
    }

    /// The top of `file`, whose content is `bytes`; nil, with a problem added, when that is not YAML.
    ///
    /// Keys given twice are added to `problems` as well.
    package init?(parsing bytes: [UInt8], file: String, problems: ProblemList) {
        do throws(YAMLError) {
            let document = try YAMLDocument(parsing: bytes, file: file)
            for error in document.repeatedKeys { problems.add(Problem(error)) }
            let root = document.root
            self.init(node: root, mark: root.mark, path: .top, file: file, problems: problems)
        } catch {
            problems.add(Problem(error))
            return nil
        }
    }

    private init(node: YAMLNode?, mark: YAMLMark, path: Path, file: String, problems: ProblemList) {
        self.node = node.flatMap { $0.isNull ? nil : $0 }
        self.mark = mark
        self.path = path
        self.file = file
        self.problems = problems
    }

    /// Whether there is a value.
    package var isPresent: Bool { node != nil }

    /// Adds a problem with this field to the list.
    package func report(_ message: String) {
        problems.add(problem(message))
    }

    /// A problem with this field that is not in the list: a warning, say.
    package func problem(_ message: String) -> Problem {
        Problem(file: file, mark: mark, path: path.text, message: message)
    }

    /// The field below this one, under `key` or, for an item, at `number`.
    fileprivate func child(_ node: YAMLNode?, at mark: YAMLMark, path: Path) -> YAMLField {
        YAMLField(node: node, mark: mark, path: path, file: file, problems: problems)
    }

    /// Adds a problem saying that `what` was expected, and what is there instead.
    package func reportMismatch(expected what: String, showingText: Bool = true) {
        report("expected \(what), found \(found(showingText: showingText))")
    }

    private func found(showingText: Bool) -> String {
        switch node?.content {
        case nil: return "nothing"
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let text, _): return showingText ? quoted(text) : "a text"
        }
    }
}

/// `text` in double quotes, shortened, control characters replaced: fit for one line of a message.
package func quoted(_ text: String) -> String {
    "\"\(printable(text))\""
}

/// `text`, shortened, control characters replaced.
private func printable(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(60).map { scalar in
        scalar.properties.generalCategory == .control ? "?" : Character(scalar)
    }
    return String(shown) + (text.unicodeScalars.count > 60 ? "…" : "")
}

/// ` (did you mean "timeout"?)`, or nothing when no candidate is close: the end of a message about `text`.
///
/// Of one or two letters nobody can tell what they were meant to be.
package func suggestion(for text: String, among candidates: some Sequence<String>) -> String {
    guard text.count > 2, let word = nearestName(to: text, among: candidates) else { return "" }
    return " (did you mean \"\(word)\"?)"
}

// MARK: - Scalars

extension YAMLField {
    /// The value as a text, whatever it looks like: `0123` is the text `0123`; `what` is expected, for the message.
    package func text(_ what: String = "a text") -> String? {
        scalar(expected: what)
    }

    /// The value as a text that is never shown.
    package func secret() -> Secret? {
        scalar(expected: "a text", showingText: false).map(Secret.init)
    }

    /// The value as a whole number within `range`.
    package func integer(in range: ClosedRange<Int>, unit: String = "") -> Int? {
        converted(
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)\(spaced(unit))"
        ) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The value as a decimal number within `range`, to the thousandth.
    package func decimal(in range: ClosedRange<FixedPoint>, unit: String = "") -> FixedPoint? {
        converted(
            expected: "a number from \(range.lowerBound) to \(range.upperBound)\(spaced(unit))"
                + " with at most three decimals"
        ) { text in
            FixedPoint(decimal: text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The value as yes or no, in YAML's words.
    package func flag() -> Bool? {
        converted(expected: "true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        }
    }

    /// The value as one of `choices`, written as they are or in other case.
    package func choice(of choices: [String]) -> String? {
        guard let text = scalar(expected: "one of \(choices.joined(separator: ", "))") else { return nil }
        if let choice = choices.first(where: { $0.lowercased() == text.lowercased() }) { return choice }
        let list = choices.joined(separator: ", ")
        report("expected one of \(list), found \(quoted(text))\(suggestion(for: text, among: choices))")
        return nil
    }

    /// The value as what `convert` makes of its text; nil from it is a problem.
    ///
    /// What is expected is put into words only when something else is there.
    package func converted<Value>(
        expected what: @autoclosure () -> String,
        _ convert: (String) -> Value?
    ) -> Value? {
        guard let text = scalar(expected: what()) else { return nil }
        guard let value = convert(text) else {
            reportMismatch(expected: what())
            return nil
        }
        return value
    }

    private func scalar(expected what: @autoclosure () -> String, showingText: Bool = true) -> String? {
        guard let node else { return nil }
        guard case .scalar(let text, _) = node.content else {
            reportMismatch(expected: what(), showingText: showingText)
            return nil
        }
        return text
    }

    private func spaced(_ unit: String) -> String {
        unit.isEmpty ? "" : " \(unit)"
    }
}

// MARK: - Collections

extension YAMLField {
    /// The value as a list, item by item.
    package func list() -> [YAMLField]? {
        guard let node else { return nil }
        guard case .sequence(let items) = node.content else {
            reportMismatch(expected: "a list")
            return nil
        }
        return items.enumerated().map { child($1, at: $1.mark, path: .item(path, $0 + 1)) }
    }

    /// The value as a mapping whose keys are all in `known`; others are reported, with the nearest known one.
    package func section(_ known: [String]) -> YAMLSection? {
        guard let pairs = pairs() else { return nil }
        for (key, _) in pairs where !known.contains(key.name) {
            let hint = suggestion(for: key.name, among: known)
            let end = hint.isEmpty ? "; known here: \(known.joined(separator: ", "))" : hint
            child(nil, at: key.mark, path: .key(path, key.name)).report("unknown key\(end)")
        }
        return YAMLSection(field: self, pairs: pairs)
    }

    /// The value as a mapping with keys of one's own choosing, in the order of the file.
    package func entries() -> [(key: YAMLKey, value: YAMLField)]? {
        pairs()?.map { ($0.key, child($0.value, at: $0.value.mark, path: .key(path, $0.key.name))) }
    }

    private func pairs() -> [(key: YAMLKey, value: YAMLNode)]? {
        guard let node else { return nil }
        guard case .mapping(let pairs) = node.content else {
            reportMismatch(expected: "a mapping (key: value)")
            return nil
        }
        return pairs
    }
}

/// A mapping whose keys are known.
package struct YAMLSection {
    /// The mapping itself, for problems with the whole of it.
    package let field: YAMLField
    private let pairs: [(key: YAMLKey, value: YAMLNode)]

    fileprivate init(field: YAMLField, pairs: [(key: YAMLKey, value: YAMLNode)]) {
        self.field = field
        self.pairs = pairs
    }

    /// The field under `key`, present or absent.
    package subscript(key: String) -> YAMLField {
        let path = YAMLField.Path.key(field.path, key)
        for pair in pairs where pair.key.name == key {
            return field.child(pair.value, at: pair.value.mark, path: path)
        }
        return field.child(nil, at: field.mark, path: path)
    }

    /// The field under `key`; a problem when it is absent.
    package func required(_ key: String) -> YAMLField {
        let found = self[key]
        if !found.isPresent { found.report("missing") }
        return found
    }
}
