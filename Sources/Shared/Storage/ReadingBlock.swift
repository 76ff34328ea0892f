// Many readings of one element in one row: the step between the readings as they were stored, which take 44 bytes
// each, and a few bytes for each of them.

import Basics
import SQLite

/// Readings of one element, evenly spaced in time: a row of `reading_block`.
struct ReadingBlock: Hashable {
    /// Longer stretches without a reading end a block: each missing one costs about as much as a fifth of a
    /// new row.
    private static let longestGap: Int64 = 20

    let element: Int64
    /// The time of the first reading.
    let start: UnixTime
    /// Seconds from slot to slot.
    let step: Int64
    let slots: Int
    /// In thousandths of a watt.
    let powerUnit: Int64
    /// A JSON array, in UTF-8: see `PackedPowers`.
    let power: [UInt8]?
    /// See `PackedMeasurements`.
    let measurements: [UInt8]?

    /// Makes blocks of an element's readings, which come in the order of time.
    struct Builder {
        private var blocks: [ReadingBlock] = []
        private var readings: [StoredReading] = []
        private var step: Int64 = 1
        private var lastPower: Int64 = 0

        /// Adds `reading`, of a run that was `step` seconds after the one before it.
        mutating func add(_ reading: StoredReading, step: Int64) {
            if !belongs(reading, step) { endBlock() }
            self.step = step
            readings.append(reading)
            lastPower = reading.power?.thousandths ?? lastPower
        }

        /// The blocks of all that was added.
        mutating func finish() -> [ReadingBlock] {
            endBlock()
            defer { blocks = [] }
            return blocks
        }

        /// Whether `reading` can go into the same block as those before.
        private func belongs(_ reading: StoredReading, _ step: Int64) -> Bool {
            guard let first = readings.first, let last = readings.last else { return true }
            let gap = reading.time - last.time
            let difference = (reading.power?.thousandths ?? lastPower).subtractingReportingOverflow(lastPower)
            return step == self.step && gap % step == 0 && gap / step <= ReadingBlock.longestGap
                && reading.time.floored(to: 86_400) == first.time.floored(to: 86_400) && !difference.overflow
        }

        private mutating func endBlock() {
            if !readings.isEmpty { blocks.append(ReadingBlock(readings, step: step)) }
            readings.removeAll(keepingCapacity: true)
            lastPower = 0
        }
    }
}

extension ReadingBlock {
    /// The one block that holds `readings`, which belong together as `Builder` sees to.
    fileprivate init(_ readings: [StoredReading], step: Int64) {
        let start = readings[0].time
        element = readings[0].element
        self.start = start
        self.step = step
        slots = Int((readings[readings.count - 1].time - start) / step) + 1
        let hasPower = element < Roster.firstPart || readings.contains { $0.power != nil }
        let powers = PackedPowers(readings, start: start, step: step)
        powerUnit = hasPower ? powers.unit : 1
        power = hasPower ? powers.text : nil
        measurements = PackedMeasurements.pack(readings, in: slots, each: step, listingSlots: !hasPower)
    }

    /// The block in the seven columns of a row from the first on: element, start, step, slots, unit, power and
    /// measurements.
    init(_ row: borrowing Row) {
        element = row.int(0)
        start = row.time(1)
        step = row.int(2)
        slots = Int(row.int(3))
        powerUnit = row.int(4)
        power = row.isNull(5) ? nil : row.bytes(5)
        measurements = row.isNull(6) ? nil : row.bytes(6)
    }

    /// Whether its numbers are such as the table's checks let in.
    var isPossible: Bool {
        powerUnit > 0 && ReadingBlock.arePossible(start: start, step: step, slots: slots)
    }

    /// Whether a block can have these numbers.
    ///
    /// SQLite checks what is written, not what a disk makes of it, and arithmetic with anything else may trap.
    static func arePossible(start: UnixTime, step: Int64, slots: Int) -> Bool {
        let day: Int64 = 86_400
        let days: ClosedRange<Int64> = -100_000_000...100_000_000
        guard step > 0, (1...Int(day)).contains(slots) else { return false }
        guard days.contains(start.seconds / day) else { return false }
        return slots == 1 || step < day && Int64(slots - 1) * step < day
    }

    /// The same columns.
    var columns: [SQLValue] {
        [
            .int(element),
            .time(start),
            .int(step),
            .int(Int64(slots)),
            .int(powerUnit),
            .string(power.map { String(decoding: $0, as: UTF8.self) }),
            measurements.map(SQLValue.blob) ?? .null,
        ]
    }
}

/// Packed readings that are not what this program wrote.
struct DamagedBlock: Error, Hashable, CustomStringConvertible {
    let element: Int64
    let start: UnixTime

    var description: String {
        let isDate = ReadingBlock.arePossible(start: start, step: 1, slots: 1)
        let beginning = isDate ? start.iso8601 : "second \(start.seconds)"
        return "the packed readings of element \(element) from \(beginning) on are damaged"
    }
}
