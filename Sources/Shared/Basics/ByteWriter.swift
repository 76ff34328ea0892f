// How this program keeps many numbers and texts in few bytes: whole numbers in groups of seven bits, the lowest first,
// the highest bit of a byte set where more follow (LEB128); those that may be negative turned from 0, -1, 1, -2, … into
// 0, 1, 2, 3, … before (zigzag); texts and lists behind their lengths.

/// Writes values one after the other.
package struct ByteWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// Nothing yet.
    package init() {}

    /// Forgets what was written, and keeps the memory.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// A whole number that is not negative.
    package mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A whole number; small ones of either sign are short.
    package mutating func put(_ number: Int64) {
        put(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// A whole number; small ones of either sign are short.
    package mutating func put(_ number: Int) {
        put(Int64(number))
    }

    /// Four bytes, the lowest first.
    package mutating func putFixed(_ number: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// One byte.
    package mutating func put(byte: UInt8) {
        bytes.append(byte)
    }

    /// One byte, 1 or 0.
    package mutating func put(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    /// Bytes behind their count.
    package mutating func put(_ octets: [UInt8]) {
        put(UInt64(octets.count))
        bytes += octets
    }

    /// A text in UTF-8, like bytes.
    package mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            put(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// Bytes as they are, without their count.
    package mutating func putRaw(_ octets: [UInt8]) {
        bytes += octets
    }

    /// A list: how many there are, then each as `put` writes it.
    package mutating func list<Element>(
        _ elements: some Collection<Element>,
        _ put: (inout ByteWriter, Element) -> Void
    ) {
        self.put(UInt64(elements.count))
        for element in elements { put(&self, element) }
    }

    /// A value that may be absent, as `put` writes it.
    package mutating func optional<Value>(_ value: Value?, _ put: (inout ByteWriter, Value) -> Void) {
        self.put(value != nil)
        if let value { put(&self, value) }
    }
}
