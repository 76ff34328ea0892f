import Basics
import Testing

@testable import YAML

@Suite("Strict decoding")
struct YAMLFieldTests {
    private func top(_ text: String, _ problems: ProblemList) throws -> YAMLSection {
        let field = try #require(YAMLField(parsing: Array(text.utf8), file: "f.yaml", problems: problems))
        return try #require(field.section(["a", "b", "interval", "list"]))
    }

    @Test("scalars take the type that the key asks for")
    func types() throws {
        let problems = ProblemList()
        let section = try top("a: 0123\nb: \"60\"\ninterval: 2.5\n", problems)

        #expect(section["a"].text() == "0123")
        #expect(section["a"].integer(in: 0...200) == 123)
        #expect(section["b"].integer(in: 1...60) == 60)
        #expect(section["interval"].text() == "2.5")
        let decimal = section["interval"].decimal(in: FixedPoint(0)...FixedPoint(3))
        #expect(decimal == FixedPoint(thousandths: 2500))
        #expect(problems.problems.isEmpty)
    }

    @Test(
        "what is absent or null reads as nil without a problem",
        arguments: ["{}", "a:\n", "a: ~\n", "a: null\n"]
    )
    func absence(text: String) throws {
        let problems = ProblemList()
        let section = try top(text, problems)

        #expect(section["a"].text() == nil)
        #expect(section["a"].list() == nil)
        #expect(!section["a"].isPresent)
        #expect(problems.problems.isEmpty)
    }

    @Test("a required key that is absent is a problem of the mapping that lacks it")
    func required() throws {
        let problems = ProblemList()
        _ = try top("\n  b: 1\n", problems).required("a")

        #expect(problems.problems.map(\.description) == ["f.yaml:2:3: a: missing"])
    }

    @Test(
        "a wrong type says what was expected and what was found",
        arguments: [
            ("a: [1]", "f.yaml:1:4: a: expected a whole number from 1 to 9 seconds, found a list"),
            ("a: {b: 1}", "f.yaml:1:4: a: expected a whole number from 1 to 9 seconds, found a mapping"),
            ("a: ten", "f.yaml:1:4: a: expected a whole number from 1 to 9 seconds, found \"ten\""),
            ("a: 10", "f.yaml:1:4: a: expected a whole number from 1 to 9 seconds, found \"10\""),
            ("a: \"x\\ny\"", "f.yaml:1:4: a: expected a whole number from 1 to 9 seconds, found \"x?y\""),
        ]
    )
    func mismatch(text: String, expected: String) throws {
        let problems = ProblemList()
        let value = try top(text, problems)["a"].integer(in: 1...9, unit: "seconds")

        #expect(value == nil)
        #expect(problems.problems.map(\.description) == [expected])
    }

    @Test("flags and choices take their words in any case, and name what is allowed")
    func words() throws {
        let problems = ProblemList()
        let section = try top("a: Yes\nb: sha-256\ninterval: SHA265\nlist: maybe\n", problems)

        #expect(section["a"].flag() == true)
        #expect(section["b"].choice(of: ["SHA", "SHA-256"]) == "SHA-256")
        #expect(section["interval"].choice(of: ["SHA", "SHA-256"]) == nil)
        #expect(section["list"].flag() == nil)
        #expect(
            problems.problems.map(\.description) == [
                "f.yaml:3:11: interval: expected one of SHA, SHA-256, found \"SHA265\" (did you mean \"SHA-256\"?)",
                "f.yaml:4:7: list: expected true or false, found \"maybe\"",
            ]
        )
    }

    @Test("an unknown key is told with the nearest known one, or else with all of them")
    func unknownKeys() throws {
        let problems = ProblemList()
        _ = try top("intervall: 1\nzzzzzz: 2\n", problems)

        #expect(
            problems.problems.map(\.description) == [
                "f.yaml:1:1: intervall: unknown key (did you mean \"interval\"?)",
                "f.yaml:2:1: zzzzzz: unknown key; known here: a, b, interval, list",
            ]
        )
    }

    @Test("the path of a value leads through keys and items")
    func path() throws {
        let problems = ProblemList()
        let items = try #require(try top("list:\n  - {a: 1}\n  - {a: x}\n", problems)["list"].list())
        for item in items { _ = item.section(["a"])?["a"].integer(in: 0...9) }

        #expect(problems.problems.map(\.path) == ["list[2].a"])
        #expect(problems.problems.map(\.mark) == [YAMLMark(line: 3, column: 9)])
    }

    @Test("a secret is never part of a message")
    func secrets() throws {
        let problems = ProblemList()
        let section = try top("a: hunter2hunter2\nb: [hunter2hunter2]\n", problems)

        #expect(section["a"].secret() == Secret("hunter2hunter2"))
        #expect(section["b"].secret() == nil)
        #expect(problems.problems.map(\.message) == ["expected a text, found a list"])
    }

    @Test("text that is not YAML is one problem, keys given twice are added")
    func unreadable() {
        let problems = ProblemList()
        let broken = YAMLField(parsing: Array("a: [".utf8), file: "f.yaml", problems: problems)
        let doubled = YAMLField(parsing: Array("a: 1\na: 2\n".utf8), file: "g.yaml", problems: problems)

        #expect(broken == nil)
        #expect(doubled != nil)
        #expect(problems.problems.map(\.file) == ["f.yaml", "g.yaml"])
    }

    @Test("problems sort by file and place")
    func sorting() {
        let problems = ProblemList()
        for (file, line) in [("b", 1), ("a", 9), ("a", 2)] {
            let mark = YAMLMark(line: line, column: 1)
            problems.add(Problem(file: file, mark: mark, path: "", message: ""))
        }

        let sorted = problems.sorted(files: ["a", "b"])
        #expect(sorted.map { "\($0.file)\($0.mark?.line ?? 0)" } == ["a2", "a9", "b1"])
    }
}
