import Basics
import Testing

@Suite("The nearest known word")
struct NearestTests {
    @Test(
        "a slip of the fingers is recognised, another word is not",
        arguments: [
            ("intervall", "interval"), ("timoeut", "timeout"), ("RETRIES", "retries"), ("retires", "retries"),
            ("zone", nil), ("x", nil), ("", nil),
        ] as [(String, String?)]
    )
    func words(written: String, expected: String?) {
        #expect(nearest(to: written, among: ["interval", "timeout", "retries"]) == expected)
    }

    @Test("the suggestion is a phrase, or nothing")
    func phrase() {
        #expect(suggestion(for: "timeot", among: ["timeout"]) == " (did you mean \"timeout\"?)")
        #expect(suggestion(for: "voltage", among: ["timeout"]).isEmpty)
    }
}

@Suite("Decimal numbers as text")
struct FixedPointTextTests {
    @Test(
        "what people write is read exactly",
        arguments: [
            ("230", 230_000), ("-0.5", -500), ("+1", 1000), ("1.250", 1250), ("0.0010000", 1), ("007", 7000),
        ] as [(String, Int64)]
    )
    func accepted(text: String, thousandths: Int64) {
        #expect(FixedPoint(decimal: text)?.thousandths == thousandths)
    }

    @Test(
        "anything else is not a number",
        arguments: [
            "", "-", ".5", "5.", "1e3", "0x10", "1,5", " 1", "1.2345", "1.2.3", "٣", "99999999999999999999",
        ]
    )
    func refused(text: String) {
        #expect(FixedPoint(decimal: text) == nil)
    }
}
