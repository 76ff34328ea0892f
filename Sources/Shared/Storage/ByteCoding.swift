// How rows that hold many numbers are written: whole numbers in groups of seven bits, the lowest first, the highest bit
// of a byte set where more follow (LEB128); signed ones turned into 0, -1, 1, -2, … = 0, 1, 2, 3, … before (zigzag).

import Basics

/// Writes numbers and texts as bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    /// Forgets what was written, and keeps the memory.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(_ number: Int) {
        append(UInt64(bitPattern: Int64(number)))
    }

    mutating func append(signed number: Int64) {
        append(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Appends a number of thousandths; whole numbers, which most are, take a byte or two less.
    mutating func append(_ quantity: FixedPoint) {
        let (whole, rest) = quantity.thousandths.quotientAndRemainder(dividingBy: 1000)
        let isWhole = rest == 0
        let number = isWhole ? whole : quantity.thousandths
        let zigzag = UInt64(bitPattern: number << 1 ^ number >> 63)
        // The lowest group holds six bits and the mark.
        let first = UInt8(truncatingIfNeeded: zigzag & 0x3F) << 1 | (isWhole ? 1 : 0)
        bytes.append(zigzag < 0x40 ? first : first | 0x80)
        if zigzag >= 0x40 { append(zigzag >> 6) }
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            append(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func append(contentsOf other: [UInt8]) {
        bytes.append(contentsOf: other)
    }
}

/// Bytes that are not what this program wrote.
struct DamagedBytes: Error {}

/// Reads what `ByteWriter` wrote; never beyond its bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position == bytes.count }

    mutating func number() throws(DamagedBytes) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw DamagedBytes()
    }

    /// A number of things, no more than there are bytes left for.
    mutating func count() throws(DamagedBytes) -> Int {
        let number = try number()
        guard number <= UInt64(bytes.count - position) else { throw DamagedBytes() }
        return Int(number)
    }

    mutating func signed() throws(DamagedBytes) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func quantity() throws(DamagedBytes) -> FixedPoint {
        guard position < bytes.count else { throw DamagedBytes() }
        let first = bytes[position]
        position += 1
        var zigzag = UInt64(first & 0x7F) >> 1
        if first >= 0x80 { zigzag |= try number() << 6 }
        let number = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
        return FixedPoint(thousandths: first & 1 == 1 ? number &* 1000 : number)
    }

    mutating func text() throws(DamagedBytes) -> String {
        String(decoding: try slice(), as: UTF8.self)
    }

    /// As many bytes as a number before them says.
    mutating func slice() throws(DamagedBytes) -> ArraySlice<UInt8> {
        let count = try count()
        defer { position += count }
        return bytes[position..<position + count]
    }
}

/// A row of many numbers that is damaged.
struct DamagedRow: Error, CustomStringConvertible {
    let table: String
    let pdu: Int64

    var description: String { "the row of PDU \(pdu) in \(table) is damaged" }
}
