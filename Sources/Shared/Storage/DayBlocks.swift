// The packed powers of elements on single days, fetched once: whoever looks for the highest and the lowest sum of a month
// comes back to the same days, and whoever looks for those of each day wants all of them.

import Basics
import SQLite

enum DayBlocksSQL: String, StatementList {
    case days = """
        SELECT start, step_seconds, slots, power_unit_milliwatts, power
        FROM reading_block
        WHERE element_id = $1 AND start >= $2 AND start < $3 AND power IS NOT NULL
        """
}

/// What was fetched of a database's blocks, within one snapshot of it.
struct DayBlocks {
    /// A block and its powers.
    struct Stored {
        let block: PowerBlock
        let text: [UInt8]
    }

    private struct Key: Hashable {
        let element: Int64
        let day: UnixTime
    }

    /// Bytes of powers that are kept; beyond it everything is fetched anew.
    ///
    /// A year of ten units by the minute takes a third.
    private static let most = 8 << 20

    /// More than the powers of a day by the minute take.
    private static let bytesOfDay = 6 << 10
    private static let day: Int64 = 86_400

    private let database: Connection
    /// Whole days that are all wanted, so that those of an element are fetched together.
    private let wanted: Range<UnixTime>?
    private var kept: [Key: [Stored]] = [:]
    private var bytes = 0

    /// Those in `database`.
    ///
    /// `wanted` are days of which each is wanted of `count` elements, where there are such.
    init(_ database: Connection, wanting wanted: Range<UnixTime>?, ofElements count: Int) {
        self.database = database
        self.wanted = wanted.flatMap { range in
            let first = range.lowerBound.floored(to: DayBlocks.day)
            let end = (range.upperBound + (DayBlocks.day - 1)).floored(to: DayBlocks.day)
            let days = Int((end - first) / DayBlocks.day)
            return days * count * DayBlocks.bytesOfDay <= DayBlocks.most ? first..<end : nil
        }
    }

    /// The blocks of `element` that begin on the day (UTC) that begins at `day`.
    ///
    /// Throws `DamagedBlock`.
    mutating func blocks(of element: Int64, on day: UnixTime) throws -> [Stored] {
        if let known = kept[Key(element: element, day: day)] { return known }
        if let wanted, wanted.contains(day) {
            try fetch(element, wanted)
        } else {
            try fetch(element, day..<day + DayBlocks.day)
        }
        return kept[Key(element: element, day: day)] ?? []
    }

    /// Fetches the blocks of `element` that begin on the days of `range`.
    private mutating func fetch(_ element: Int64, _ range: Range<UnixTime>) throws {
        var found: [UnixTime: [Stored]] = [:]
        var size = 0
        let statement = try database.statement(DayBlocksSQL.days)
        try statement.forEach(.int(element), .time(range.lowerBound), .time(range.upperBound)) { row in
            let stored = Stored(block: PowerBlock(row, from: 0), text: row.bytes(4))
            guard stored.block.isPossible else {
                throw DamagedBlock(element: element, start: stored.block.start)
            }
            size += stored.text.count
            found[stored.block.start.floored(to: DayBlocks.day), default: []].append(stored)
        }
        if bytes + size > DayBlocks.most {
            kept.removeAll()
            bytes = 0
        }
        bytes += size
        var day = range.lowerBound
        while day < range.upperBound {
            kept[Key(element: element, day: day)] = found[day] ?? []
            day = day + DayBlocks.day
        }
    }
}
