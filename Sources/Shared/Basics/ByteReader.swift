// Reads what `ByteWriter` wrote. Bytes may come from a damaged disk: nothing is read beyond their end, and nothing traps.

/// Bytes that no `ByteWriter` wrote for this reader.
package struct ByteMismatch: Error, Hashable, CustomStringConvertible {
    /// What is wrong with them.
    package let description: String

    /// What is wrong, in words that go on from "it is damaged:".
    package init(_ description: String = "a value is none that is written there") {
        self.description = description
    }
}

/// Reads values in the order in which they were written.
package struct ByteReader: Sendable {
    private let bytes: [UInt8]
    private var position: Int

    /// Reads `bytes` from `position` on, which is within them.
    package init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether everything was read.
    package var isAtEnd: Bool { position >= bytes.count }

    /// One byte.
    package mutating func byte() throws(ByteMismatch) -> UInt8 {
        guard position < bytes.count else { throw ByteMismatch("it ends within a value") }
        defer { position += 1 }
        return bytes[position]
    }

    /// A whole number that is not negative.
    package mutating func unsigned() throws(ByteMismatch) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            let part = UInt64(next & 0x7F)
            guard shift < 64, (part << shift) >> shift == part else { throw ByteMismatch("a number is too long") }
            number |= part << shift
            guard next & 0x80 != 0 else { return number }
            shift += 7
        }
    }

    /// A whole number.
    package mutating func signed() throws(ByteMismatch) -> Int64 {
        let number = try unsigned()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// A whole number.
    package mutating func integer() throws(ByteMismatch) -> Int {
        Int(try signed())
    }

    /// Four bytes, the lowest first.
    package mutating func fixed() throws(ByteMismatch) -> UInt32 {
        var number: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 32, by: 8) { number |= UInt32(try byte()) << shift }
        return number
    }

    /// Whether something holds.
    package mutating func flag() throws(ByteMismatch) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw ByteMismatch("what is either so or not is neither")
        }
    }

    /// How many things follow, of `size` bytes each at least.
    package mutating func count(of size: Int = 1) throws(ByteMismatch) -> Int {
        let count = try unsigned()
        guard count <= UInt64((bytes.count - position) / size) else {
            throw ByteMismatch("it ends before what it counts")
        }
        return Int(count)
    }

    /// Bytes behind their count.
    package mutating func octets() throws(ByteMismatch) -> [UInt8] {
        Array(try slice())
    }

    /// Bytes behind their count, where they lie.
    package mutating func slice() throws(ByteMismatch) -> ArraySlice<UInt8> {
        let count = try count()
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    /// A text, in UTF-8 and nothing else.
    package mutating func text() throws(ByteMismatch) -> String {
        guard let text = String(validating: try slice(), as: UTF8.self) else {
            throw ByteMismatch("a text is not UTF-8")
        }
        return text
    }

    /// A list whose elements `element` reads.
    package mutating func list<Element>(
        _ element: (inout ByteReader) throws(ByteMismatch) -> Element
    ) throws(ByteMismatch) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// A value that `value` reads, where it is there.
    package mutating func optional<Value>(
        _ value: (inout ByteReader) throws(ByteMismatch) -> Value
    ) throws(ByteMismatch) -> Value? {
        try flag() ? try value(&self) : nil
    }
}
