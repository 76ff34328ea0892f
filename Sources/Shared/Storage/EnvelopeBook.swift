// Keeps the envelopes of packed days: each follows from its element's blocks of the day and nothing else, and whoever
// changes those blocks calls here in the same transaction.

import Basics
import SQLite

enum EnvelopeSQL: String, StatementList {
    case month = "SELECT days FROM power_envelope WHERE element_id = $1 AND month_start = $2"
    case save = """
        INSERT OR REPLACE INTO power_envelope (element_id, month_start, days) VALUES ($1, $2, $3)
        """
    case delete = "DELETE FROM power_envelope WHERE element_id = $1 AND month_start = $2"
    /// The months of every element that begin from $1 up to, not including, $2.
    case months = """
        SELECT power_envelope.element_id, power_envelope.month_start
        FROM element
        CROSS JOIN power_envelope
            ON power_envelope.element_id = element.id AND month_start >= $1 AND month_start < $2
        """
    /// What was packed for good of the power of an element in a stretch of time.
    case blocks = """
        SELECT start, step_seconds, slots, power_unit_milliwatts, power
        FROM reading_block
        WHERE element_id = $1 AND start >= $2 AND start < $3 AND power IS NOT NULL AND is_day = 1
        ORDER BY start
        """
    case state = "SELECT enveloped_from, enveloped_element FROM history WHERE only_row = 1"
    case setState = "UPDATE history SET enveloped_from = $1, enveloped_element = $2 WHERE only_row = 1"
    case newestBlock = "SELECT max(start) FROM reading_block WHERE start < $1"
    case nextElements = "SELECT id FROM element WHERE id > $1 ORDER BY id LIMIT $2"
}

/// The envelopes of a database, within a transaction.
struct EnvelopeBook {
    private static let day: Int64 = 86_400
    /// How many elements' months one step of filling takes: about a tenth of a second's work.
    private static let elementsPerStep: Int64 = 300

    private let database: Connection

    /// The envelopes in `database`.
    init(_ database: Connection) {
        self.database = database
    }

    /// Works out again that of `element` on the day that begins at `day`, whose blocks have changed.
    ///
    /// Throws `DamagedBlock`.
    func refresh(_ element: Int64, on day: UnixTime) throws {
        let month = ArchiveMonth(containing: day)
        let envelope = try envelopes(of: element, from: day, until: day + EnvelopeBook.day)[day]
        var known = try envelopes(of: element, in: month)
        let before = known
        known.set(envelope, at: Int((day - month.start) / EnvelopeBook.day))
        if known != before { try save(known, of: element, in: month) }
    }

    /// Works out again those of every element on the day that begins at `day`, and takes away all of later days.
    func cut(after day: UnixTime) throws {
        let month = ArchiveMonth(containing: day)
        try change(from: month.start, until: UnixTime(.max)) { $0 > day }
        let elements = try database.statement(EnvelopeSQL.months)
            .all(.time(month.start), .time(month.end)) { row in row.int(0) }
        for element in elements { try refresh(element, on: day) }
    }

    /// Takes away those of all days before `day`, whose blocks are gone.
    func forget(before day: UnixTime) throws {
        try change(from: UnixTime(.min), until: day) { $0 < day }
    }

    /// Takes away, in the months that begin from `start` up to `end`, those of the days for which `isGone` holds.
    private func change(from start: UnixTime, until end: UnixTime, _ isGone: (UnixTime) -> Bool) throws {
        let rows = try database.statement(EnvelopeSQL.months)
            .all(.time(start), .time(end)) { row in (row.int(0), ArchiveMonth(containing: row.time(1))) }
        for (element, month) in rows {
            var known = try envelopes(of: element, in: month)
            let before = known
            known.remove { index in isGone(month.start + Int64(index) * EnvelopeBook.day) }
            if known != before { try save(known, of: element, in: month) }
        }
    }

    /// Makes those of some elements in the newest month that has none yet; answers whether there was anything to do.
    func fill() throws -> Bool {
        let state = try database.statement(EnvelopeSQL.state).first { row in
            (from: row.optionalTime(0), element: row.int(1))
        }
        guard let state, let from = state.from else { return false }
        let newest = try database.statement(EnvelopeSQL.newestBlock).first(.time(from)) { $0.optionalTime(0) }
        guard let newest = newest ?? nil else {
            try setState(nil, element: 0)
            return true
        }
        let month = ArchiveMonth(containing: newest)
        // What lies between has no blocks.
        let isSame = ArchiveMonth(containing: from - 1) == month
        let elements = try database.statement(EnvelopeSQL.nextElements)
            .all(.int(isSame ? state.element : 0), .int(EnvelopeBook.elementsPerStep)) { row in row.int(0) }
        for element in elements {
            var known = MonthEnvelopes()
            for (day, envelope) in try envelopes(of: element, from: month.start, until: month.end) {
                known.set(envelope, at: Int((day - month.start) / EnvelopeBook.day))
            }
            if try known != envelopes(of: element, in: month) { try save(known, of: element, in: month) }
        }
        if let last = elements.last, elements.count == Int(EnvelopeBook.elementsPerStep) {
            try setState(min(from, month.end), element: last)
        } else {
            try setState(month.start, element: 0)
        }
        return true
    }

    private func setState(_ from: UnixTime?, element: Int64) throws {
        try database.statement(EnvelopeSQL.setState).run(.time(from), .int(element))
    }

    private func envelopes(of element: Int64, in month: ArchiveMonth) throws -> MonthEnvelopes {
        try database.statement(EnvelopeSQL.month)
            .first(.int(element), .time(month.start)) { row in MonthEnvelopes(row.bytes(0)) }
            ?? MonthEnvelopes()
    }

    private func save(_ envelopes: MonthEnvelopes, of element: Int64, in month: ArchiveMonth) throws {
        if envelopes.isEmpty {
            try database.statement(EnvelopeSQL.delete).run(.int(element), .time(month.start))
        } else {
            try database.statement(EnvelopeSQL.save)
                .run(.int(element), .time(month.start), .blob(envelopes.bytes))
        }
    }

    /// The envelopes of `element` by what its blocks of whole days from `start` up to `end` hold.
    private func envelopes(
        of element: Int64,
        from start: UnixTime,
        until end: UnixTime
    ) throws -> [UnixTime: PowerEnvelope] {
        var builders: [UnixTime: PowerEnvelope.Builder] = [:]
        try database.statement(EnvelopeSQL.blocks).forEach(.int(element), .time(start), .time(end)) { row in
            let block = PowerBlock(row, from: 0)
            guard block.isPossible else { throw DamagedBlock(element: element, start: block.start) }
            let day = block.start.floored(to: EnvelopeBook.day)
            var builder = builders[day] ?? PowerEnvelope.Builder(day: day)
            let isSound = row.withBytes(4) { text in builder.add(block, text) }
            guard isSound else { throw DamagedBlock(element: element, start: block.start) }
            builders[day] = builder
        }
        return builders.compactMapValues { $0.finish() }
    }
}
