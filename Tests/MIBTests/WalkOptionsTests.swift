// What net-snmp 5.9.3 prints, gathered from an agent made for this that answers one value of every kind: with and
// without a MIB that knows the objects (enumerations, units, display hints), and with the options of -O that change
// how values look.

import MIB
import TestSupport
import Testing

/// A value as the agent sent it, and all the ways in which snmpwalk printed it.
private struct Printed {
    let value: SNMPValue
    /// With types: `-On`, then with `-OT`, then with a MIB, then with `-Oe` or `-Ox`, `-Ot`, `-OU`.
    let typed: [String]
    /// Without: `-OnQ`, then with a MIB.
    let quick: [String]

    init(_ value: SNMPValue, _ typed: [String], quick: [String]) {
        self.value = value
        self.typed = typed
        self.quick = quick
    }

    init(text: String, _ typed: [String], quick: [String]) {
        self.init(.octets(Array(text.utf8)), typed, quick: quick)
    }
}

private let numbers = [
    Printed(.integer(5), ["INTEGER: 5"], quick: ["5"]),
    Printed(.integer(-1), ["INTEGER: -1"], quick: ["-1"]),
    Printed(.integer(1), ["INTEGER: 1", "INTEGER: on(1)"], quick: ["1"]),
    Printed(.integer(1234), ["INTEGER: 1234", "INTEGER: 123.4"], quick: ["1234", "123.4"]),
    Printed(.integer(230), ["INTEGER: 230", "INTEGER: 230 volts"], quick: ["230", "230 volts"]),
    Printed(.integer(255), ["INTEGER: 255", "INTEGER: ff"], quick: ["255"]),
    Printed(.integer(10), ["INTEGER: 10", "INTEGER: 00000000000000000000000000001010"], quick: ["10"]),
    Printed(
        .integer(-5),
        ["INTEGER: -5", "INTEGER: -.05 amps", "INTEGER: -.05"],
        quick: ["-5", "-.05 amps"]
    ),
    Printed(.unsigned(4_294_967_295), ["Gauge32: 4294967295"], quick: ["4294967295"]),
    Printed(.unsigned(77), ["Gauge32: 77", "Gauge32: 77 0.1 watts"], quick: ["77", "77 0.1 watts"]),
    Printed(.unsigned(5), ["Gauge32: 5", "Gauge32: .005"], quick: ["5", ".005"]),
    Printed(.unsigned(7), ["Counter32: 7"], quick: ["7"]),
    Printed(.unsigned(.max), ["Counter64: 18446744073709551615"], quick: ["18446744073709551615"]),
    Printed(.unsigned(6), ["6"], quick: ["6"]),
    Printed(.unsigned(49), ["Gauge32: 49", "Wrong Type (should be INTEGER): Gauge32: 49"], quick: ["49"]),
    Printed(.timeTicks(123), ["Timeticks: (123) 0:00:01.23", "Timeticks: 123"], quick: ["0:0:00:01.23"]),
    Printed(
        .timeTicks(165_328_600),
        ["Timeticks: (165328600) 19 days, 3:14:46.00"],
        quick: ["19:3:14:46.00"]
    ),
    Printed(text: "12.3", ["Opaque: Float: 12.300000"], quick: ["12.300000"]),
    Printed(text: "230", ["Opaque: Float: 230.000000"], quick: ["230.000000"]),
    Printed(text: "-0.000123", ["Opaque: Float: -0.000123"], quick: ["-0.000123"]),
    Printed(text: "nan", ["Opaque: Float: nan"], quick: ["nan"]),
    Printed(text: "inf", ["Opaque: Float: inf"], quick: ["inf"]),
    Printed(.integer(256), ["Opaque: Int64: 256"], quick: ["256"]),
    Printed(.unsigned(256), ["Opaque: UInt64: 256", "Opaque: Counter64: 256"], quick: ["256"]),
]

private let texts = [
    Printed(
        text: "Rack 1",
        ["STRING: \"Rack 1\"", "STRING: Rack 1", "Hex-STRING: 52 61 63 6B 20 31 "],
        quick: ["\"Rack 1\"", "Rack 1"]
    ),
    Printed(text: "", ["\"\"", "STRING: ", "BITS: "], quick: ["\"\"", ""]),
    Printed(
        text: "a \"b\" c:\\d",
        ["STRING: \"a \\\"b\\\" c:\\\\d\"", "Hex-STRING: 61 20 22 62 22 20 63 3A 5C 64 "],
        quick: ["\"a \\\"b\\\" c:\\\\d\""]
    ),
    Printed(
        text: "line one\nline two\n",
        [
            "STRING: \"line one\nline two\n\"",
            "Hex-STRING: 6C 69 6E 65 20 6F 6E 65 0A 6C 69 6E 65 20 74 77 \n6F 0A ",
        ],
        quick: ["\"line one\nline two\n\""]
    ),
    Printed(
        text: "multi\nline",
        ["STRING: \"multi\nline\"", "STRING: multi\nline"],
        quick: ["\"multi\nline\"", "multi\nline"]
    ),
    Printed(text: "cr\r\nlf", ["STRING: \"cr\r\nlf\""], quick: ["\"cr\r\nlf\""]),
    Printed(text: " both ends ", ["STRING: \" both ends \""], quick: ["\" both ends \""]),
    Printed(text: "a backslash\\", ["STRING: \"a backslash\\\\\""], quick: ["\"a backslash\\\\\""]),
    Printed(text: "\"", ["STRING: \"\\\"\"", "Hex-STRING: 22 "], quick: ["\"\\\"\""]),
    Printed(
        text: ".1.3.6.1 = INTEGER: 5\n.1.3.6.2 = STRING: \"x",
        ["STRING: \".1.3.6.1 = INTEGER: 5\n.1.3.6.2 = STRING: \\\"x\""],
        quick: ["\".1.3.6.1 = INTEGER: 5\n.1.3.6.2 = STRING: \\\"x\""]
    ),
    Printed(
        text: "units",
        ["STRING: \"units\"", "STRING: \"units\" watts"],
        quick: ["\"units\"", "\"units\" watts"]
    ),
    Printed(text: "units", ["Hex-STRING: 75 6E 69 74 73  watts"], quick: ["\"units\""]),
    Printed(text: "12", ["Wrong Type (should be INTEGER): STRING: \"12\""], quick: ["\"12\""]),
]

private let others = [
    Printed(
        .octets([0, 0xC0, 0xB7]),
        ["Hex-STRING: 00 C0 B7 ", "Hex-STRING: 00 C0 B7   [...]"],
        quick: ["\"00 C0 B7 \""]
    ),
    Printed(
        .octets(Array(0..<40)),
        [
            """
            Hex-STRING: 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\u{20}
            10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F\u{20}
            20 21 22 23 24 25 26 27\u{20}
            """,
            """
            Hex-STRING: 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F   [.........\t
            \u{B}\u{C}\r..]
            10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F   [................]
            20 21 22 23 24 25 26 27   [ !"#$%&']
            """,
        ],
        quick: [
            """
            "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\u{20}
            10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F\u{20}
            20 21 22 23 24 25 26 27 "
            """
        ]
    ),
    Printed(
        .octets([0x80, 0]),
        ["Hex-STRING: 80 00 ", "BITS: 80 00 zero(0) ", "BITS: 80 00 0 "],
        quick: ["\"80 00 \""]
    ),
    Printed(
        .octets([0, 0x21]),
        ["BITS: 00 21 ten(10) fifteen(15) ", "BITS: 00 21 10 15 "],
        quick: ["\"00 21 \""]
    ),
    Printed(
        .octets([1, 2, 3]),
        ["OPAQUE: 01 02 03 ", "OPAQUE: 01 02 03   [...]"],
        quick: ["01 02 03 "]
    ),
    Printed(
        .identifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 318, 1])),
        ["OID: .1.3.6.1.4.1.318.1", "OID: iso.3.6.1.4.1.318.1", "OID: SNMPv2-SMI::enterprises.318.1"],
        quick: [".1.3.6.1.4.1.318.1"]
    ),
    Printed(.identifier(ObjectIdentifier([0, 0])), ["OID: .0.0"], quick: [".0.0"]),
    Printed(
        .address([192, 0, 2, 1]),
        ["IpAddress: 192.0.2.1", "Network Address: C0:00:02:01"],
        quick: ["192.0.2.1"]
    ),
    Printed(.null, ["NULL"], quick: ["NULL"]),
]

private let absences = [
    "No Such Instance currently exists at this OID",
    "No Such Object available on this agent at this OID",
    "No more variables left in this MIB View (It is past the end of the MIB tree)",
    "Variable has bad type",
]

/// A walk of `values`, one object each, and what it should be read as.
private func walk(
    _ values: [(text: String, value: SNMPValue)],
    lineStart: String = ".1.3.6.1.4.1.32473.",
    equals: String = " = "
) -> (text: String, bindings: [VariableBinding]) {
    let lines = values.enumerated().map { "\(lineStart)\($0.offset + 1).0\(equals)\($0.element.text)\n" }
    let bindings = values.enumerated().map { number, element in
        VariableBinding(ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, UInt32(number + 1), 0]), element.value)
    }
    let absent = absences.map { ".1.3.6.1.4.1.32474.1\(equals)\($0)\n" }
    return (lines.joined() + absent.joined(), bindings)
}

/// What number the sign of an untyped number leaves open.
private func withoutSign(_ binding: VariableBinding) -> VariableBinding {
    guard case .unsigned(let number) = binding.value, let signed = Int64(exactly: number) else {
        return binding
    }
    return VariableBinding(binding.identifier, .integer(signed))
}

@Suite("What the options of snmpwalk change")
struct WalkOptionsTests {
    @Test("is not what a value is", arguments: 0..<4)
    func typed(column: Int) throws {
        let rows = numbers + texts + others
        let (text, bindings) = walk(rows.map { ($0.typed[min(column, $0.typed.count - 1)], $0.value) })

        let read = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")

        #expect(read.bindings == bindings)
    }

    @Test("may be the types, too", arguments: [" = ", " "], [0, 1])
    func quick(equals: String, column: Int) throws {
        let rows = numbers + texts + others
        let values = rows.map { (text: $0.quick[min(column, $0.quick.count - 1)], value: $0.value) }
        let (text, bindings) = walk(values, equals: equals)

        let read = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")

        #expect(read.bindings.map(withoutSign) == bindings.map(withoutSign))
    }

    @Test(
        "may be how objects begin",
        arguments: [
            "1.3.6.1.4.1.32473.", "iso.3.6.1.4.1.32473.", ".iso.3.6.1.4.1.32473.",
            ".iso.org.dod.internet.private.enterprises.32473.", "SNMPv2-SMI::enterprises.32473.",
        ]
    )
    func prefixes(lineStart: String) throws {
        let (text, bindings) = walk(numbers.map { ($0.typed[0], $0.value) }, lineStart: lineStart)

        let read = try RecordedWalk(parsing: Array(text.utf8), file: "test.walk")

        #expect(read.bindings == bindings)
    }

    @Test("is how Windows ends lines, and a mark at the beginning of the file")
    func windows() throws {
        let rows = (numbers + others).map { (text: $0.typed[0], value: $0.value) }
        let (text, bindings) = walk(rows)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

        let read = try RecordedWalk(
            parsing: [0xEF, 0xBB, 0xBF] + Array(lines.joined(separator: "\r\n").utf8),
            file: "test.walk"
        )

        #expect(read.bindings == bindings)
    }

    @Test("is that SNMPv1 ends a walk in words")
    func endOfMIB() throws {
        let read = try RecordedWalk(
            parsing: Array(".1.3.6.1.9 = INTEGER: 1\nEnd of MIB\n".utf8),
            file: "test.walk"
        )

        #expect(read.bindings.map(\.value) == [.integer(1)])
    }

    @Test("does not make UTF-16 readable, but the error says so")
    func wideText() throws {
        let wide = ".1.3.6.1.9 = INTEGER: 1\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let error = thrown(RecordingError.self) {
            try RecordedWalk(parsing: [0xFF, 0xFE] + wide, file: "test.walk")
        }

        #expect(error?.description.contains("UTF-16") == true)
    }
}

@Suite("Numbers wrapped into Opaque")
struct OpaqueTests {
    @Test(
        "are read from .snmprec as from the network",
        arguments: [
            ("9f780441447ae1", SNMPValue.octets(Array("12.28".utf8))),
            ("9f780441 44cccd", .octets(Array("12.3".utf8))),
            ("9f780460ad78ec", .octets(Array("100000000000000000000".utf8))),
            ("9f78047fc00000", .octets(Array("nan".utf8))),
            ("9f780480000000", .octets(Array("0".utf8))),
            ("9f7908bf201f31f46ed246", .octets(Array("-0.000123".utf8))),
            ("9f7a020100", .integer(256)),
            ("9f7a01ff", .integer(-1)),
            ("9f7b020100", .unsigned(256)),
            ("9f7b0900ffffffffffffffff", .unsigned(.max)),
            ("9f76020100", .unsigned(256)),
            ("9f7804ff", .octets([0x9F, 0x78, 4, 0xFF])),
            ("010203", .octets([1, 2, 3])),
        ]
    )
    func wrapped(hexadecimal: String, expected: SNMPValue) throws {
        let walk = try RecordedWalk(
            parsing: Array("1.3.6.1.9.1|68x|\(hexadecimal)\n".utf8),
            file: "test.snmprec"
        )

        #expect(walk.bindings.first?.value == expected)
    }

    @Test(
        "are told in the shortest way",
        arguments: [
            (0.1, "0.1"), (1e21, "1000000000000000000000"), (5e-7, "0.0000005"), (-0.0, "0"), (230, "230"),
        ]
    )
    func decimalText(number: Double, expected: String) {
        #expect(DecimalText.shortest(number) == expected)
    }
}
