import MIB
import TestSupport
import Testing

@Suite(".snmprec files")
struct SNMPRecordTests {
    @Test(
        "give each tag's type",
        arguments: [
            ("2|-1", SNMPValue.integer(-1)),
            ("4|a|b ", .octets(Array("a|b ".utf8))),
            ("4|", .octets([])),
            ("4x|00c0B7", .octets([0, 0xC0, 0xB7])),
            ("4e|a\\x00\\n\\q", .octets([0x61, 0, 0x0A, 0x5C, 0x71])),
            ("5|", .null),
            ("6|1.3.6.1", .identifier(ObjectIdentifier([1, 3, 6, 1]))),
            ("64|192.0.2.1", .address([192, 0, 2, 1])),
            ("64x|C0000201", .address([192, 0, 2, 1])),
            ("65|4294967295", .unsigned(4_294_967_295)),
            ("66|49", .unsigned(49)),
            ("67|123", .timeTicks(123)),
            ("68x|9f7804", .octets([0x9F, 0x78, 0x04])),
            ("70|18446744073709551615", .unsigned(.max)),
        ]
    )
    func types(text: String, expected: SNMPValue) throws {
        let walk = try RecordedWalk(parsing: Array("1.3.6.1.9.1|\(text)\n".utf8), file: "test.snmprec")

        #expect(walk.bindings.first?.value == expected)
    }

    @Test("may be unsorted, hold control characters and bytes that are no text")
    func realFiles() throws {
        let bytes =
            Array("1.3.10|2|10\n1.3.9|4|a\u{0B}\u{01}\r".utf8) + [0xFF] + Array("\n1.3.9|4|again\n".utf8)
        let walk = try RecordedWalk(parsing: bytes, file: "test.snmprec")

        #expect(walk.bindings.map(\.identifier.description) == ["1.3.9", "1.3.10"])
        #expect(walk.bindings.first?.value == .octets([0x61, 0x0B, 0x01, 0x0D, 0xFF]))
    }

    @Test(
        "are refused with the line and what was expected",
        arguments: [
            ("1.3.9|2|x", "expected INTEGER"),
            ("1.3.9|66|-1", "expected an unsigned number"),
            ("1.3.9|4x|abc", "hexadecimal"),
            ("1.3.9|99|1", "unknown tag \"99\""),
            ("1.3.9|2:numeric|rate=1", "only recorded values"),
            ("1.3.9|2", "OID|TAG|VALUE"),
            ("1.3..9|2|1", "object identifier"),
            ("1.3.9|64|1.2.3", "IpAddress"),
        ]
    )
    func refusal(line: String, message: String) throws {
        let error = thrown(RecordingError.self) {
            try RecordedWalk(parsing: Array("1.3.6.1|2|1\n\(line)\n".utf8), file: "test.snmprec")
        }

        #expect(error?.line == 2)
        #expect(error?.message.contains(message) == true)
    }
}
