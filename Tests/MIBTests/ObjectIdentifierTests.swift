import MIB
import Testing

@Suite("Object identifiers")
struct ObjectIdentifierTests {
    @Test("are read with and without a leading dot", arguments: ["1.3.6.1.2.1", ".1.3.6.1.2.1"])
    func parsing(text: String) {
        #expect(ObjectIdentifier(text) == ObjectIdentifier([1, 3, 6, 1, 2, 1]))
    }

    @Test(
        "are not made of anything else",
        arguments: ["", ".", "1..3", "1.3.", "1.-3", "1.+3", "1.3.x", "1.4294967296", " 1.3", "1.3 "]
    )
    func refusal(text: String) {
        #expect(ObjectIdentifier(text) == nil)
    }

    @Test("have at most 128 numbers, as RFC 2578 says")
    func length() {
        let longest = Array(repeating: "1", count: 128).joined(separator: ".")

        #expect(ObjectIdentifier(longest)?.components.count == 128)
        #expect(ObjectIdentifier(longest + ".1") == nil)
    }

    @Test("are in the order of a walk: by number, not by digit, and the shorter first")
    func order() throws {
        let texts = ["1.3.10", "1.3.9.1", "1.3", "1.3.9"]
        let sorted = texts.compactMap { ObjectIdentifier($0) }.sorted().map(\.description)

        #expect(sorted == ["1.3", "1.3.9", "1.3.9.1", "1.3.10"])
    }

    @Test("give a table's index as what follows a column")
    func suffix() throws {
        let column = try #require(ObjectIdentifier("1.3.6.1.4.1.318.1"))
        let cell = column.appending([1, 7])

        #expect(cell.suffix(after: column) == [1, 7])
        #expect(column.suffix(after: cell) == nil)
        #expect(column.suffix(after: column) == [])
    }
}
