// Between which bounds an element's power was in each quarter of an hour of a day (UTC), in a hundred-odd bytes.
//
//   record:  lowest power of the day, 8 bytes, in thousandths of a watt; unit, 8 bytes; a bit for each quarter that has a
//            power, the lowest bit of the first byte first, 12 bytes; the highest of each quarter, 96 bytes; the lowest of
//            each quarter, 96 bytes; where in the text of the day's one block the hours 3, 6, … 21 begin, 2 bytes each, 0
//            where that is not known; and the power before each of them in the block's units, 4 bytes each
//   month:   the records of its days from the first on, up to the last one with a power; all zeros where a day has none
//
// Numbers are little-endian. A byte b stands for lowest + b × unit; the highest are rounded up and the lowest down, so
// that no power lies outside of its bounds.

import Basics

/// The bounds of an element's power on one day.
struct PowerEnvelope: Hashable {
    /// The quarters of an hour of a day.
    static let quarters = 96
    /// Seconds of a quarter.
    static let quarter: Int64 = 900
    /// Bytes of a record.
    static let size = unitsOffset + 4 * (windows - 1)
    /// The stretches of a day whose beginnings are noted: as long as the blocks of the newest hours.
    static let windows = 8
    /// Seconds of a window.
    static let window: Int64 = 10_800
    static let positionOffset = highestOffset + 2 * quarters
    static let unitsOffset = positionOffset + 2 * (windows - 1)
    static let presenceOffset = 16
    static let highestOffset = presenceOffset + quarters / 8

    /// The record.
    private(set) var bytes: [UInt8]

    /// Gathers the powers of a day.
    struct Builder {
        private let day: UnixTime
        private var highest = [Int64](repeating: .min, count: PowerEnvelope.quarters)
        private var lowest = [Int64](repeating: .max, count: PowerEnvelope.quarters)
        private var places = [PowerBlock.Place?](repeating: nil, count: PowerEnvelope.windows)
        private var blocks = 0

        /// The powers of the day that begins at `day`.
        init(day: UnixTime) {
            self.day = day
        }

        /// Adds `power`, in thousandths of a watt, at `time` of that day.
        mutating func add(_ power: Int64, at time: UnixTime) {
            let quarter = Int((time - day) / PowerEnvelope.quarter)
            guard highest.indices.contains(quarter) else { return }
            // No power beyond is believed, so that none beyond is ever summed; and nothing here overflows.
            let power = max(-(1 << 60), min(1 << 60, power))
            highest[quarter] = max(highest[quarter], power)
            lowest[quarter] = min(lowest[quarter], power)
        }

        /// Adds the powers of `block` of that day, which lie in `text`; false where it is damaged.
        mutating func add(_ block: PowerBlock, _ text: UnsafeRawBufferPointer) -> Bool {
            blocks += 1
            var due = 1
            var nextSlot = block.slot(from: day + PowerEnvelope.window)
            var places = places
            let isSound = block.walk(text, until: block.slots) { place in
                guard place.slot == nextSlot else { return }
                while due < PowerEnvelope.windows, nextSlot == place.slot {
                    places[due] = place
                    due += 1
                    nextSlot = block.slot(from: day + Int64(due) * PowerEnvelope.window)
                }
            } _: { slot, power in
                add(power, at: block.time(of: slot))
            }
            self.places = places
            return isSound
        }

        /// The envelope of all that was added; nil when nothing was.
        func finish() -> PowerEnvelope? {
            guard let top = highest.max(), let bottom = lowest.min(), bottom <= top else { return nil }
            let unit = max(1, (top - bottom + 254) / 255)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(PowerEnvelope.size)
            bytes.append(littleEndian: bottom)
            bytes.append(littleEndian: unit)
            for first in stride(from: 0, to: PowerEnvelope.quarters, by: 8) {
                var bits: UInt8 = 0
                for bit in 0..<8 where lowest[first + bit] != .max { bits |= 1 << UInt8(bit) }
                bytes.append(bits)
            }
            for power in highest {
                bytes.append(power == .min ? 0 : UInt8(clamping: (power - bottom + unit - 1) / unit))
            }
            for power in lowest {
                bytes.append(power == .max ? 0 : UInt8(clamping: (power - bottom) / unit))
            }
            let known = places.dropFirst().map { place -> (position: UInt16, units: Int32) in
                guard blocks == 1, let place, let position = UInt16(exactly: place.position),
                    let units = Int32(exactly: place.units)
                else { return (0, 0) }
                return (position, units)
            }
            for place in known { bytes.append(littleEndian: place.position) }
            for place in known { bytes.append(littleEndian: place.units) }
            return PowerEnvelope(bytes: bytes)
        }
    }
}

/// The envelopes of an element's days in a month.
struct MonthEnvelopes: Hashable {
    /// What the database keeps.
    private(set) var bytes: [UInt8]

    /// Those in `bytes`; none where that is nothing this program wrote.
    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes.count % PowerEnvelope.size == 0 ? bytes : []
    }

    /// Whether no day has one.
    var isEmpty: Bool { bytes.isEmpty }

    /// Sets or, with nil, takes away that of the day with `index`, of which the first is 0.
    mutating func set(_ envelope: PowerEnvelope?, at index: Int) {
        let start = index * PowerEnvelope.size
        let missing = start + PowerEnvelope.size - bytes.count
        if missing > 0 {
            guard envelope != nil else { return }
            bytes += [UInt8](repeating: 0, count: missing)
        }
        let record = envelope?.bytes ?? [UInt8](repeating: 0, count: PowerEnvelope.size)
        bytes.replaceSubrange(start..<start + PowerEnvelope.size, with: record)
        trim()
    }

    /// Takes away those of the days for which `isGone` holds.
    mutating func remove(where isGone: (Int) -> Bool) {
        for index in 0..<bytes.count / PowerEnvelope.size where isGone(index) {
            let start = index * PowerEnvelope.size
            for place in start..<start + PowerEnvelope.size { bytes[place] = 0 }
        }
        trim()
    }

    /// Leaves out days without powers at the end, so that there is one way to write what is known.
    private mutating func trim() {
        while let last = bytes.indices.last, bytes[(last - PowerEnvelope.size + 1)...].allSatisfy({ $0 == 0 })
        {
            bytes.removeLast(PowerEnvelope.size)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
