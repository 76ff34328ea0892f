// A compact form for what is kept between runs: numbers of seven bits a byte, texts and lists behind their lengths.

import Basics
import MIB

/// Writes values one after the other.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    /// A whole number that is not negative.
    mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A whole number; small ones of either sign are short.
    mutating func put(_ number: Int64) {
        put(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// A whole number; small ones of either sign are short.
    mutating func put(_ number: Int) { put(Int64(number)) }

    mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func put(_ octets: [UInt8]) {
        put(UInt64(octets.count))
        bytes += octets
    }

    mutating func put(_ text: String) { put(Array(text.utf8)) }

    /// A list: how many there are, then each as `put` writes it.
    mutating func list<Element>(
        _ elements: some Collection<Element>,
        _ put: (inout ByteWriter, Element) -> Void
    ) {
        self.put(UInt64(elements.count))
        for element in elements { put(&self, element) }
    }

    /// A value that may be absent, as `put` writes it.
    mutating func optional<Value>(_ value: Value?, _ put: (inout ByteWriter, Value) -> Void) {
        self.put(value != nil)
        if let value { put(&self, value) }
    }

    mutating func put(_ identifier: ObjectIdentifier) {
        list(identifier.components) { $0.put(UInt64($1)) }
    }

    /// Object identifiers, each by what it has in common with the one before it.
    mutating func put(_ identifiers: [ObjectIdentifier]) {
        var former: [UInt32] = []
        list(identifiers) { writer, identifier in
            let components = identifier.components
            var common = 0
            while common < min(former.count, components.count), former[common] == components[common] {
                common += 1
            }
            writer.put(UInt64(common))
            writer.list(components[common...]) { $0.put(UInt64($1)) }
            former = components
        }
    }

    mutating func put(_ value: SNMPValue) {
        switch value {
        case .integer(let number): tagged(0) { $0.put(number) }
        case .unsigned(let number): tagged(1) { $0.put(number) }
        case .timeTicks(let ticks): tagged(2) { $0.put(UInt64(ticks)) }
        case .octets(let octets): tagged(3) { $0.put(octets) }
        case .identifier(let identifier): tagged(4) { $0.put(identifier) }
        case .address(let octets): tagged(5) { $0.put(octets) }
        case .null: tagged(6) { _ in }
        case .absent: tagged(7) { _ in }
        case .endOfView: tagged(8) { _ in }
        }
    }

    /// One of several forms, by its number.
    mutating func tagged(_ tag: UInt8, _ put: (inout ByteWriter) -> Void) {
        bytes.append(tag)
        put(&self)
    }
}

/// What was read is not what a `ByteWriter` writes.
struct ByteMismatch: Error {}

/// Reads what a `ByteWriter` wrote; nothing that it is given makes it fail otherwise than by `ByteMismatch`.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether everything was read.
    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(ByteMismatch) -> UInt8 {
        guard position < bytes.count else { throw ByteMismatch() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func unsigned() throws(ByteMismatch) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            let part = UInt64(next & 0x7F)
            guard shift < 64, (part << shift) >> shift == part else { throw ByteMismatch() }
            number |= part << shift
            guard next & 0x80 != 0 else { return number }
            shift += 7
        }
    }

    mutating func signed() throws(ByteMismatch) -> Int64 {
        let number = try unsigned()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func integer() throws(ByteMismatch) -> Int { Int(try signed()) }

    mutating func flag() throws(ByteMismatch) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw ByteMismatch()
        }
    }

    /// How many elements follow; each takes a byte at least.
    mutating func count() throws(ByteMismatch) -> Int {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw ByteMismatch() }
        return Int(count)
    }

    mutating func octets() throws(ByteMismatch) -> [UInt8] {
        let count = try count()
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    mutating func text() throws(ByteMismatch) -> String { String(decoding: try octets(), as: UTF8.self) }

    mutating func list<Element>(
        _ element: (inout ByteReader) throws(ByteMismatch) -> Element
    ) throws(ByteMismatch) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    mutating func optional<Value>(
        _ value: (inout ByteReader) throws(ByteMismatch) -> Value
    ) throws(ByteMismatch) -> Value? {
        try flag() ? try value(&self) : nil
    }

    mutating func component() throws(ByteMismatch) -> UInt32 {
        guard let component = UInt32(exactly: try unsigned()) else { throw ByteMismatch() }
        return component
    }

    mutating func identifier() throws(ByteMismatch) -> ObjectIdentifier {
        ObjectIdentifier(try list { reader throws(ByteMismatch) in try reader.component() })
    }

    mutating func identifiers() throws(ByteMismatch) -> [ObjectIdentifier] {
        var former: [UInt32] = []
        return try list { reader throws(ByteMismatch) in
            let common = try reader.unsigned()
            guard common <= UInt64(former.count) else { throw ByteMismatch() }
            former.removeLast(former.count - Int(common))
            former += try reader.list { reader throws(ByteMismatch) in try reader.component() }
            guard former.count <= 128 else { throw ByteMismatch() }
            return ObjectIdentifier(former)
        }
    }

    mutating func value() throws(ByteMismatch) -> SNMPValue {
        switch try byte() {
        case 0: return .integer(try signed())
        case 1: return .unsigned(try unsigned())
        case 2: return .timeTicks(try component())
        case 3: return .octets(try octets())
        case 4: return .identifier(try identifier())
        case 5: return .address(try octets())
        case 6: return .null
        case 7: return .absent
        case 8: return .endOfView
        default: throw ByteMismatch()
        }
    }
}
