// What people said about ranges that were read wrongly, as the accounts take it.

import Basics
import Energy
import SQLite

enum CorrectionSQL: String, StatementList {
    case holding = """
        SELECT element_id, start, "end", energy_millijoules
        FROM correction
        WHERE element_id BETWEEN $1 AND $2 AND undone_at IS NULL AND start < $3 AND "end" > $4
        ORDER BY element_id, start
        """
    case one = """
        SELECT id, element_id, start, "end", energy_millijoules, reason, author, made_at, undone_at, undone_by
        FROM correction
        WHERE id = $1
        """
    case all = """
        SELECT id, element_id, start, "end", energy_millijoules, reason, author, made_at, undone_at, undone_by
        FROM correction
        WHERE start < $1 AND "end" > $2
        ORDER BY id
        """
    case insert = """
        INSERT INTO correction (element_id, start, "end", energy_millijoules, reason, author, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """
    case pdu = "SELECT pdu_id FROM element WHERE id = $1"
    /// What the circuit of the element $1 can carry, as was said last.
    case limit = """
        SELECT power_limit_milliwatts FROM element_version WHERE element_id = $1 ORDER BY valid_from DESC LIMIT 1
        """
    case undo = "UPDATE correction SET undone_at = $1, undone_by = $2 WHERE id = $3"
}

/// The corrections that hold, of some elements and a time.
struct Corrections {
    /// Of each element, in the order of time; those of one element do not overlap.
    private var corrections: [Int64: [Correction]] = [:]

    /// Those in `database` of `elements` that touch the time from `start` up to, not including, `end`.
    init(
        in database: Connection,
        of elements: ClosedRange<Int64>,
        from start: UnixTime = UnixTime(.min),
        until end: UnixTime = UnixTime(.max)
    ) throws {
        var found: [Int64: [Correction]] = [:]
        try database.statement(CorrectionSQL.holding).forEach(
            .int(elements.lowerBound),
            .int(elements.upperBound),
            .time(end),
            .time(start)
        ) { row in
            let correction = Correction(start: row.time(1), end: row.time(2), energy: row.optionalInt(3))
            found[row.int(0), default: []].append(correction)
        }
        corrections = found
    }

    /// Those of `element`, in the order of time.
    subscript(element: Int64) -> [Correction] {
        corrections[element] ?? []
    }

    /// Every one with its element, in the order of time.
    var inOrder: [(element: Int64, correction: Correction)] {
        corrections.flatMap { element, list in list.map { (element: element, correction: $0) } }
            .sorted { ($0.correction.start, $0.element) < ($1.correction.start, $1.element) }
    }

    /// Whether an account of `element` can begin at `time`: no energy that was set lies on both sides of it.
    func allowBeginning(at time: UnixTime, of element: Int64) -> Bool {
        !self[element].contains { $0.energy != nil && $0.start < time && time < $0.end }
    }

    /// Whether `reading` is taken for not read.
    func exclude(_ reading: StoredReading) -> Bool {
        guard !corrections.isEmpty, let list = corrections[reading.element] else { return false }
        return list.contains { $0.excludes(reading.time) }
    }
}

extension CorrectionRecord {
    /// The record in a row of ten columns.
    init(_ row: borrowing Row) {
        self.init(
            id: row.int(0),
            elementID: row.int(1),
            correction: Correction(start: row.time(2), end: row.time(3), energy: row.optionalInt(4)),
            reason: row.text(5),
            author: row.text(6),
            madeAt: row.time(7),
            undoneAt: row.optionalTime(8),
            undoneBy: row.optionalText(9)
        )
    }
}
