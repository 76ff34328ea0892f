// The archive: the directory `archive` beside the database, with a gzip file of CSV for each month in UTC, and what the
// database knows of each. A reading is archived in this order, so that it is at any time in the database or in a file
// that was read back:
//
//  1. its line is appended to the file of its month, in a gzip member of its own or with others;
//  2. file and directory are synced, the member is read back from the disk and compared with the database;
//  3. the file's new length and checksum are committed;
//  4. the reading is deleted, in a later transaction.
//
// A crash before 3 leaves a tail that the database does not know: what is whole of it is taken over, the rest cut off.

import Basics
import Glibc
import SQLite
import Zlib

enum ArchiveSQL: String, StatementList {
    case record = """
        SELECT month, bytes, checksum, readings, newest, archived_until FROM archive WHERE month = $1
        """
    case records = """
        SELECT month, bytes, checksum, readings, newest, archived_until
        FROM archive
        WHERE newest >= $1
        ORDER BY month
        """
    case months = "SELECT month FROM archive"
    case save = """
        INSERT INTO archive (month, bytes, checksum, readings, newest, archived_until)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (month) DO UPDATE SET bytes = excluded.bytes, checksum = excluded.checksum,
            readings = excluded.readings, newest = excluded.newest, archived_until = excluded.archived_until
        """
    case saveMember = """
        INSERT INTO archive_member (month, start, position) VALUES ($1, $2, $3)
        ON CONFLICT (month, start) DO NOTHING
        """
    /// The last member that begins by a time: whatever is of that time or later is in it or after it.
    case position = """
        SELECT position FROM archive_member WHERE month = $1 AND start <= $2 ORDER BY start DESC LIMIT 1
        """
    case forget = "DELETE FROM archive WHERE month = $1"
    case lostUntil = "SELECT lost_until FROM history WHERE only_row = 1"
    case lose = """
        UPDATE history SET lost_until = max(coalesce(lost_until, $1), $1) WHERE only_row = 1
        """
}

/// A month of UTC, each of which has a file.
struct ArchiveMonth: Hashable {
    /// `YYYY-MM`.
    let name: String
    let start: UnixTime
    let end: UnixTime

    /// The month that `time` lies in.
    init(containing time: UnixTime) {
        let date = CivilDate(daysSince1970: time.floored(to: 86_400).seconds / 86_400)
        self.init(year: date.year, month: date.month)
    }

    /// The month `YYYY-MM`; nil for anything else.
    init?(name: String) {
        let parts = name.split(separator: "-").compactMap { Int64($0) }
        guard parts.count == 2, (0...9999).contains(parts[0]), (1...12).contains(parts[1]) else { return nil }
        self.init(year: parts[0], month: parts[1])
        guard self.name == name else { return nil }
    }

    private init(year: Int64, month: Int64) {
        name = "\(padded(year, to: 4))-\(padded(month))"
        start = UnixTime(CivilDate(year: year, month: month, day: 1).daysSince1970 * 86_400)
        end = UnixTime(CivilDate(year: year, month: month + 1, day: 1).daysSince1970 * 86_400)
    }
}

/// What the database knows of one month's file.
struct ArchiveRecord: Hashable {
    let month: ArchiveMonth
    /// How much of the file is known to be sound.
    var bytes: Int64 = 0
    /// The checksum of that.
    var checksum = CRC32()
    var readings: Int64 = 0
    /// The time of the last of them; nil while there are none.
    var newest: UnixTime?
    /// Every reading of the month before this time is in the file.
    var archivedUntil: UnixTime

    /// Nothing archived yet of `month`.
    init(of month: ArchiveMonth) {
        self.month = month
        archivedUntil = month.start
    }

    /// The record in a row; nil for a month that is none.
    fileprivate init?(_ row: borrowing Row) {
        guard let month = ArchiveMonth(name: row.text(0)) else { return nil }
        self.month = month
        bytes = row.int(1)
        checksum = CRC32(UInt32(truncatingIfNeeded: row.int(2)))
        readings = row.int(3)
        newest = row.optionalTime(4)
        archivedUntil = row.time(5)
    }
}

/// The files, and the database's knowledge of them.
struct Archive {
    let database: Connection
    /// Where the files are.
    let directory: String

    /// The archive beside `database`.
    init(of database: Connection) {
        self.database = database
        switch database.location {
        case .file(let path): directory = HistoryReader.archiveDirectory(of: path)
        case .memory: directory = "archive"
        }
    }

    /// The file of `month`.
    func path(of month: ArchiveMonth) -> String {
        "\(directory)/readings-\(month.name).csv.gz"
    }

    /// What the database knows of the file of `month`; nil for nothing.
    func record(of month: ArchiveMonth) throws -> ArchiveRecord? {
        try database.statement(ArchiveSQL.record).first(.text(month.name)) { row in ArchiveRecord(row) }
            ?? nil
    }

    /// What the database knows of every file with readings of `time` or later, in the order of time.
    func records(after time: UnixTime = UnixTime(.min)) throws -> [ArchiveRecord] {
        try database.statement(ArchiveSQL.records).all(.time(time)) { row in ArchiveRecord(row) }
            .compactMap { $0 }
    }

    /// Keeps `record`, within a transaction.
    func save(_ record: ArchiveRecord) throws {
        try database.statement(ArchiveSQL.save).run(
            .text(record.month.name),
            .int(record.bytes),
            .int(Int64(record.checksum.value)),
            .int(record.readings),
            .time(record.newest),
            .time(record.archivedUntil)
        )
    }

    /// Keeps where in the file of `month` a member begins whose first reading is of the time `start`.
    func saveMember(of month: ArchiveMonth, start: UnixTime, position: Int64) throws {
        try database.statement(ArchiveSQL.saveMember).run(.text(month.name), .time(start), .int(position))
    }

    /// Where in its file the readings of `record` from `time` on can be read from.
    func position(of time: UnixTime, in record: ArchiveRecord) throws -> Int64 {
        try database.statement(ArchiveSQL.position)
            .first(.text(record.month.name), .time(time)) { row in row.int(0) } ?? 0
    }

    /// Before which time there are readings that are in no file; nil when there are none.
    func lostUntil() throws -> UnixTime? {
        try database.statement(ArchiveSQL.lostUntil).first { row in row.optionalTime(0) } ?? nil
    }

    /// The length of the file of `month`; nil when there is none.
    ///
    /// Throws `StorageError` with the code `archive` when it may not be read.
    func length(of month: ArchiveMonth) throws -> Int64? {
        let path = path(of: month)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw StorageError(.archive, path: path, "the file cannot be read (\(systemErrorText(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw StorageError(.archive, path: path, systemErrorText(errno))
        }
        return Int64(status.st_size)
    }

    /// The length of the file that `record` is of.
    ///
    /// Throws `StorageError` with the code `archive` when it is missing, or shorter than what was verified.
    func verifiedLength(of record: ArchiveRecord) throws -> Int64 {
        let path = path(of: record.month)
        guard let length = try length(of: record.month) else {
            throw StorageError(.archive, path: path, "the file is missing")
        }
        guard length >= record.bytes else {
            let message = "the file has \(length) bytes; \(record.bytes) were written and verified"
            throw StorageError(.archive, path: path, message)
        }
        return length
    }

    /// Throws `StorageError` with the code `archive` unless the file that `record` is of begins with what it knows.
    func verify(_ record: ArchiveRecord) throws {
        guard record.bytes > 0 else { return }
        _ = try verifiedLength(of: record)
        let path = path(of: record.month)
        let found = try withArchiveErrors { () throws(ZlibError) in
            try checksum(ofFile: path, length: record.bytes)
        }
        guard found == record.checksum else {
            throw StorageError(.archive, path: path, "the file is not what was written and verified")
        }
    }
}
