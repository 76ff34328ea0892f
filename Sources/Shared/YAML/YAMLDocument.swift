// Events to tree. What is bounded here is bounded for everyone: size, depth, one document, no key twice.

/// One YAML text as a tree.
package struct YAMLDocument: Sendable {
    /// The largest text taken: 16 MiB, a hundred times what ten thousand PDUs need.
    package static let largestSize = 16 << 20
    /// The deepest nesting taken.
    package static let greatestDepth = 32

    /// What the text holds; an empty text holds an empty mapping.
    package let root: YAMLNode
    /// An error for each key that its mapping already had; in `root` the first of them holds.
    package let repeatedKeys: [YAMLError]

    /// The tree of `bytes`, the content of `file`, which is named in errors only.
    package init(parsing bytes: [UInt8], file: String) throws(YAMLError) {
        guard bytes.count <= Self.largestSize else {
            let message = "the file has \(bytes.count) bytes; at most \(Self.largestSize) are read"
            throw YAMLError(file: file, mark: .start, message: message)
        }
        var builder = TreeBuilder(events: try EventStream(bytes, file: file), file: file)
        root = try builder.document()
        repeatedKeys = builder.repeatedKeys
    }

    /// The root of `bytes`, for those who want one error at most: a repeated key is thrown too.
    package static func parse(_ bytes: [UInt8], file: String) throws(YAMLError) -> YAMLNode {
        let document = try YAMLDocument(parsing: bytes, file: file)
        if let error = document.repeatedKeys.first { throw error }
        return document.root
    }
}

/// Builds the tree, by recursion as deep as `YAMLDocument.greatestDepth`.
private struct TreeBuilder {
    let events: EventStream
    let file: String
    var repeatedKeys: [YAMLError] = []
    /// Mappings of more keys have a table of them.
    private static let mostLookedThrough = 16

    mutating func document() throws(YAMLError) -> YAMLNode {
        _ = try events.next()  // The stream's start.
        let first = try events.next()
        let empty = YAMLNode(.mapping([]), at: .start)
        guard case .documentStart = first.kind else { return empty }
        let root = try node(from: try events.next(), depth: 0)
        _ = try events.next()  // The document's end.
        let last = try events.next()
        guard case .streamEnd = last.kind else {
            throw error("a second document begins here; only one is read", at: last.mark)
        }
        return root.isNull ? empty : root
    }

    private mutating func node(from event: Event, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= YAMLDocument.greatestDepth else {
            throw error("nested deeper than \(YAMLDocument.greatestDepth) levels", at: event.mark)
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(.scalar(text, isPlain: isPlain), at: event.mark)
        case .sequenceStart:
            return YAMLNode(.sequence(try items(depth: depth)), at: event.mark)
        case .mappingStart:
            return YAMLNode(.mapping(try pairs(depth: depth)), at: event.mark)
        default:
            // libyaml's grammar has nothing else here; an error rather than a trap, should it ever change.
            throw error("not a value", at: event.mark)
        }
    }

    private mutating func items(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func pairs(depth: Int) throws(YAMLError) -> [(key: YAMLKey, value: YAMLNode)] {
        var pairs: [(key: YAMLKey, value: YAMLNode)] = []
        // Most mappings are small, and looked through sooner than a table is made; ten thousand PDUs are ten thousand.
        var seen: [String: YAMLMark]?
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return pairs }
            guard case .scalar(let name, _) = event.kind else {
                throw error("a key must be a plain text", at: event.mark)
            }
            let value = try node(from: try events.next(), depth: depth + 1)
            if seen == nil, pairs.count == Self.mostLookedThrough {
                seen = Dictionary(pairs.map { ($0.key.name, $0.key.mark) }) { first, _ in first }
            }
            if let earlier = seen.map({ $0[name] }) ?? pairs.first(where: { $0.key.name == name })?.key.mark {
                let message = "the key \(quoted(name)) is given twice, first on line \(earlier.line)"
                repeatedKeys.append(error(message, at: event.mark))
            } else {
                seen?[name] = event.mark
                pairs.append((YAMLKey(name, at: event.mark), value))
            }
        }
    }

    private func error(_ message: String, at mark: YAMLMark) -> YAMLError {
        YAMLError(file: file, mark: mark, message: message)
    }
}

extension YAMLNode {
    /// Whether this is a plain `null`, `~` or nothing at all, which all say "absent".
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        guard text.utf8.count <= 4 else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}
