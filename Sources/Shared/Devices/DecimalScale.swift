package import Basics

/// What a device's whole number is multiplied by to become watts, amperes, …: an exact decimal such as 0.01.
package struct DecimalScale: Hashable, Sendable {
    /// The digits as a whole number: 1 for 0.01.
    private let mantissa: Int64
    /// How many of them stand behind the point: 2 for 0.01.
    private let decimals: Int

    /// A scale of 1.
    package static let one = DecimalScale(mantissa: 1, decimals: 0)

    private init(mantissa: Int64, decimals: Int) {
        self.mantissa = mantissa
        self.decimals = decimals
    }

    /// `10`, `0.1`, `0.01`, …; nil unless it is a positive decimal of at most nine digits.
    package init?(_ text: String) {
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

    /// `raw` times this, to the nearest thousandth (halves away from zero); nil when the number is too large.
    package func applied(to raw: Int64) -> FixedPoint? {
        let (scaled, overflows) = raw.multipliedReportingOverflow(by: mantissa)
        guard !overflows else { return nil }
        if decimals <= 3 {
            let (result, overflows) = scaled.multipliedReportingOverflow(by: powerOfTen(3 - decimals))
            return overflows ? nil : FixedPoint(thousandths: result)
        }
        let divisor = powerOfTen(decimals - 3)
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: divisor)
        let isUp = remainder.magnitude * 2 >= divisor.magnitude
        return FixedPoint(thousandths: quotient + (isUp ? scaled.signum() : 0))
    }

    private func powerOfTen(_ exponent: Int) -> Int64 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
