// libyaml's events, one at a time, as Swift values. Everything that this product does not take of YAML (aliases,
// anchors, tags) ends here; so does every C struct, on all paths.

import CYAML

/// One event of a YAML stream.
struct Event {
    enum Kind {
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case documentStart
        case documentEnd
        case streamStart
        case streamEnd
    }

    let kind: Kind
    let mark: YAMLMark
}

/// The events of one YAML text.
final class EventStream {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let length: Int
    private let file: String

    /// The events of `bytes`, which is UTF-8 with or without a byte order mark.
    init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        self.file = file
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        // One byte more than needed: libyaml wants an address even for an empty text.
        input = .allocate(capacity: text.count + 1)
        length = text.count
        _ = input.initialize(from: text + [0])
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(file: file, mark: .start, message: "out of memory")
        }
        yaml_parser_set_input_string(parser, input.baseAddress, length)
        // Named, so that libyaml does not go by a UTF-16 byte order mark.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        // Harmless after a failed yaml_parser_initialize, which leaves the struct zeroed.
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event.
    ///
    /// After `.streamEnd`, not to be called again.
    func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let mark = YAMLMark(event.start_mark)
        return Event(kind: try kind(of: event, at: mark), mark: mark)
    }

    private func kind(of event: yaml_event_t, at mark: YAMLMark) throws(YAMLError) -> Event.Kind {
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, at: mark)
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            guard !text.contains(0) else {
                // Only as the escape "\0"; it would cut the text short wherever C reads it.
                throw YAMLError(file: file, mark: mark, message: "a text must not hold the character NUL")
            }
            return .scalar(
                String(decoding: text, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
            )
        case YAML_SEQUENCE_START_EVENT:
            try refuse(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, at: mark)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            try refuse(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, at: mark)
            return .mappingStart
        case YAML_ALIAS_EVENT:
            throw refusal("an alias (*name)", at: mark)
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_START_EVENT: return .streamStart
        default: return .streamEnd
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?,
        tag: UnsafeMutablePointer<yaml_char_t>?,
        at mark: YAMLMark
    ) throws(YAMLError) {
        if anchor != nil { throw refusal("an anchor (&name)", at: mark) }
        if tag != nil { throw refusal("a tag (!name)", at: mark) }
    }

    /// The name itself is not shown: it may be a passphrase that lacks its quotes.
    private func refusal(_ what: String, at mark: YAMLMark) -> YAMLError {
        let message = "\(what) is not allowed here; a text that begins so needs quotes"
        return YAMLError(file: file, mark: mark, message: message)
    }
}

extension EventStream {
    /// What libyaml found wrong, in its words, with what usually helps.
    private func syntaxError() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(file: file, mark: .start, message: "out of memory")
        case YAML_READER_ERROR:
            return readerError(problem)
        default:
            let mark = YAMLMark(parser.pointee.problem_mark)
            let hint = hasTabIndent(line: mark.line) ? Self.tabHint : Self.hints[problem] ?? ""
            return YAMLError(file: file, mark: mark, message: problem + context(of: mark) + hint)
        }
    }

    /// Where the thing began that libyaml was reading, when that is another line.
    private func context(of mark: YAMLMark) -> String {
        guard let context = parser.pointee.context else { return "" }
        let begin = YAMLMark(parser.pointee.context_mark)
        return begin.line == mark.line ? "" : " \(String(cString: context)) that begins on line \(begin.line)"
    }

    private func readerError(_ problem: String) -> YAMLError {
        let before = input[..<min(parser.pointee.problem_offset, length)]
        let line = before.lazy.filter { $0 == UInt8(ascii: "\n") }.count + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = before[lineStart...].lazy.filter { $0 & 0xC0 != 0x80 }.count + 1
        let isControl = problem.hasPrefix("control characters")
        let message = isControl ? problem : "not UTF-8 text (\(problem)); save the file as UTF-8"
        return YAMLError(file: file, mark: YAMLMark(line: line, column: column), message: message)
    }

    /// Whether `line` is indented with a tab, which YAML forbids.
    private func hasTabIndent(line: Int) -> Bool {
        let lines = input.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: line,
            omittingEmptySubsequences: false
        )
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            .contains(UInt8(ascii: "\t"))
    }

    private static let tabHint = "; this line is indented with a tab, use spaces"

    private static let hints = [
        "mapping values are not allowed in this context": "; a text that holds \": \" needs quotes",
        "did not find expected key": "; is the line indented like its neighbours?",
        "did not find expected node content": "; is a closing bracket missing?",
        "could not find expected ':'": "; is a colon or a closing quote missing?",
        "found character that cannot start any token": "; a text that begins so needs quotes",
        "found unexpected end of stream": "; is a closing quote or bracket missing?",
    ]
}

extension YAMLMark {
    /// The first character.
    static let start = YAMLMark(line: 1, column: 1)

    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) &+ 1, column: Int(clamping: mark.column) &+ 1)
    }
}
