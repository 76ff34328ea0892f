import Basics
import Testing

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
