import Testing

@testable import YAML

private func parse(_ text: String) throws -> YAMLNode {
    try YAMLDocument.parse(Array(text.utf8), file: "f.yaml")
}

private let refused = " is not allowed here; a text that begins so needs quotes"

/// What is not taken, and what is said of it.
///
/// Apart from the test that it belongs to: Swift 6.0 takes no interpolation in the arguments of a test.
private let refusals: [(String, String)] = [
    ("a: 1\na: 2\n", "f.yaml:2:1: the key \"a\" is given twice, first on line 1"),
    ("a: *x\n", "f.yaml:1:4: an alias (*name)\(refused)"),
    ("a: &x 1\n", "f.yaml:1:4: an anchor (&name)\(refused)"),
    ("a: !secret b\n", "f.yaml:1:4: a tag (!name)\(refused)"),
    ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; only one is read"),
    ("{[1]: 2}", "f.yaml:1:2: a key must be a plain text"),
    ("? {a: 1}\n: 2\n", "f.yaml:1:3: a key must be a plain text"),
    ("a: \"x\\0y\"", "f.yaml:1:4: a text must not hold the character NUL"),
    (
        "a: b: c\n",
        "f.yaml:1:5: mapping values are not allowed in this context; a text that holds \": \" needs quotes"
    ),
    (
        "a: 1\n b: 2\n",
        "f.yaml:2:3: mapping values are not allowed in this context; a text that holds \": \" needs quotes"
    ),
    (
        "a:\n  b: 1\n\tc: 2\n",
        "f.yaml:3:1: found a tab character that violates indentation while scanning a plain scalar"
            + " that begins on line 2; this line is indented with a tab, use spaces"
    ),
    (
        "a: [1, 2\nb: 3\n",
        "f.yaml:2:2: did not find expected ',' or ']' while parsing a flow sequence that begins on line 1"
    ),
    (
        "a: 1\nb: \"open\n",
        "f.yaml:3:1: found unexpected end of stream while scanning a quoted scalar that begins on line 2"
            + "; is a closing quote or bracket missing?"
    ),
]

private func message(parsing bytes: [UInt8]) -> String {
    do throws(YAMLError) {
        _ = try YAMLDocument.parse(bytes, file: "f.yaml")
        return "no error"
    } catch {
        return error.description
    }
}

@Suite("Reading YAML")
struct YAMLDocumentTests {
    @Test("mappings, lists and scalars come with the place where they begin")
    func marks() throws {
        let root = try parse("a: 1\nb:\n  - x\n  - {k: \"ü\", m: 2}\n")

        guard case .mapping(let pairs) = root.content else {
            Issue.record("the root is no mapping")
            return
        }
        #expect(pairs.map(\.key.name) == ["a", "b"])
        #expect(pairs.map(\.value.mark) == [YAMLMark(line: 1, column: 4), YAMLMark(line: 3, column: 3)])
        guard case .sequence(let items) = pairs[1].value.content,
            case .mapping(let inner) = items[1].content
        else {
            Issue.record("b is no list with a mapping")
            return
        }
        #expect(inner[1].key.mark == YAMLMark(line: 4, column: 14))
    }

    @Test("a scalar stays the text that was written, and says whether it had quotes")
    func scalars() throws {
        let root = try parse("[0123, \"no\", null, 'a''b']")

        guard case .sequence(let items) = root.content else {
            Issue.record("the root is no list")
            return
        }
        let texts = items.map { node -> String in
            guard case .scalar(let text, let isPlain) = node.content else { return "?" }
            return "\(isPlain):\(text)"
        }
        #expect(texts == ["true:0123", "false:no", "true:null", "false:a'b"])
        #expect(items.map(\.isNull) == [false, false, true, false])
    }

    @Test("JSON is YAML")
    func json() throws {
        let root = try parse(#"{"pdus": [{"name": "a\u00e9", "port": 161}], "x": null}"#)

        guard case .mapping(let pairs) = root.content, case .sequence(let items) = pairs[0].value.content,
            case .mapping(let pdu) = items[0].content, case .scalar(let name, _) = pdu[0].value.content
        else {
            Issue.record("not the expected shape")
            return
        }
        #expect(name == "aé")
        #expect(pairs[1].value.isNull)
    }

    @Test(
        "nothing, blanks, comments or null are an empty mapping",
        arguments: ["", "\n\n", "# c\n", "---\n", "~"]
    )
    func empty(text: String) throws {
        guard case .mapping(let pairs) = try parse(text).content else {
            Issue.record("no mapping")
            return
        }
        #expect(pairs.isEmpty)
    }

    @Test("a byte order mark is not part of the text")
    func byteOrderMark() throws {
        let root = try YAMLDocument.parse([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "f.yaml")

        #expect(root.mark == YAMLMark(line: 1, column: 1))
    }

    @Test("what is not taken says where and why", arguments: refusals)
    func errors(text: String, expected: String) {
        #expect(message(parsing: Array(text.utf8)) == expected)
    }

    @Test(
        "only UTF-8 is read",
        arguments: [
            (
                Array("a: ü\nb: ".utf8) + [0xFC],
                "f.yaml:2:4: not UTF-8 text (invalid leading UTF-8 octet); save the file as UTF-8"
            ),
            (
                [0xFF, 0xFE, 0x61, 0x00],
                "f.yaml:1:1: not UTF-8 text (invalid leading UTF-8 octet); save the file as UTF-8"
            ),
            ([0x61, 0x3A, 0x20, 0x00], "f.yaml:1:4: control characters are not allowed"),
        ]
    )
    func encoding(bytes: [UInt8], expected: String) {
        #expect(message(parsing: bytes) == expected)
    }

    @Test("depth and size are bounded")
    func bounds() {
        let deep = String(repeating: "[", count: 100_000)
        let large = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLDocument.largestSize + 1)

        #expect(message(parsing: Array(deep.utf8)) == "f.yaml:1:34: nested deeper than 32 levels")
        #expect(message(parsing: large).contains("at most 16777216 are read"))
    }

    @Test("all keys given twice are known at once, and the first value holds")
    func repeatedKeys() throws {
        let document = try YAMLDocument(parsing: Array("a: 1\nb: {c: 1, c: 2}\na: 3\n".utf8), file: "f.yaml")

        #expect(document.repeatedKeys.map(\.mark.line) == [2, 3])
        guard case .mapping(let pairs) = document.root.content else { return }
        #expect(pairs.count == 2)
    }
}
