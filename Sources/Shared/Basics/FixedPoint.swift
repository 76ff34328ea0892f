// Decimal numbers without surprises. Every measured quantity in the product is a whole number of thousandths:
// sums come out the same in any order, a rebuilt rollup has the same bytes, and 1250.5 prints as 1250.5.

/// A decimal number, held as whole thousandths.
///
/// The unit is named by whoever holds it.
package struct FixedPoint: Hashable, Comparable, Sendable {
    /// The number times 1000.
    package var thousandths: Int64

    /// The number `thousandths` / 1000.
    package init(thousandths: Int64) {
        self.thousandths = thousandths
    }

    /// A whole number.
    package init(_ whole: Int) {
        thousandths = Int64(whole) * 1000
    }

    /// The nearest thousandth to `value`; nil when it is not finite or beyond 9·10¹⁵ / 1000.
    package init?(_ value: Double) {
        let scaled = (value * 1000).rounded()
        guard scaled.isFinite, abs(scaled) < 9e15 else { return nil }
        thousandths = Int64(scaled)
    }

    /// The number as a floating-point value, for drawing and comparing, not for sums.
    package var doubleValue: Double {
        Double(thousandths) / 1000
    }

    package static func < (left: FixedPoint, right: FixedPoint) -> Bool {
        left.thousandths < right.thousandths
    }
}

extension FixedPoint: CustomStringConvertible {
    /// The shortest exact decimal form: `1250.5`, `0.946`, `-3`.
    package var description: String {
        text(unit: 1000)
    }

    /// A thousandth of the number, in the shortest exact decimal form: 1250500.5 as `1250.5005`.
    package var descriptionInThousands: String {
        text(unit: 1_000_000)
    }

    /// The thousandths as a decimal number of `unit`, a power of ten.
    private func text(unit: UInt64) -> String {
        var bytes: [UInt8] = []
        bytes.append(thousandths, of: unit)
        return String(decoding: bytes, as: UTF8.self)
    }
}
