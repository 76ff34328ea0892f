import Basics
import MIB
import Metering
import Testing

@testable import Devices

@Suite("Scaling")
struct DecimalScaleTests {
    @Test(
        "is exact, to the nearest thousandth",
        arguments: [
            ("1", 5, 5000), ("10", 123, 1_230_000), ("0.1", 49, 4900), ("0.01", 95, 950), ("0.001", 946, 946),
            ("0.1", -132, -13_200), ("0.0001", 15, 2), ("0.0001", 14, 1), ("0.0001", -15, -2),
            ("2.5", 3, 7500),
            ("100", 35_128, 3_512_800_000), ("1/360", 720, 2000), ("1/360", 1, 3), ("1/7", -1, -143),
        ] as [(String, Int64, Int64)]
    )
    func exactness(scale: String, raw: Int64, thousandths: Int64) throws {
        let scale = try #require(DecimalScale(scale))

        #expect(scale.applied(to: raw) == FixedPoint(thousandths: thousandths))
    }

    @Test("gives nothing rather than a wrong number when a value is too large", arguments: [Int64.max, .min])
    func overflow(raw: Int64) throws {
        let scale = try #require(DecimalScale("10"))

        #expect(scale.applied(to: raw) == nil)
    }

    @Test(
        "takes positive decimals only",
        arguments: ["", "0", "-1", "+1", "1e3", ".5", "5.", "1.2.3", "1234567890", "٣", "1/0", "1/2/3", "/2"]
    )
    func refusal(text: String) {
        #expect(DecimalScale(text) == nil)
    }
}

@Suite("Texts of devices")
struct DeviceTextTests {
    @Test(
        "lose blanks, NULs and control characters, and keep what people wrote",
        arguments: [
            ([0x52, 0x31, 0x20, 0x00, 0x00], "R1"),
            (Array("  Größe 2 ".utf8), "Größe 2"),
            ([0x47, 0x72, 0xF6, 0xDF, 0x65], "Größe"),
            (Array("a\u{1B}[31mb\r\nc".utf8), "a [31mb  c"),
            (Array("a\u{202E}b\u{2028}c\u{85}d".utf8), "a b c d"),
            (Array("<b>&\"'".utf8), "<b>&\"'"),
        ] as [([UInt8], String)]
    )
    func cleaning(bytes: [UInt8], expected: String) {
        #expect(DeviceText.clean(bytes) == expected)
    }

    @Test(
        "are absent when nothing is left",
        arguments: [[], [0], [0x20, 0x0A], [0xE2, 0x80, 0xAE]] as [[UInt8]]
    )
    func nothing(bytes: [UInt8]) {
        #expect(DeviceText.clean(bytes) == nil)
    }

    @Test("are cut at 255 characters")
    func length() {
        let text = DeviceText.clean(Array(repeating: 0x61, count: 70_000))

        #expect(text?.count == 255)
    }
}

@Suite("Raw values")
struct RawValueTests {
    private let unset = RawValues(numbers: [-1], texts: ["notsupported"])

    @Test(
        "that mean \"not there\" are told from those that are there",
        arguments: [
            (SNMPValue.integer(-1), true), (.integer(0), false), (.null, true), (.absent, true),
            (.octets([]), true),
            (.octets(Array("NotSupported ".utf8)), true), (.octets(Array("x".utf8)), false),
            (.octets(Array("-1".utf8)), true), (.unsigned(.max), false),
        ]
    )
    func unset(value: SNMPValue, expected: Bool) {
        #expect(unset.isUnset(value) == expected)
    }

    @Test("of a state that is neither on nor off are unknown, not off; texts that are numbers are numbers")
    func states() {
        let spec = ValueSpec.SwitchSpec(
            on: RawValues(numbers: [1], texts: ["closed"]),
            off: RawValues(numbers: [2], texts: [])
        )
        let values: [SNMPValue] = [
            .integer(1), .integer(2), .integer(3), .octets([0x31]), .octets(Array("Closed".utf8)), .null,
        ]

        #expect(values.map { $0.switchState(spec) } == [.on, .off, .unknown, .on, .on, nil])
    }

    @Test(
        "that are texts are numbers only when they are nothing else",
        arguments: [
            ("27.1", 271, 1), (" 12 ", 12, 0), ("-55.20", -5520, 2), ("+3", 3, 0), ("0.0", 0, 1),
        ] as [(String, Int64, Int)]
    )
    func decimals(text: String, mantissa: Int64, decimals: Int) {
        let number = SNMPValue.octets(Array(text.utf8)).rawNumber

        #expect(number?.mantissa == mantissa)
        #expect(number?.decimals == decimals)
    }

    @Test(
        "that are other texts are no numbers",
        arguments: ["", "-", ".5", "1.2.3", "0.3A", "1e5", "٣", "0x10"]
    )
    func noDecimals(text: String) {
        #expect(SNMPValue.octets(Array(text.utf8)).rawNumber == nil)
    }
}

@Suite("Patterns of texts")
struct TextPatternTests {
    @Test(
        "catch numbers and letters",
        arguments: [
            ("Phase L#.Power.*", "phase l2.power.Active", 2), ("#", "17", 17), ("*@", "Bank C", 3),
            ("@{@}{#}", "AB7", 107), ("*.{#}", "1.3.6.1.42", 42), ("* - @*", "LOCAL - B2", 2),
            ("*#", "Socket 07", 7),
        ] as [(String, String, Int64)]
    )
    func numbers(pattern: String, text: String, number: Int64) throws {
        let pattern = try #require(TextPattern(pattern))

        #expect(pattern.match(text)?.number == number)
    }

    @Test("mark the part that is meant")
    func parts() throws {
        let pattern = try #require(TextPattern("PDU, MD:{*} HW*"))

        #expect(pattern.match("PDU, MD:PX3-5493 HW:0x10")?.part == "PX3-5493")
        #expect(pattern.match("PDU, MD:PX3-5493") == nil)
    }

    @Test(
        "do not match what only begins or ends like them",
        arguments: ["Phase 1", "xPhase L1", "Phase L1x", ""]
    )
    func others(text: String) throws {
        let pattern = try #require(TextPattern("Phase L#"))

        #expect(pattern.match(text) == nil)
    }

    @Test("are refused when they cannot be meant", arguments: ["", "{*", "}*{", "{{*}", "*a*b*c*d*e*f*"])
    func refusal(text: String) {
        #expect(TextPattern(text) == nil)
    }
}
