// The readings of power that count: not those that a person said were wrong, nor those that the ledger does not
// believe. Whoever adds up what PDUs drew in one minute reads through here, so that it agrees with the rollups.

import Basics
import Energy
import SQLite

/// The readings of power that are accounted for.
struct CountedPowers {
    private let database: Connection
    private let includesArchive: Bool

    /// Those in `database` and, when `includesArchive`, in the archive beside it.
    init(_ database: Connection, withArchive includesArchive: Bool = true) {
        self.database = database
        self.includesArchive = includesArchive
    }

    /// Calls `body` with each of `elements` from `start` up to, not including, `end`: in the order of time, and those
    /// of one time in the order of elements.
    func forEach(
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        _ body: (Int64, PowerExtreme) throws -> Void
    ) throws {
        let corrections = try Corrections(in: database, of: elements, from: start, until: end)
        var facts = try FactHistory(database, of: elements)
        let readings = ReadingHistory(database, isPowerOnly: true)
        func take(_ reading: StoredReading) throws {
            guard let power = reading.power, !corrections.exclude(reading) else { return }
            guard LedgerPolicy.believes(power, limit: facts.sample(reading).powerLimit) else { return }
            try body(reading.element, PowerExtreme(power: power, at: reading.time))
        }
        if includesArchive {
            try readings.forEach(from: start, until: end, elements: elements, take)
        } else {
            try readings.forEachInDatabase(from: start, until: end, elements: elements, take)
        }
    }
}
