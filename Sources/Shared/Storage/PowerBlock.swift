// The powers of a block, read where they lie: whoever adds up a whole day of many elements has no time to copy them.

import Basics
import SQLite

/// Where and how the powers of one block lie.
struct PowerBlock {
    /// The time of the first slot.
    let start: UnixTime
    /// Seconds from slot to slot.
    let step: Int64
    let slots: Int
    /// Thousandths of a watt.
    let unit: Int64

    /// The block in four columns of a row from `column` on: start, step, slots and unit.
    init(_ row: borrowing Row, from column: Int32) {
        start = row.time(column)
        step = row.int(column + 1)
        slots = Int(row.int(column + 2))
        unit = row.int(column + 3)
    }

    /// Calls `body` with the number of each slot that has a power, and that power in thousandths of a watt, as `text`,
    /// which `PackedPowers` wrote, has them; false where something else stands.
    ///
    /// What this program did not write may be anything: nothing is read beyond the end, and nothing traps.
    @inline(__always)
    func forEachSlot(in text: UnsafeRawBufferPointer, _ body: (Int, Int64) -> Void) -> Bool {
        guard text.count > 1, text[0] == UInt8(ascii: "[") else { return false }
        let end = text.count
        var position = 1
        var units: Int64 = 0
        for slot in 0..<slots {
            guard position < end else { return false }
            var byte = text[position]
            if byte == UInt8(ascii: "n") || byte == UInt8(ascii: "f") {
                position += byte == UInt8(ascii: "n") ? 5 : 6
                continue
            }
            let isNegative = byte == UInt8(ascii: "-")
            if isNegative {
                position += 1
                guard position < end else { return false }
                byte = text[position]
            }
            var digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            var magnitude: Int64 = 0
            repeat {
                magnitude = magnitude &* 10 &+ Int64(digit)
                position += 1
                guard position < end else { return false }
                digit = text[position] &- UInt8(ascii: "0")
            } while digit < 10
            // What ends the number is a comma, or the bracket that ends the text.
            position += 1
            units &+= isNegative ? 0 &- magnitude : magnitude
            body(slot, units &* unit)
        }
        return position == end
    }

    /// The same with the time of each slot.
    @inline(__always)
    func forEachPower(in text: UnsafeRawBufferPointer, _ body: (UnixTime, Int64) -> Void) -> Bool {
        forEachSlot(in: text) { slot, power in
            body(UnixTime(start.seconds &+ Int64(slot) &* step), power)
        }
    }
}
