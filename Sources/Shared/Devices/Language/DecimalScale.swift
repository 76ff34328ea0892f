package import Basics

/// What a device's number is multiplied by to become watts, amperes, …: an exact decimal such as 0.01.
package struct DecimalScale: Hashable, Sendable {
    /// The digits as a whole number: 1 for 0.01.
    private let mantissa: Int64
    /// How many of them stand behind the point: 2 for 0.01; negative for a power of ten: −2 for 100.
    private let decimals: Int
    /// What is divided by: 360 for 1/360.
    private let divisor: Int64

    /// A scale of 1.
    package static let one = DecimalScale(mantissa: 1, decimals: 0)

    private init(mantissa: Int64, decimals: Int, divisor: Int64 = 1) {
        self.mantissa = mantissa
        self.decimals = decimals
        self.divisor = divisor
    }

    /// `10`, `0.1`, `0.01`, …, or a fraction such as `1/360`; nil unless it is positive and of at most nine digits.
    package init?(_ text: String) {
        let fraction = text.split(separator: "/", omittingEmptySubsequences: false)
        if fraction.count == 2, fraction[0].utf8.count <= 9, fraction[1].utf8.count <= 9 {
            guard let mantissa = Int64(fraction[0]), let divisor = Int64(fraction[1]), mantissa > 0,
                divisor > 0
            else { return nil }
            self.init(mantissa: mantissa, decimals: 0, divisor: divisor)
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), digits.count <= 9 else {
            return nil
        }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        guard let mantissa = Int64(digits), mantissa > 0 else { return nil }
        self.init(mantissa: mantissa, decimals: parts.count == 2 ? parts[1].utf8.count : 0)
    }

    /// What `init(parts:)` makes a scale of again.
    var parts: [Int64] { [mantissa, Int64(decimals), divisor] }

    /// The scale with these `parts`; nil when they are no scale's.
    init?(parts: [Int64]) {
        guard parts.count == 3, parts[0] > 0, (-1000...1000).contains(parts[1]), parts[2] > 0 else {
            return nil
        }
        self.init(mantissa: parts[0], decimals: Int(parts[1]), divisor: parts[2])
    }

    /// A division by 10 to the power `digits`: of −12 to 12 digits; nil beyond that.
    init?(digits: Int64) {
        guard (-12...12).contains(digits) else { return nil }
        self.init(mantissa: 1, decimals: Int(digits))
    }

    /// A multiplication by `number`, a power of ten; by a negative one, a division; 0 is 1.
    ///
    /// Nil for other numbers.
    init?(multiplier number: Int64) {
        guard number != 0 else {
            self = .one
            return
        }
        guard let digits = (0...12).first(where: { powerOfTen($0).magnitude == number.magnitude }) else {
            return nil
        }
        self.init(mantissa: 1, decimals: number < 0 ? digits : -digits)
    }

    /// This scale and `other` one after the other; nil when the numbers are too large.
    func times(_ other: DecimalScale) -> DecimalScale? {
        let (product, overflows) = mantissa.multipliedReportingOverflow(by: other.mantissa)
        let (divisor, overflowsToo) = divisor.multipliedReportingOverflow(by: other.divisor)
        guard !overflows, !overflowsToo else { return nil }
        return DecimalScale(mantissa: product, decimals: decimals + other.decimals, divisor: divisor)
    }

    /// `raw` times this, to the nearest thousandth (halves away from zero); nil when the number is too large.
    package func applied(to raw: Int64) -> FixedPoint? {
        applied(to: RawNumber(raw))
    }

    /// `raw` times this, to the nearest thousandth (halves away from zero); nil when the number is too large.
    func applied(to raw: RawNumber) -> FixedPoint? {
        let (scaled, overflows) = raw.mantissa.multipliedReportingOverflow(by: mantissa)
        guard !overflows else { return nil }
        let decimals = decimals + raw.decimals
        guard decimals - 3 <= 18 else { return FixedPoint(0) }
        guard 3 - decimals <= 18 else { return scaled == 0 ? FixedPoint(0) : nil }
        let (numerator, overflowsToo) = scaled.multipliedReportingOverflow(
            by: powerOfTen(max(0, 3 - decimals))
        )
        let (divisor, overflowsThen) = divisor.multipliedReportingOverflow(
            by: powerOfTen(max(0, decimals - 3))
        )
        guard !overflowsToo, !overflowsThen else { return nil }
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: divisor)
        let isUp = remainder.magnitude >= divisor.magnitude - remainder.magnitude
        return FixedPoint(thousandths: quotient + (isUp ? numerator.signum() : 0))
    }
}
