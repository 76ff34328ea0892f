// The archive in front of the database: what retention has taken out is read from the files, where they can be read.

import Basics
import SQLite

extension ReadingHistory {
    /// Calls `body` with every reading of `elements` from `start` up to, not including, `end`: in the order of time,
    /// and those of one time in the order of elements.
    ///
    /// Archived readings come from their file; a file that is missing, shorter than it was or not to be read by this
    /// user is passed over, see `Archive.problems`. Throws `StorageError` with the code `archive` in the middle of a
    /// file that turns out to be damaged.
    func forEach(
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        _ body: (StoredReading) throws -> Void
    ) throws {
        let archive = Archive(of: database)
        var reached = start
        for record in try archive.records(after: start) {
            let (from, until) = (max(reached, record.month.start), min(end, record.archivedUntil))
            guard from < until, archive.isReadable(record) else { continue }
            try forEachInDatabase(from: reached, until: from, elements: elements, body)
            try forEach(archivedIn: archive, record, from: from, until: until, elements: elements, body)
            reached = until
        }
        try forEachInDatabase(from: reached, until: end, elements: elements, body)
    }

    /// The time from which on every reading is at hand, in the database or in a file of the archive; the beginning of
    /// time when none is missing.
    ///
    /// By default, of a file only its length is looked at.
    func completeSince(by thoroughness: Archive.Thoroughness = .length) throws -> UnixTime {
        let archive = Archive(of: database)
        let missing = try archive.problems(by: thoroughness).compactMap(\.missingUntil)
        return (missing + [try archive.lostUntil()].compactMap { $0 }).max() ?? UnixTime(.min)
    }

    private func forEach(
        archivedIn archive: Archive,
        _ record: ArchiveRecord,
        from start: UnixTime,
        until end: UnixTime,
        elements: ClosedRange<Int64>,
        _ body: (StoredReading) throws -> Void
    ) throws {
        let reader = try ArchiveReader(
            path: archive.path(of: record.month),
            from: try archive.position(of: start, in: record),
            to: record.bytes,
            names: try PlaceNames(database),
            elements: elements
        )
        while let reading = try reader.next(), reading.time < end {
            guard case .element(let stored) = reading, stored.time >= start else { continue }
            try body(stored)
        }
    }
}
