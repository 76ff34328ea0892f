// Reads what PackedMeasurements wrote, a slot at a time: a rebuild follows thousands of blocks through a day at once,
// and has not the memory for all of it unpacked.

import Basics
import Zlib

/// The measurements of a block.
struct MeasurementCursor {
    /// The slots that something is listed for.
    private enum Slots {
        case none
        case every
        /// The bits begin there.
        case some(Int)
    }

    private struct Column {
        let slots: Slots
        var unit: Int64 = 1
        var position = 0
        var units: Int64 = 0
    }

    private let bytes: [UInt8]
    private var listed = Slots.every
    private var columns: [Column] = []

    /// The measurements in `packed`, of a block of `slots` slots; nil where that is nothing this program wrote.
    init?(_ packed: [UInt8], slots: Int, isListingSlots: Bool) {
        // At the most ten bytes for a number, five numbers to a slot.
        let limit = 1024 + slots * 64
        guard packed.first == PackedMeasurements.version,
            let bytes = try? inflate(Array(packed.dropFirst()), limit: limit)
        else { return nil }
        self.bytes = bytes
        var position = 0
        if isListingSlots {
            guard let list = list(at: &position, slots) else { return nil }
            listed = list
        }
        for _ in MeasurementColumn.allCases {
            guard let list = list(at: &position, slots) else { return nil }
            var column = Column(slots: list)
            if case .none = list {
                columns.append(column)
                continue
            }
            guard let unit = number(at: &position).flatMap({ Int64(exactly: $0) }),
                let length = number(at: &position).flatMap({ Int(exactly: $0) }),
                length <= bytes.count - position
            else { return nil }
            column.unit = unit
            column.position = position
            position += length
            columns.append(column)
        }
    }

    /// Whether `slot` has a reading, of a block without powers.
    func hasReading(_ slot: Int) -> Bool {
        contains(listed, slot)
    }

    /// Adds what was measured in `slot`, which has a reading, to `reading`; false where nothing sound is there.
    ///
    /// To be called for each slot with a reading, in their order.
    mutating func read(_ slot: Int, into reading: inout StoredReading) -> Bool {
        for column in MeasurementColumn.allCases {
            let index = column.rawValue
            guard contains(columns[index].slots, slot) else { continue }
            guard let zigzag = number(at: &columns[index].position) else { return false }
            columns[index].units &+= Int64(bitPattern: zigzag >> 1) ^ (0 &- Int64(bitPattern: zigzag & 1))
            reading[column] = FixedPoint(thousandths: columns[index].units &* columns[index].unit)
        }
        return true
    }

    private func contains(_ slots: Slots, _ slot: Int) -> Bool {
        switch slots {
        case .none: false
        case .every: true
        case .some(let first): bytes[first + slot / 8] >> UInt8(slot % 8) & 1 == 1
        }
    }

    private func list(at position: inout Int, _ slots: Int) -> Slots? {
        guard position < bytes.count else { return nil }
        let kind = bytes[position]
        position += 1
        switch kind {
        case PackedMeasurements.none: return Slots.none
        case PackedMeasurements.every: return .every
        case PackedMeasurements.some:
            let first = position
            position += (slots + 7) / 8
            return position <= bytes.count ? .some(first) : nil
        default: return nil
        }
    }

    private func number(at position: inout Int) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
