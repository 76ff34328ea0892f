// The sums over some elements in every minute of three hours: blocks are decoded from where those hours begin, and what is
// not packed yet is sought minute by minute. Hours that were read are kept, and so are the blocks of their days, since the
// next question is mostly about them, too.

import Basics
import Energy
import SQLite

enum SumSQL: String, StatementList {
    /// The lowest of what the circuits of elements were ever said to carry.
    case limits = """
        SELECT element_id, power_limit_milliwatts
        FROM element_version
        WHERE element_id BETWEEN $1 AND $2 AND power_limit_milliwatts > 0
        """
}

/// The sum over elements of one minute.
struct MinuteSum {
    let at: UnixTime
    var power: Int64 = 0
    var members: Int64 = 0

    /// The sum as an extreme.
    var extreme: PowerExtreme { PowerExtreme(power: FixedPoint(thousandths: power), at: at) }
}

/// The same-minute sums over some elements, a window of three hours (UTC) at a time; only of powers that count.
final class MinuteSums {
    /// The sums of one window.
    private final class Window {
        var power: [Int64]
        var members: [Int32]
        /// How many of the elements have been added, as far as they are packed.
        var readCount = 0
        /// The unpacked readings of hours that begin before it have been added, from the first hour that has some.
        var addedUntil: UnixTime

        init(slots: Int, addedUntil: UnixTime) {
            power = [Int64](repeating: 0, count: slots)
            members = [Int32](repeating: 0, count: slots)
            self.addedUntil = addedUntil
        }
    }

    private static let length = PowerEnvelope.window

    private let database: Connection
    private let elements: [Int64]
    private let wanted: IDRanges
    private let corrections: Corrections
    /// Of each element whose circuit was ever said to carry less than anybody's: the lowest power that may not count.
    private var limits: [Int64: Int64] = [:]
    /// The oldest reading that is not packed; nil when all are.
    private let unpackedFrom: UnixTime?
    /// Seconds between two places.
    private var resolution: Int64 = 60
    private var windows: [UnixTime: Window] = [:]
    /// Of days that were asked about.
    private var blocks: DayBlocks

    /// The sums over `elements` in `database`, of which readings are not packed from `unpackedFrom` on.
    ///
    /// Every day of `wanted` will be asked about, where it is given.
    init(
        _ database: Connection,
        of elements: Set<Int64>,
        unpackedFrom: UnixTime?,
        wanting wanted: Range<UnixTime>?
    ) throws {
        self.database = database
        blocks = DayBlocks(database, wanting: wanted, ofElements: elements.count)
        self.elements = elements.sorted()
        self.unpackedFrom = unpackedFrom
        self.wanted = IDRanges(self.elements, tolerance: 2)
        let first = self.elements.first ?? 0
        let all = first...max(first, self.elements.last ?? 0)
        corrections = try Corrections(in: database, of: all)
        let statement = try database.statement(SumSQL.limits)
        for range in self.wanted.ranges {
            try statement.forEach(.int(range.lowerBound), .int(range.upperBound)) { row in
                let limit = LedgerPolicy.largestBelieved(limit: row.optionalFixed(1))
                limits[row.int(0)] = min(limits[row.int(0)] ?? .max, limit)
            }
        }
    }

    /// Calls `body` with the sum of each minute from `start` up to `end`, in the order of time, that has any.
    ///
    /// Throws `DamagedBlock`.
    func forEach(from start: UnixTime, until end: UnixTime, _ body: (MinuteSum) -> Void) throws {
        var begin = start.floored(to: MinuteSums.length)
        while begin < end {
            let sums = try window(begin, until: end)
            let first = Int(max(0, (start - begin + resolution - 1) / resolution))
            let last = min(sums.power.count, Int((end - begin + resolution - 1) / resolution))
            for slot in first..<max(first, last) where sums.members[slot] > 0 {
                let at = begin + Int64(slot) * resolution
                body(MinuteSum(at: at, power: sums.power[slot], members: Int64(sums.members[slot])))
            }
            begin = begin + MinuteSums.length
        }
    }

    /// The sums of the window that begins at `start`; of what is not packed, at least up to `end`.
    private func window(_ start: UnixTime, until end: UnixTime) throws -> Window {
        while readCount(on: start) < elements.count { try readNext(on: start) }
        if let sums = windows[start], try addUnpacked(to: sums, start, until: end) { return sums }
        divide()
        return try window(start, until: end)
    }

    /// How many of the elements have been added in the window that begins at `start`, as far as they are packed.
    func readCount(on start: UnixTime) -> Int {
        windows[start]?.readCount ?? 0
    }

    /// Adds what is packed of the next element in the window that begins at `start`; perhaps none, when all have to be
    /// begun anew.
    ///
    /// `hint` is where in the element's one block of the day the window begins, where that is known.
    func readNext(on start: UnixTime, hint: PowerBlock.Place? = nil) throws {
        let sums = windows[start] ?? Window(slots: Int(MinuteSums.length / resolution), addedUntil: start)
        guard sums.readCount < elements.count else { return }
        guard try addBlocks(of: elements[sums.readCount], to: sums, start, hint) else { return divide() }
        sums.readCount += 1
        windows[start] = sums
    }

    /// Calls `body` with the sums of the first `readCount` elements in the window that begins at `start`, and of how many
    /// elements they are, at places that are so many seconds apart.
    func withSums(on start: UnixTime, _ body: ([Int64], [Int32], Int64) -> Void) {
        guard let sums = windows[start] else { return }
        body(sums.power, sums.members, resolution)
    }

    /// Some run was between two places: now every second has one.
    private func divide() {
        resolution = 1
        windows.removeAll()
    }

    /// Adds what is packed of `element`; false where a reading lies between two places.
    private func addBlocks(
        of element: Int64,
        to sums: Window,
        _ start: UnixTime,
        _ hint: PowerBlock.Place?
    ) throws -> Bool {
        let limit = limits[element] ?? LedgerPolicy.largestBelieved(limit: nil)
        let isCorrected = !corrections[element].isEmpty
        let end = start + MinuteSums.length
        for stored in try blocks.blocks(of: element, on: start.floored(to: 86_400)) {
            let block = stored.block
            let slots = block.slot(from: start)..<max(block.slot(from: start), block.slot(from: end))
            guard !slots.isEmpty else { continue }
            guard block.step % resolution == 0, (block.start - start) % resolution == 0 else { return false }
            var place = PowerBlock.Place()
            if let hint {
                place = hint
                place.slot = slots.lowerBound
            }
            let part = Part(
                block: block,
                text: stored.text,
                slots: slots,
                place: place,
                element: element,
                start: start
            )
            let isSound =
                isCorrected ? try addDoubtful(part, to: sums) : try addSound(part, limit: limit, to: sums)
            guard isSound else { throw DamagedBlock(element: element, start: block.start) }
        }
        return true
    }

    /// What of a block lies in a window.
    private struct Part {
        let block: PowerBlock
        /// The block's powers.
        let text: [UInt8]
        let slots: Range<Int>
        /// Where reading can begin.
        let place: PowerBlock.Place
        let element: Int64
        /// When the window begins.
        let start: UnixTime
    }

    /// Adds every power of `part`, when none is above `limit`; false where the block is damaged.
    private func addSound(_ part: Part, limit: Int64, to sums: Window) throws -> Bool {
        let (block, slots) = (part.block, part.slots)
        let first = Int((block.start - part.start) / resolution)
        let stride = Int(block.step / resolution)
        // Never outside, whatever the row says.
        guard first + slots.lowerBound * stride >= 0,
            first + (slots.upperBound - 1) * stride < sums.power.count
        else { return false }
        var largest: Int64 = 0
        let isSound = part.text.withUnsafeBytes { text in
            sums.power.withUnsafeMutableBufferPointer { powers in
                sums.members.withUnsafeMutableBufferPointer { members in
                    block.walk(text, from: part.place, until: slots.upperBound) { slot, power in
                        guard slot >= slots.lowerBound else { return }
                        let place = first &+ slot &* stride
                        powers[place] &+= power
                        members[place] &+= 1
                        largest = max(largest, Int64(clamping: power.magnitude))
                    }
                }
            }
        }
        guard isSound, largest > limit else { return isSound }
        // Mostly none is: then what was added is taken back, and each power looked at.
        _ = part.text.withUnsafeBytes { text in
            block.walk(text, from: part.place, until: slots.upperBound) { slot, power in
                guard slot >= slots.lowerBound else { return }
                sums.power[first &+ slot &* stride] &-= power
                sums.members[first &+ slot &* stride] &-= 1
            }
        }
        return try addDoubtful(part, to: sums)
    }

    /// Adds the powers of `part` that count; false where the block is damaged.
    private func addDoubtful(_ part: Part, to sums: Window) throws -> Bool {
        var facts = try FactHistory(database, of: part.element...part.element)
        let (block, slots, resolution) = (part.block, part.slots, resolution)
        return part.text.withUnsafeBytes { text in
            block.walk(text, from: part.place, until: slots.upperBound) { slot, power in
                guard slot >= slots.lowerBound else { return }
                let time = block.time(of: slot)
                let place = Int((time - part.start) / resolution)
                guard sums.power.indices.contains(place), counts(power, of: part.element, at: time, &facts)
                else { return }
                sums.power[place] &+= power
                sums.members[place] &+= 1
            }
        }
    }

    /// Whether `power` of `element` at `time` counts; `facts` are asked in the order of time.
    private func counts(
        _ power: Int64,
        of element: Int64,
        at time: UnixTime,
        _ facts: inout FactHistory
    ) -> Bool {
        var reading = StoredReading(time: time, element: element)
        reading.power = FixedPoint(thousandths: power)
        guard !corrections.exclude(reading) else { return false }
        return LedgerPolicy.believes(FixedPoint(thousandths: power), limit: facts.sample(reading).powerLimit)
    }

    /// Adds the readings before `end` that are not packed; false where one lies between two places.
    private func addUnpacked(to sums: Window, _ start: UnixTime, until end: UnixTime) throws -> Bool {
        guard let unpackedFrom else { return true }
        let from = max(sums.addedUntil, unpackedFrom)
        // Whole hours, so that the next question about the same hour finds it.
        let hour = (end + 3599).floored(to: 3600)
        let until = min(start + MinuteSums.length, hour)
        guard from < until else { return true }
        let readings = ReadingHistory(database)
        var isOnGrid = true
        for range in wanted.ranges {
            var facts: FactHistory?
            try readings.forEachUnpacked(from: from, until: until, elements: range) { reading in
                guard let power = reading.power?.thousandths, wanted.contains(reading.element) else { return }
                let (time, element) = (reading.time, reading.element)
                guard (time - start) % resolution == 0 else {
                    isOnGrid = false
                    return
                }
                let limit = limits[element] ?? LedgerPolicy.largestBelieved(limit: nil)
                if power.magnitude > UInt64(limit) || !corrections[element].isEmpty {
                    var history = try facts ?? FactHistory(database, of: range)
                    let isCounted = counts(power, of: element, at: time, &history)
                    facts = history
                    guard isCounted else { return }
                }
                let place = Int((time - start) / resolution)
                sums.power[place] &+= power
                sums.members[place] &+= 1
            }
        }
        sums.addedUntil = until
        return isOnGrid
    }
}
