import Basics

/// The readings of a block, one after another.
struct BlockCursor {
    let element: Int64
    /// The reading at hand; nil after the last one.
    private(set) var reading: StoredReading?
    private let start: UnixTime
    private let step: Int64
    private let slots: Int
    private var slot = 0
    private var powers: PowerCursor?
    private var measurements: MeasurementCursor?

    /// The readings of `block` from the first on.
    ///
    /// Throws `DamagedBlock`.
    init(_ block: ReadingBlock) throws {
        guard block.isPossible else { throw DamagedBlock(element: block.element, start: block.start) }
        element = block.element
        start = block.start
        step = block.step
        slots = block.slots
        powers = block.power.map { PowerCursor($0, unit: block.powerUnit) }
        measurements = try block.measurements.map { packed in
            let cursor = MeasurementCursor(packed, slots: block.slots, isListingSlots: block.power == nil)
            guard let cursor else { throw DamagedBlock(element: block.element, start: block.start) }
            return cursor
        }
        try advance()
    }

    /// Goes on to the next reading.
    ///
    /// Throws `DamagedBlock`.
    mutating func advance() throws {
        reading = nil
        while reading == nil, slot < slots {
            reading = try readSlot()
            slot += 1
        }
    }

    /// The reading in the slot at hand; nil where there is none.
    private mutating func readSlot() throws -> StoredReading? {
        var found = StoredReading(time: UnixTime(start.seconds &+ Int64(slot) &* step), element: element)
        if powers != nil {
            switch powers?.next() {
            case .missing: return nil
            case .unknown: break
            case .power(let power): found.power = power
            case nil: throw DamagedBlock(element: element, start: start)
            }
        } else if measurements?.hasReading(slot) != true {
            return nil
        }
        guard measurements?.read(slot, into: &found) != false else {
            throw DamagedBlock(element: element, start: start)
        }
        return found
    }

    /// Goes on to the first reading at or after `time`.
    ///
    /// Throws `DamagedBlock`.
    mutating func skip(to time: UnixTime) throws {
        guard let reading, reading.time < time else { return }
        if powers != nil, measurements == nil {
            let past = max(0, min(Int64(slots - slot), (time.seconds &- reading.time.seconds &- 1) / step))
            guard powers?.skip(Int(past)) == true else { throw DamagedBlock(element: element, start: start) }
            slot += Int(past)
            try advance()
        }
        while let reading = self.reading, reading.time < time { try advance() }
    }
}
