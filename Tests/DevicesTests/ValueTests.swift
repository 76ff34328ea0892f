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
            ("100", 35_128, 3_512_800_000),
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
        arguments: ["", "0", "-1", "+1", "1e3", ".5", "5.", "1.2.3", "1234567890", "٣"]
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
    private let spec = ObjectSpec(
        object: ObjectIdentifier([1]),
        scale: .one,
        unset: UnsetValues(numbers: [-1], texts: ["notsupported"]),
        resolution: nil,
        maximum: nil,
        on: [1],
        off: [2],
        estimatedWith: nil,
        isZeroUnsetUnderLoad: false
    )

    @Test(
        "that mean \"not there\" are told from those that are there",
        arguments: [
            (SNMPValue.integer(-1), true), (.integer(0), false), (.null, true), (.absent, true),
            (.octets([]), true),
            (.octets(Array("NotSupported ".utf8)), true), (.octets(Array("x".utf8)), false),
            (.unsigned(.max), false),
        ]
    )
    func unset(value: SNMPValue, expected: Bool) {
        #expect(spec.unset.contains(value) == expected)
    }

    @Test(
        "beyond what anything can measure are absent",
        arguments: [SNMPValue.unsigned(.max), .integer(.max), .integer(.min)]
    )
    func absurd(value: SNMPValue) {
        #expect(value.scaled(spec) == nil)
    }

    @Test("of a state that is neither on nor off are unknown, not off")
    func states() {
        let values: [SNMPValue] = [.integer(1), .integer(2), .integer(3), .octets([0x31])]

        #expect(values.map { $0.switchState(spec) } == [.on, .off, .unknown, nil])
    }
}
