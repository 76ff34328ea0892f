// Numbers as digits in bytes, without a text for each of them: an answer of a day by the minute is mostly these.

extension [UInt8] {
    /// Appends `number` in decimal, with zeros in front up to `width` digits, at most 19.
    package mutating func append(decimal number: Int64, width: Int = 1) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(digits: number.magnitude, width: width)
    }

    /// Appends `parts` of a `unit`, a power of ten, in the shortest exact decimal form: 1250500 of 1000 as
    /// `1250.5`.
    package mutating func append(_ parts: Int64, of unit: UInt64) {
        if parts < 0 { append(UInt8(ascii: "-")) }
        let (whole, fraction) = parts.magnitude.quotientAndRemainder(dividingBy: unit)
        append(digits: whole, width: 1)
        guard fraction > 0 else { return }
        var (rest, width, power) = (fraction, 0, unit)
        while power > 1 {
            power /= 10
            width += 1
        }
        while rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        append(UInt8(ascii: "."))
        append(digits: rest, width: width)
    }

    private mutating func append(digits number: UInt64, width: Int) {
        var (rest, count) = (number, 1)
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        let zeros = Swift.max(0, Swift.min(width, 19) - count)
        for _ in 0..<zeros { append(UInt8(ascii: "0")) }
        let start = self.count
        for _ in 0..<count { append(UInt8(ascii: "0")) }
        rest = number
        var position = start + count
        while position > start {
            position -= 1
            self[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

/// `number` in decimal, with zeros in front up to `width` digits.
package func padded(_ number: Int64, to width: Int = 2) -> String {
    var bytes: [UInt8] = []
    bytes.append(decimal: number, width: width)
    return String(decoding: bytes, as: UTF8.self)
}
