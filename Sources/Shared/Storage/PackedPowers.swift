// The powers of a block: text, since the views of the interface contract unpack it in SQL.

import Basics

/// Powers as a JSON array with an entry for each slot: the difference to the power before it, of 0 before the first;
/// null where there is no reading; false where there is one without a power.
struct PackedPowers {
    /// What the differences are counted in: the greatest number of thousandths of a watt that divides them all.
    private(set) var unit: Int64 = 1
    /// The array, in UTF-8.
    private(set) var text: [UInt8] = []

    /// The powers of `readings`, whose times are multiples of `step` after `start`.
    init(_ readings: [StoredReading], start: UnixTime, step: Int64) {
        unit = greatestCommonUnit(of: readings.lazy.compactMap(\.power?.thousandths))
        text.reserveCapacity(readings.count * 4)
        text.append(UInt8(ascii: "["))
        var last: Int64 = 0
        var due = start
        for reading in readings {
            while due < reading.time {
                text += "null,".utf8
                due = due + step
            }
            due = due + step
            if let power = reading.power {
                let units = power.thousandths / unit
                append(units - last)
                last = units
            } else {
                text += "false".utf8
            }
            text.append(UInt8(ascii: ","))
        }
        text[text.count - 1] = UInt8(ascii: "]")
    }

    private mutating func append(_ number: Int64) {
        if number < 0 { text.append(UInt8(ascii: "-")) }
        let first = text.count
        var rest = number.magnitude
        repeat {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        text[first...].reverse()
    }
}

/// Reads what `PackedPowers` wrote, an entry at a time.
struct PowerCursor {
    /// One entry.
    enum Entry: Hashable {
        /// There is no reading.
        case missing
        /// There is a reading without a power.
        case unknown
        case power(FixedPoint)
    }

    private let text: [UInt8]
    private let unit: Int64
    private var position = 0
    private var units: Int64 = 0

    /// The entries of `text`, counted in `unit`.
    init(_ text: [UInt8], unit: Int64) {
        self.text = text
        self.unit = unit
    }

    /// The next entry; nil where something else stands.
    mutating func next() -> Entry? {
        text.withUnsafeBufferPointer { text in
            switch PowerCursor.next(in: text, &position, &units) {
            case UInt8(ascii: "n"): .missing
            case UInt8(ascii: "f"): .unknown
            case nil: nil
            default: .power(FixedPoint(thousandths: units &* unit))
            }
        }
    }

    /// Passes over `count` entries; false where something else stands.
    mutating func skip(_ count: Int) -> Bool {
        text.withUnsafeBufferPointer { text in
            for _ in 0..<count where PowerCursor.next(in: text, &position, &units) == nil { return false }
            return true
        }
    }

    /// The first character of the entry that follows `position` in `text`, which it passes over, adding a difference
    /// to `units`; nil where something else stands.
    ///
    /// What this program did not write may be anything: nothing is read beyond the end, and nothing traps.
    private static func next(
        in text: UnsafeBufferPointer<UInt8>,
        _ position: inout Int,
        _ units: inout Int64
    ) -> UInt8? {
        guard position < text.count else { return nil }
        guard text[position] == UInt8(ascii: position == 0 ? "[" : ",") else { return nil }
        position += 1
        guard position < text.count else { return nil }
        let first = text[position]
        switch first {
        case UInt8(ascii: "n"): position += 4
        case UInt8(ascii: "f"): position += 5
        default:
            let isNegative = first == UInt8(ascii: "-")
            if isNegative { position += 1 }
            let digits = position
            var magnitude: Int64 = 0
            while position < text.count {
                let digit = text[position] &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                magnitude = magnitude &* 10 &+ Int64(digit)
                position += 1
            }
            guard position > digits else { return nil }
            units &+= isNegative ? 0 &- magnitude : magnitude
        }
        return first
    }
}

/// The greatest whole number that divides all of `values`; 1 where there is none but zeros.
func greatestCommonUnit(of values: some Sequence<Int64>) -> Int64 {
    var unit: UInt64 = 0
    for value in values {
        var other = value.magnitude
        // Mostly it divides the next one too.
        if unit != 0, other % unit == 0 { continue }
        while other != 0 { (unit, other) = (other, unit % other) }
        if unit == 1 { break }
    }
    return unit == 0 ? 1 : Int64(exactly: unit) ?? 1
}
