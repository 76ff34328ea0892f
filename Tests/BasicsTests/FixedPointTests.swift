import Basics
import Testing

@Suite("Decimal numbers")
struct FixedPointTests {
    @Test(
        "print in their shortest exact form",
        arguments: [
            (1_250_500, "1250.5"), (946, "0.946"), (-3000, "-3"), (-1, "-0.001"), (0, "0"), (10, "0.01"),
            (Int64.min, "-9223372036854775.808"),
        ]
    )
    func prints(thousandths: Int64, text: String) {
        #expect(FixedPoint(thousandths: thousandths).description == text)
    }

    @Test("come from the nearest thousandth, and not from what is no number")
    func fromDouble() {
        #expect(FixedPoint(22.8)?.thousandths == 22_800)
        #expect(FixedPoint(0.0004)?.thousandths == 0)
        #expect(FixedPoint(Double.nan) == nil)
        #expect(FixedPoint(Double.infinity) == nil)
        #expect(FixedPoint(1e300) == nil)
    }
}
