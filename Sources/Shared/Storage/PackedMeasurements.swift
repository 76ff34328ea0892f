// What a block holds beside power: energy, current, voltage, apparent power and power factor.
//
// The first byte is the version of the form, 1. A zlib stream (RFC 1950) follows. In it stands, only where the block
// has no power, a list of the slots that have a reading; then each of the five columns:
//
//   column:      list of slots with a value; and unless that is empty: unit, length, differences
//   list:        0 = none, 1 = every slot (of a column: that has a reading), 2 = those whose bit is 1 in the bytes that
//                follow, one bit per slot, the lowest bit of the first byte first
//   unit:        varint: what differences are counted in, in thousandths
//   length:      varint: the bytes of the differences
//   differences: varints, zigzag: to the value before in the column, of 0 before the first
//
// A varint is a whole number in groups of seven bits, the lowest first, the highest bit of a byte set where more
// follow (LEB128). Zigzag turns 0, -1, 1, -2, … into 0, 1, 2, 3, …. Differences wrap around at 2^64.

import Basics
import Zlib

/// The columns, in their order.
enum MeasurementColumn: Int, CaseIterable {
    case energy
    case current
    case voltage
    case apparentPower
    case powerFactor
}

extension StoredReading {
    /// The value in `column`.
    subscript(column: MeasurementColumn) -> FixedPoint? {
        get {
            switch column {
            case .energy: energy
            case .current: current
            case .voltage: voltage
            case .apparentPower: apparentPower
            case .powerFactor: powerFactor
            }
        }
        set {
            switch column {
            case .energy: energy = newValue
            case .current: current = newValue
            case .voltage: voltage = newValue
            case .apparentPower: apparentPower = newValue
            case .powerFactor: powerFactor = newValue
            }
        }
    }
}

/// Writes the measurements of a block.
enum PackedMeasurements {
    static let version: UInt8 = 1
    static let none: UInt8 = 0
    static let every: UInt8 = 1
    static let some: UInt8 = 2

    /// The measurements of `readings`, which lie in `slots` slots of `step` seconds; nil where there are none and the
    /// slots need not be listed.
    static func pack(
        _ readings: [StoredReading],
        in slots: Int,
        each step: Int64,
        listingSlots: Bool
    ) -> [UInt8]? {
        let start = readings[0].time
        let indices = readings.map { Int(($0.time - start) / step) }
        var bytes: [UInt8] = []
        if listingSlots { append(indices, outOf: slots, in: slots, to: &bytes) }
        var isEmpty = !listingSlots
        for column in MeasurementColumn.allCases {
            var present: [Int] = []
            var values: [Int64] = []
            for (index, reading) in zip(indices, readings) {
                guard let value = reading[column] else { continue }
                present.append(index)
                values.append(value.thousandths)
            }
            append(present, outOf: readings.count, in: slots, to: &bytes)
            if values.isEmpty { continue }
            isEmpty = false
            append(values, to: &bytes)
        }
        return isEmpty ? nil : [version] + deflate(bytes)
    }

    private static func append(_ present: [Int], outOf all: Int, in slots: Int, to bytes: inout [UInt8]) {
        if present.isEmpty { return bytes.append(none) }
        if present.count == all { return bytes.append(every) }
        bytes.append(some)
        let first = bytes.count
        bytes += repeatElement(0, count: (slots + 7) / 8)
        for slot in present { bytes[first + slot / 8] |= 1 << UInt8(slot % 8) }
    }

    private static func append(_ values: [Int64], to bytes: inout [UInt8]) {
        let unit = greatestCommonUnit(of: values)
        var differences: [UInt8] = []
        var last: Int64 = 0
        for value in values {
            let difference = value / unit &- last
            last = value / unit
            append(UInt64(bitPattern: difference << 1 ^ difference >> 63), to: &differences)
        }
        append(UInt64(unit), to: &bytes)
        append(UInt64(differences.count), to: &bytes)
        bytes += differences
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
