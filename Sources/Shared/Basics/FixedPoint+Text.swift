// Decimal numbers as people write them.

extension FixedPoint {
    /// The number that `text` writes in decimal, such as `230`, `-0.5` or `1.250`; nil when it is anything else,
    /// has more than three decimals that matter, or is beyond 9·10¹⁵ / 1000.
    package init?(decimal text: String) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty else { return nil }
        var fraction = parts.count > 1 ? parts[1] : ""[...].utf8
        guard parts.count == 1 || !fraction.isEmpty else { return nil }
        while fraction.count > 3, fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
        guard fraction.count <= 3 else { return nil }

        var magnitude: Int64 = 0
        let padding = repeatElement(UInt8(ascii: "0"), count: 3 - fraction.count)
        for byte in [UInt8](whole) + fraction + padding {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), magnitude < 900_000_000_000_000
            else {
                return nil
            }
            magnitude = magnitude * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        self.init(thousandths: isNegative ? -magnitude : magnitude)
    }
}
