// The numbers and texts that a spooled run is made of. A varint is a whole number in groups of seven bits, the lowest
// first, the highest bit of a byte set where more follow (LEB128). Zigzag turns 0, -1, 1, -2, … into 0, 1, 2, 3, ….

import Basics

/// Writes one after another.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    /// A varint.
    mutating func put(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A varint, zigzag.
    mutating func put(_ value: Int64) {
        put(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// A varint that is no count of bytes or things that follow.
    mutating func put(_ value: Int) {
        put(Int64(value))
    }

    /// Their count, a varint; then `values`.
    mutating func put(_ values: [UInt8]) {
        put(UInt64(values.count))
        bytes += values
    }

    /// In UTF-8, like bytes.
    mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// Four bytes, the lowest first.
    mutating func putFixed(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// What of `fields` is there, as bits of four bytes; then what is there, in order.
    mutating func put(_ fields: OptionalFields) {
        putFixed(fields.mask)
        bytes += fields.writer.bytes
    }
}

/// Values that may be absent, on their way out: up to 32 of them.
struct OptionalFields {
    private(set) var mask: UInt32 = 0
    private(set) var writer = ByteWriter()
    private var next: UInt32 = 1

    /// The next value is `isThere`, and has nothing else to say.
    mutating func put(_ isThere: Bool) {
        if isThere { mask |= next }
        next <<= 1
    }

    /// The next value, whole thousandths.
    mutating func put(_ value: FixedPoint?) {
        put(value != nil)
        if let value { writer.put(value.thousandths) }
    }

    /// The next value.
    mutating func put(_ value: String?) {
        put(value != nil)
        if let value { writer.put(value) }
    }

    /// The next value.
    mutating func put(_ value: Int?) {
        put(value != nil)
        if let value { writer.put(value) }
    }
}

/// Reads what `ByteWriter` wrote; throws `SpoolFormatError.damaged` for anything else.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int

    /// Reads `bytes` from `position` on.
    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { position == bytes.count }

    /// A varint.
    mutating func unsigned() throws(SpoolFormatError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else { throw .damaged("it ends within a number") }
            let byte = bytes[position]
            position += 1
            // The tenth group has room for one bit.
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .damaged("a number is too long")
    }

    /// A varint, zigzag.
    mutating func signed() throws(SpoolFormatError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// How many things follow, of at least `size` bytes each.
    mutating func count(of size: Int = 1) throws(SpoolFormatError) -> Int {
        let value = try unsigned()
        guard value <= UInt64((bytes.count - position) / size) else {
            throw .damaged("it ends before what it counts")
        }
        return Int(value)
    }

    /// A number of things, or a number that names one.
    mutating func number() throws(SpoolFormatError) -> Int {
        Int(try signed())
    }

    /// Bytes.
    mutating func blob() throws(SpoolFormatError) -> [UInt8] {
        let count = try count()
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A text.
    mutating func text() throws(SpoolFormatError) -> String {
        let count = try count()
        defer { position += count }
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
            throw .damaged("a text is not UTF-8")
        }
        return text
    }

    /// Four bytes, the lowest first.
    mutating func fixed() throws(SpoolFormatError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw .damaged("it ends within a number") }
        defer { position += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32($1 * 8) }
    }

    /// Which of at most `count` optional values are there.
    mutating func presence(of count: Int) throws(SpoolFormatError) -> Presence {
        let mask = try fixed()
        guard count >= 32 || mask >> UInt32(count) == 0 else { throw .damaged("a value is not known") }
        return Presence(mask: mask)
    }
}

/// Which of some optional values are there, to be asked for one after another.
struct Presence {
    private var mask: UInt32

    init(mask: UInt32) {
        self.mask = mask
    }

    /// Whether the next one is there.
    mutating func next() -> Bool {
        defer { mask >>= 1 }
        return mask & 1 != 0
    }

    /// The next value, where it is there.
    mutating func fixedPoint(_ reader: inout ByteReader) throws(SpoolFormatError) -> FixedPoint? {
        next() ? FixedPoint(thousandths: try reader.signed()) : nil
    }

    /// The next value, where it is there.
    mutating func text(_ reader: inout ByteReader) throws(SpoolFormatError) -> String? {
        next() ? try reader.text() : nil
    }

    /// The next value, where it is there.
    mutating func number(_ reader: inout ByteReader) throws(SpoolFormatError) -> Int? {
        next() ? try reader.number() : nil
    }
}
