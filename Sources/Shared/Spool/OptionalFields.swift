// Values of which some are absent: which ones are there is said once, in bits before them.

import Basics

extension ByteWriter {
    /// What of `fields` is there, as bits of four bytes; then what is there, in order.
    mutating func put(_ fields: OptionalFields) {
        putFixed(fields.mask)
        putRaw(fields.writer.bytes)
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

extension ByteReader {
    /// Which of at most `count` optional values are there.
    mutating func presence(of count: Int) throws(ByteMismatch) -> Presence {
        let mask = try fixed()
        guard count >= 32 || mask >> UInt32(count) == 0 else { throw ByteMismatch("a value is not known") }
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
    mutating func fixedPoint(_ reader: inout ByteReader) throws(ByteMismatch) -> FixedPoint? {
        next() ? FixedPoint(thousandths: try reader.signed()) : nil
    }

    /// The next value, where it is there.
    mutating func text(_ reader: inout ByteReader) throws(ByteMismatch) -> String? {
        next() ? try reader.text() : nil
    }

    /// The next value, where it is there.
    mutating func number(_ reader: inout ByteReader) throws(ByteMismatch) -> Int? {
        next() ? try reader.integer() : nil
    }
}
