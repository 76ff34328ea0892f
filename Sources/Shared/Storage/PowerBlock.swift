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

    /// Whether its numbers are such as the table's checks let in; nothing may be done with it otherwise.
    var isPossible: Bool {
        unit > 0 && ReadingBlock.arePossible(start: start, step: step, slots: slots)
    }

    /// A place in the text where reading can begin.
    struct Place {
        /// The slot whose entry begins there.
        var slot = 0
        /// Where in the text it begins.
        var position = 1
        /// The power before it, in units.
        var units: Int64 = 0
    }

    /// The time of `slot`.
    func time(of slot: Int) -> UnixTime { UnixTime(start.seconds &+ Int64(slot) &* step) }

    /// The first slot at or after `time`.
    func slot(from time: UnixTime) -> Int {
        Int(max(0, min(Int64(slots), (time.seconds &- start.seconds &+ step &- 1) / step)))
    }

    /// Goes through the slots from `place` up to `end`, as `text`, which `PackedPowers` wrote, has them: calls `pass` with
    /// the place of each, and `body` with the number of each that has a power, and that power in thousandths of a watt;
    /// false where something else stands.
    ///
    /// What this program did not write may be anything: nothing is read beyond the end, and nothing traps.
    @inline(__always)
    func walk(
        _ text: UnsafeRawBufferPointer,
        from place: Place = Place(),
        until end: Int,
        passing pass: (Place) -> Void = { _ in },
        _ body: (Int, Int64) -> Void
    ) -> Bool {
        guard text.count > 1, text[0] == UInt8(ascii: "[") else { return false }
        let length = text.count
        var position = place.position
        var units = place.units
        guard position > 0 else { return false }
        for slot in stride(from: place.slot, to: end, by: 1) {
            guard position < length else { return false }
            pass(Place(slot: slot, position: position, units: units))
            var byte = text[position]
            if byte == UInt8(ascii: "n") || byte == UInt8(ascii: "f") {
                position += byte == UInt8(ascii: "n") ? 5 : 6
                continue
            }
            let isNegative = byte == UInt8(ascii: "-")
            if isNegative {
                position += 1
                guard position < length else { return false }
                byte = text[position]
            }
            var digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            var magnitude: Int64 = 0
            repeat {
                magnitude = magnitude &* 10 &+ Int64(digit)
                position += 1
                guard position < length else { return false }
                digit = text[position] &- UInt8(ascii: "0")
            } while digit < 10
            // What ends the number is a comma, or the bracket that ends the text.
            position += 1
            units &+= isNegative ? 0 &- magnitude : magnitude
            body(slot, units &* unit)
        }
        return end < slots || position == length
    }
}
