// The packed powers of elements on single days, fetched once: whoever looks for the highest and the lowest sum of a month
// comes back to the same days.

import Basics
import SQLite

enum DayBlocksSQL: String, StatementList {
    case day = """
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

    private let database: Connection
    private var kept: [Key: [Stored]] = [:]
    private var bytes = 0

    /// Those in `database`.
    init(_ database: Connection) {
        self.database = database
    }

    /// The blocks of `element` that begin on the day (UTC) that begins at `day`.
    ///
    /// Throws `DamagedBlock`.
    mutating func blocks(of element: Int64, on day: UnixTime) throws -> [Stored] {
        let key = Key(element: element, day: day)
        if let known = kept[key] { return known }
        let found = try database.statement(DayBlocksSQL.day)
            .all(.int(element), .time(day), .time(day + 86_400)) { row in
                Stored(block: PowerBlock(row, from: 0), text: row.bytes(4))
            }
        if let damaged = found.first(where: { !$0.block.isPossible }) {
            throw DamagedBlock(element: element, start: damaged.block.start)
        }
        let size = found.reduce(0) { $0 + $1.text.count }
        if bytes + size > DayBlocks.most {
            kept.removeAll()
            bytes = 0
        }
        kept[key] = found
        bytes += size
        return found
    }
}
