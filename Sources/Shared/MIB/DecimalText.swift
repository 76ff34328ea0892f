// Floating-point numbers as decimal text. Agents send them wrapped into Opaque (a net-snmp extension), which has no
// place among the values of SNMP; as text they are what other devices send as DisplayString, and decode the same way.

/// Numbers as plain decimal text, such as `-0.5`: no exponent, no zeros at the end of a fraction.
package enum DecimalText {
    /// The shortest text that tells `number` from its neighbours; `nan`, `inf` or `-inf` for what is no number.
    package static func shortest(_ number: Float) -> String {
        plain(number.description) ?? number.description
    }

    /// The shortest text that tells `number` from its neighbours; `nan`, `inf` or `-inf` for what is no number.
    package static func shortest(_ number: Double) -> String {
        plain(number.description) ?? number.description
    }

    /// The number in `text`, such as `12.300000` or `1e+20`, in its plainest form; nil when it is none.
    static func plain(_ text: some StringProtocol) -> String? {
        let isNegative = text.first == "-"
        let parts = text.dropFirst(isNegative ? 1 : 0).split(
            separator: "e",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let mantissa = parts.first, let exponent = parts.count == 2 ? Int(parts[1]) : 0,
            (-400...400).contains(exponent)
        else { return nil }
        let sides = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = sides.first ?? ""
        let fraction = sides.count == 2 ? sides[1] : ""
        var digits = Array(whole.utf8) + Array(fraction.utf8)
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        var point = whole.utf8.count + exponent
        if point < 1 {
            digits.insert(contentsOf: repeatElement(0x30, count: 1 - point), at: 0)
            point = 1
        }
        if point > digits.count { digits += repeatElement(0x30, count: point - digits.count) }
        let before = digits[..<point].drop { $0 == 0x30 }
        let after = digits[point...].reversed().drop { $0 == 0x30 }.reversed()
        let sign = isNegative && !(before.isEmpty && after.isEmpty) ? "-" : ""
        let integer = before.isEmpty ? "0" : String(decoding: before, as: UTF8.self)
        return sign + integer + (after.isEmpty ? "" : "." + String(decoding: Array(after), as: UTF8.self))
    }
}
