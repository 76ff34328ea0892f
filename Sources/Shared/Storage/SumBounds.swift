// What the sum over some elements can be at most and at least in each quarter of an hour of the packed days: their
// envelopes added up. A year of ten elements is ten times 35,040 bytes each way, which a processor adds up several at a
// time as long as the loop does nothing else.

import Basics
import SQLite

enum BoundSQL: String, StatementList {
    case months = """
        SELECT month_start, days
        FROM power_envelope
        WHERE element_id = $1 AND month_start >= $2 AND month_start < $3
        """
}

/// Bounds of the sum over some elements.
///
/// They are kept in single precision and widened by more than that can lose, so that no sum lies outside of them.
struct SumBounds {
    /// The first moment of the first day.
    let start: UnixTime
    /// The first moment after the last day.
    let end: UnixTime
    /// By quarter: no sum is above it, in thousandths of a watt.
    private(set) var highest: [Float]
    /// By quarter: no sum over `members` elements is below it.
    private(set) var lowest: [Float]
    /// By quarter: no sum is over more elements.
    private(set) var members: [Int32]

    /// Of each element, in the order of their ids, its envelopes day after day; none of more elements than that is worth.
    private var records: [[UInt8]] = []

    private static let day: Int64 = 86_400
    /// Bounds are tightened element by element for sums of no more than that many.
    private static let mostRecorded = 100

    /// Those of `elements` in `database` on the days from `start` up to `end`, which are midnights in UTC.
    init(_ database: Connection, of elements: Set<Int64>, from start: UnixTime, until end: UnixTime) throws {
        self.start = start
        self.end = max(start, end)
        let days = Int((self.end - start) / SumBounds.day)
        let count = days * PowerEnvelope.quarters
        highest = [Float](repeating: 0, count: count)
        lowest = [Float](repeating: 0, count: count)
        members = [Int32](repeating: 0, count: count)
        guard days > 0 else { return }
        let first = ArchiveMonth(containing: start).start
        let statement = try database.statement(BoundSQL.months)
        let keepsRecords = elements.count <= SumBounds.mostRecorded
        for element in elements.sorted() {
            var records = [UInt8](repeating: 0, count: keepsRecords ? days * PowerEnvelope.size : 0)
            try statement.forEach(.int(element), .time(first), .time(end)) { row in
                let monthDay = Int((row.time(0) - start) / SumBounds.day)
                row.withBytes(1) { bytes in
                    guard bytes.count % PowerEnvelope.size == 0 else { return }
                    for index in 0..<bytes.count / PowerEnvelope.size where 0..<days ~= monthDay + index {
                        let record = UnsafeRawBufferPointer(
                            rebasing: bytes[index * PowerEnvelope.size..<(index + 1) * PowerEnvelope.size]
                        )
                        add(record, at: (monthDay + index) * PowerEnvelope.quarters)
                        if keepsRecords {
                            let place = (monthDay + index) * PowerEnvelope.size
                            records.withUnsafeMutableBytes { records in
                                UnsafeMutableRawBufferPointer(rebasing: records[place..<place + record.count])
                                    .copyMemory(from: record)
                            }
                        }
                    }
                }
            }
            if keepsRecords { self.records.append(records) }
        }
        widen(by: elements.count)
    }

    /// Adds one day's envelope to the quarters from `first` on.
    private mutating func add(_ record: UnsafeRawBufferPointer, at first: Int) {
        let base = Float(record.loadUnaligned(fromByteOffset: 0, as: Int64.self).littleEndian)
        let unit = Float(record.loadUnaligned(fromByteOffset: 8, as: Int64.self).littleEndian)
        let presence = PowerEnvelope.presenceOffset..<PowerEnvelope.highestOffset
        let top = PowerEnvelope.highestOffset
        let bottom = top + PowerEnvelope.quarters
        let isWhole = record[presence].allSatisfy { $0 == 0xFF }
        highest.withUnsafeMutableBufferPointer { highest in
            lowest.withUnsafeMutableBufferPointer { lowest in
                members.withUnsafeMutableBufferPointer { members in
                    if isWhole, base >= 0 {
                        for quarter in 0..<PowerEnvelope.quarters {
                            highest[first &+ quarter] += base + unit * Float(record[top &+ quarter])
                            lowest[first &+ quarter] += base + unit * Float(record[bottom &+ quarter])
                            members[first &+ quarter] &+= 1
                        }
                        return
                    }
                    for quarter in 0..<PowerEnvelope.quarters {
                        let bits = record[PowerEnvelope.presenceOffset + quarter / 8]
                        guard bits >> UInt8(quarter % 8) & 1 == 1 else { continue }
                        // An element that drew less than nothing raises the sum by being absent.
                        highest[first + quarter] += max(0, base + unit * Float(record[top + quarter]))
                        lowest[first + quarter] += base + unit * Float(record[bottom + quarter])
                        members[first + quarter] &+= 1
                    }
                }
            }
        }
    }

    /// Takes into account what each of `count` additions may have lost.
    ///
    /// A number of single precision is off by less than 2⁻²³ of itself, and so is each sum on the way. Where powers of
    /// both signs were added, the sums on the way may have been larger than the result: there the largest of all is taken.
    private mutating func widen(by count: Int) {
        let share = Float(count + 4) * 4 * 0x1p-23
        let largest = max(highest.max() ?? 0, -(lowest.min() ?? 0))
        let hasNegative = lowest.contains { $0 < 0 }
        for quarter in highest.indices {
            let top = hasNegative ? largest : abs(highest[quarter])
            highest[quarter] += top * share
            lowest[quarter] -= top * share
        }
    }

    /// Whether bounds can be tightened.
    var canBeTightened: Bool { !records.isEmpty }

    /// Where in the one block of the element with `index`, which is its place in the order of ids, the window that begins
    /// at `time` begins; nil where that is not known.
    func hint(ofElement index: Int, at time: UnixTime) -> PowerBlock.Place? {
        let day = Int((time - start) / SumBounds.day)
        let window = Int((time - start) % SumBounds.day / PowerEnvelope.window)
        guard window > 0, records.indices.contains(index) else { return nil }
        return records[index].withUnsafeBytes { bytes in
            let record = day * PowerEnvelope.size
            let position = bytes.loadUnaligned(
                fromByteOffset: record + PowerEnvelope.positionOffset + (window - 1) * 2,
                as: UInt16.self
            ).littleEndian
            let units = bytes.loadUnaligned(
                fromByteOffset: record + PowerEnvelope.unitsOffset + (window - 1) * 4,
                as: Int32.self
            ).littleEndian
            return position > 0 ? PowerBlock.Place(position: Int(position), units: Int64(units)) : nil
        }
    }

    /// Tightens the bounds of `quarters`, which lie in the window that begins at `time`, now that of its first `count`
    /// elements the sums are known: of each place of the window, of so many `members`, where places are `resolution` seconds
    /// apart.
    mutating func tighten(
        _ quarters: Range<Int>,
        ofWindow time: UnixTime,
        knowing count: Int,
        _ power: [Int64],
        _ members: [Int32],
        resolution: Int64
    ) {
        let first = Int((time - start) / PowerEnvelope.quarter)
        let places = Int(PowerEnvelope.quarter / resolution)
        for quarter in quarters where self.members[quarter] > 0 {
            var top = Int64.min
            var bottom = Int64.max
            var most: Int32 = -1
            for place in (quarter - first) * places..<(quarter - first + 1) * places {
                top = max(top, power[place])
                if members[place] > most {
                    most = members[place]
                    bottom = power[place]
                } else if members[place] == most {
                    bottom = min(bottom, power[place])
                }
            }
            let rest = rest(in: quarter, after: count)
            highest[quarter] = Float(top &+ rest.highest).nextUp
            lowest[quarter] = Float(bottom &+ rest.lowest).nextDown
            self.members[quarter] = most &+ rest.members
        }
    }

    /// What all elements but the first `count` can add in `quarter`.
    private func rest(in quarter: Int, after count: Int) -> (highest: Int64, lowest: Int64, members: Int32) {
        var rest: (highest: Int64, lowest: Int64, members: Int32) = (0, 0, 0)
        let place = quarter % PowerEnvelope.quarters
        let offset = quarter / PowerEnvelope.quarters * PowerEnvelope.size
        for records in records.dropFirst(count) {
            records.withUnsafeBytes { bytes in
                let bits = bytes[offset + PowerEnvelope.presenceOffset + place / 8]
                guard bits >> UInt8(place % 8) & 1 == 1 else { return }
                let base = bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self).littleEndian
                let unit = bytes.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self).littleEndian
                let top = offset + PowerEnvelope.highestOffset + place
                rest.highest &+= max(0, base &+ unit &* Int64(bytes[top]))
                rest.lowest &+= base &+ unit &* Int64(bytes[top + PowerEnvelope.quarters])
                rest.members &+= 1
            }
        }
        return rest
    }

    /// Of the quarters in `open`, the one that can hold the highest sum; those that can hold none above `known`, or as high
    /// and before `time`, are taken out.
    func highest(among open: inout [Int], above known: Float, before time: UnixTime) -> Int? {
        pick(among: &open) { quarter in
            let bound = highest[quarter]
            return members[quarter] > 0
                && (bound > known || (bound == known && self.time(of: quarter) < time))
        } isBetter: {
            highest[$0] > highest[$1]
        }
    }

    /// Of the quarters in `open`, the one that can hold the lowest sum over the most elements; those that can hold none
    /// over more than `most`, below `known`, or as low and before `time`, are taken out.
    func lowest(among open: inout [Int], over most: Int32, below known: Float, before time: UnixTime) -> Int?
    {
        pick(among: &open) { quarter in
            let (bound, count) = (lowest[quarter], members[quarter])
            guard count > 0, count >= most else { return false }
            return count > most || bound < known || (bound == known && self.time(of: quarter) < time)
        } isBetter: { left, right in
            members[left] > members[right]
                || (members[left] == members[right] && lowest[left] < lowest[right])
        }
    }

    @inline(__always)
    private func pick(
        among open: inout [Int],
        where mayCount: (Int) -> Bool,
        isBetter: (Int, Int) -> Bool
    ) -> Int? {
        var best: Int?
        var left = 0
        for quarter in open where mayCount(quarter) {
            open[left] = quarter
            left += 1
            if best.map({ isBetter(quarter, $0) }) ?? true { best = quarter }
        }
        open.removeLast(open.count - left)
        return best
    }

    /// The quarters that have some of the time from `start` up to `end`.
    func quarters(from start: UnixTime, until end: UnixTime) -> Range<Int> {
        let first = max(0, (start - self.start) / PowerEnvelope.quarter)
        let last = min(
            Int64(highest.count),
            (end - self.start + PowerEnvelope.quarter - 1) / PowerEnvelope.quarter
        )
        return Int(min(first, max(first, last)))..<Int(max(first, last))
    }

    /// The first moment of `quarter`.
    func time(of quarter: Int) -> UnixTime {
        start + Int64(quarter) * PowerEnvelope.quarter
    }
}
