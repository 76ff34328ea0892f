import MIB
import Testing

/// What the one object of a walk holds.
private func value(_ text: String) throws -> SNMPValue? {
    let walk = try RecordedWalk(parsing: Array(".1.3.6.1.9.1.0 = \(text)\n".utf8), file: "test.walk")
    return walk.bindings.first?.value
}

/// The error of a walk that cannot be read.
private func complaint(_ text: String) -> RecordingError? {
    do throws(RecordingError) {
        _ = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")
        return nil
    } catch {
        return error
    }
}

private func octets(_ text: String) -> SNMPValue { .octets(Array(text.utf8)) }

@Suite("snmpwalk -On output")
struct WalkTextTests {
    @Test(
        "gives numbers, whatever net-snmp writes beside them",
        arguments: [
            ("INTEGER: 5", SNMPValue.integer(5)),
            ("INTEGER: -1", .integer(-1)),
            ("INTEGER: up(1)", .integer(1)),
            ("INTEGER: 230 volts", .integer(230)),
            ("INTEGER: 12.5", .integer(125)),
            ("Gauge32: 4294967295", .unsigned(4_294_967_295)),
            ("Counter32: 7", .unsigned(7)),
            ("Counter64: 18446744073709551615", .unsigned(.max)),
            ("Timeticks: (123) 0:00:01.23", .timeTicks(123)),
            ("Timeticks: 123", .timeTicks(123)),
            ("Wrong Type (should be INTEGER): Gauge32: 49", .unsigned(49)),
        ]
    )
    func numbers(text: String, expected: SNMPValue) throws {
        #expect(try value(text) == expected)
    }

    @Test(
        "gives texts, bytes, identifiers, addresses and nothing",
        arguments: [
            ("STRING: \"Rack 1\"", octets("Rack 1")),
            ("STRING: plain", octets("plain")),
            ("STRING: \"a \\\"b\\\" c:\\\\d\"", octets("a \"b\" c:\\d")),
            ("STRING: \"5\" disk\"", octets("5\" disk")),
            ("STRING: ", octets("")),
            ("\"\"", octets("")),
            ("Hex-STRING: 00 C0 B7 ", .octets([0, 0xC0, 0xB7])),
            ("BITS: 80 00 zero(0)", .octets([0x80, 0])),
            ("OID: .1.3.6.1.4.1.318", .identifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 318]))),
            ("IpAddress: 192.0.2.1", .address([192, 0, 2, 1])),
            ("Network Address: C0:00:02:01", .address([192, 0, 2, 1])),
            ("NULL", .null),
        ]
    )
    func others(text: String, expected: SNMPValue) throws {
        #expect(try value(text) == expected)
    }

    @Test("goes on over several lines in quoted and in hexadecimal strings")
    func severalLines() throws {
        let text = """
            .1.3.6.1.2.1.1.1.0 = STRING: "APC Web/SNMP
            .1.3 is not an object here

            end \\"quoted\\""
            .1.3.6.1.2.1.1.2.0 = Hex-STRING: 41 42
            43
            .1.3.6.1.2.1.1.3.0 = INTEGER: 1
            """
        let walk = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")

        #expect(
            walk.bindings.map(\.value) == [
                octets("APC Web/SNMP\n.1.3 is not an object here\n\nend \"quoted\""), octets("ABC"),
                .integer(1),
            ]
        )
    }

    @Test("leaves out what was not there")
    func absentObjects() throws {
        let text = """
            .1.3.6.1.9.1 = No Such Instance currently exists at this OID
            .1.3.6.1.9.2 = No Such Object available on this agent at this OID
            .1.3.6.1.9.3 = INTEGER: 3
            .1.3.6.1.9.4 = No more variables left in this MIB View (It is past the end of the MIB tree)
            """
        let walk = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")

        #expect(walk.bindings.map(\.value) == [.integer(3)])
    }

    @Test("may begin with iso, have comments, end its lines as Windows does, and be out of order")
    func tolerance() throws {
        let text = "# a comment\r\niso.3.6.1.9.10 = INTEGER: 10\r\n\r\n.1.3.6.1.9.2 = STRING: \"x\"\r\n"
        let walk = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")

        #expect(walk.bindings.map(\.identifier.description) == ["1.3.6.1.9.2", "1.3.6.1.9.10"])
        #expect(walk.bindings.map(\.value) == [octets("x"), .integer(10)])
    }

    @Test(
        "is refused with file, line and what was expected",
        arguments: [
            (".1.3.6.1.9.1 = INTEGER: 1\nTimeout: No Response from 192.0.2.1\n", 2, "expected \".1.3.6.1"),
            ("SNMPv2-MIB::sysDescr.0 = STRING: x\n", 1, "snmpwalk -On"),
            (".1.3.6.1.9.1 = INTEGER: many\n", 1, "expected a number"),
            (".1.3.6.1.9.1 = Gauge32: -1\n", 1, "expected a number"),
            (".1.3.6.1.9.1 = Hex-STRING: 4\n", 1, "hexadecimal"),
            (".1.3.6.1.9.1 = Sausage: 4\n", 1, "unknown type \"Sausage\""),
            (".1.3.6.1.9.1 = STRING: \"open\n.1.3.6.1.9.2 = INTEGER: 1\n", 1, "closing quote"),
            (".1.3.6.1.9.1 = INTEGER: 1\n.1.3.6.1.9.2 = STRING: \"open\nand so on", 2, "closing quote"),
            ("", 1, "no objects"),
            ("\n\n# nothing\n", 1, "no objects"),
        ]
    )
    func refusal(text: String, line: Int, message: String) throws {
        let error = try #require(complaint(text))

        #expect(error.file == "test.walk")
        #expect(error.line == line)
        #expect(error.message.contains(message))
    }
}
