// Quantities in rows that hold many of them.

import Basics

extension ByteWriter {
    /// A number of thousandths; whole numbers, which most are, take a byte or two less.
    mutating func put(quantity: FixedPoint) {
        let (whole, rest) = quantity.thousandths.quotientAndRemainder(dividingBy: 1000)
        let isWhole = rest == 0
        let number = isWhole ? whole : quantity.thousandths
        let zigzag = UInt64(bitPattern: number << 1 ^ number >> 63)
        // The first group holds six bits and the mark.
        let first = UInt8(truncatingIfNeeded: zigzag & 0x3F) << 1 | (isWhole ? 1 : 0)
        put(byte: zigzag < 0x40 ? first : first | 0x80)
        if zigzag >= 0x40 { put(zigzag >> 6) }
    }
}

extension ByteReader {
    /// A number of thousandths.
    mutating func quantity() throws(ByteMismatch) -> FixedPoint {
        let first = try byte()
        var zigzag = UInt64(first & 0x7F) >> 1
        if first >= 0x80 { zigzag |= try unsigned() << 6 }
        let number = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
        return FixedPoint(thousandths: first & 1 == 1 ? number &* 1000 : number)
    }
}

/// A row of many numbers that is damaged.
struct DamagedRow: Error, CustomStringConvertible {
    let table: String
    let pdu: Int64

    var description: String { "the row of PDU \(pdu) in \(table) is damaged" }
}
