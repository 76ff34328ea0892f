import Testing

@testable import API

@Suite("An entity tag")
struct EntityTagTests {
    private let tag = EntityTag(of: ["a", "1"])

    @Test("is weak, of 16 digits, and the same for the same parts")
    func form() throws {
        #expect(try /W\/"[0-9a-f]{16}"/.wholeMatch(in: tag.description) != nil)
        #expect(tag == EntityTag(of: ["a", "1"]))
    }

    @Test(
        "tells other parts, and other divisions of the same text, apart",
        arguments: [["a", "2"], ["a1"], ["a", "1", ""]]
    )
    func difference(parts: [String]) {
        #expect(tag != EntityTag(of: parts))
    }

    @Test("matches itself, weak or strong, anywhere in a list, and the asterisk")
    func matching() {
        let strong = String(tag.description.dropFirst(2))
        for field in [tag.description, strong, "\"x\", \(tag)", "\"x\",\t\(strong) ,W/\"y\"", "*", " * "] {
            #expect(tag.matches(field), "\(field)")
        }
    }

    @Test("matches nothing else", arguments: [nil, "", "\"x\"", "W/\"x\"", ",", "**", "0123456789abcdef"])
    func notMatching(field: String?) {
        #expect(!tag.matches(field))
    }
}
