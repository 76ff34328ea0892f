// What is done to the history now and then: copies, compacting.

package import Basics
import Energy
import Glibc
import SQLite

enum MaintenanceSQL: String, StatementList {
    case zone = "SELECT zone FROM history WHERE only_row = 1"
    /// The version starts from the time, so that a database that replaces another does not repeat its versions.
    case insertHistory = """
        INSERT INTO history (only_row, zone, data_version) VALUES (1, $1, $2)
        ON CONFLICT (only_row) DO NOTHING
        """
    case setZone = "UPDATE history SET zone = $1 WHERE only_row = 1"
    case version = "SELECT data_version FROM history WHERE only_row = 1"
    case raiseVersion = "UPDATE history SET data_version = max(data_version, $1) + 1 WHERE only_row = 1"
    case insertEvent = "INSERT INTO event (at, kind, detail) VALUES ($1, $2, $3)"
    case deleteRollups = """
        DELETE FROM rollup WHERE bucket_id IN (SELECT id FROM bucket WHERE "end" > $1)
        """
    case deleteSiteRollups = """
        DELETE FROM site_rollup WHERE bucket_id IN (SELECT id FROM bucket WHERE "end" > $1)
        """
    case monthEnd = """
        SELECT "end" FROM bucket WHERE period = 'monthly' AND start < $1 ORDER BY start DESC LIMIT 1
        """
    case deleteBucket = "DELETE FROM bucket WHERE id = $1"
}

extension HistoryWriter {
    /// Writes a copy of the history, as of one moment and compact, to the file at `target`, replacing it only
    /// when the copy is complete and sound.
    ///
    /// Throws `StorageError`.
    package func backUp(to target: String) throws {
        let partial = target + ".partial"
        unlink(partial)
        defer { unlink(partial) }
        try withStorageErrors(on: path) {
            try database.prepare("VACUUM INTO $1").run(.text(partial))
        }
        try HistoryWriter.check(partial)
        guard chmod(partial, 0o640) == 0 else { throw HistoryFile.failure(partial) }
        try HistoryFile.sync(partial)
        guard rename(partial, target) == 0 else { throw HistoryFile.failure(target) }
        try HistoryFile.sync(target)
    }

    /// Replaces the whole history by that in the file at `source`, made by `backUp`, in one transaction.
    ///
    /// Readers go on with the old one until then, and with the new one after. Throws `StorageError`.
    package func restore(from source: String, now: UnixTime) throws {
        try withStorageErrors(on: path) {
            let version = try database.integer(MaintenanceSQL.version.rawValue)
            try HistoryWriter.withCopy(of: source, for: path, above: version, now: now) { prepared, _ in
                try database.replaceContent(from: prepared)
            }
        }
    }

    /// The same, of a history that cannot be opened, or is not there: what lies at `path` is moved aside, and the copy
    /// takes its place; answers where it is now.
    ///
    /// Who has the old file open goes on with it until it looks again. Throws `StorageError`.
    package static func replace(
        _ path: String,
        with source: String,
        now: UnixTime
    ) throws -> String? {
        var place: String?
        try withStorageErrors(on: path) {
            let version = now.seconds * 1000
            try withCopy(of: source, for: path, above: version, now: now) { prepared, copy in
                try prepared.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                try prepared.close()
                guard chmod(copy, 0o640) == 0 else { throw HistoryFile.failure(copy) }
                try HistoryFile.sync(copy)
                if access(path, F_OK) == 0 {
                    place = try HistoryFile.quarantine(path, now: now, as: "before-restore")
                }
                guard rename(copy, path) == 0 else { throw HistoryFile.failure(path) }
                try HistoryFile.sync(path)
            }
        }
        return place
    }

    /// Calls `body` with a copy of the history in the file at `source`, checked and brought up to date, and its path.
    ///
    /// The copy lies beside `path`, its version is above `version`, and it is gone afterwards.
    private static func withCopy(
        of source: String,
        for path: String,
        above version: Int64,
        now: UnixTime,
        _ body: (Connection, _ copy: String) throws -> Void
    ) throws {
        let copy = path + ".restore"
        for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) }
        defer { for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) } }
        try check(source)
        let prepared = try Connection(.file(copy), .create, busyTimeout: 1000)
        try prepared.replaceContent(from: Connection(.file(source), .readOnly, busyTimeout: 1000))
        try Migrator.migrate(prepared, path: source, now: now)
        // Whoever remembers an answer by the old version must not meet the same number again.
        try prepared.statement(MaintenanceSQL.raiseVersion).run(.int(version))
        let detail = "the history was restored from \(source)"
        try prepared.statement(MaintenanceSQL.insertEvent)
            .run(.time(now), .text("history_restored"), .text(detail))
        try body(prepared, copy)
    }

    /// A path beside the history for a copy of what a restore replaces, at `now`.
    package func pathBeforeRestore(now: UnixTime) -> String {
        HistoryFile.freePath(beside: path, "before-restore", now: now)
    }

    /// Rewrites the file without its free space.
    ///
    /// Needs as much free disk space as the file is long. Throws `StorageError`.
    package func vacuum() throws {
        try withStorageErrors(on: path) {
            try database.execute("VACUUM")
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Reads every page of the file at `path`, and throws `StorageError` unless it is a sound history.
    private static func check(_ path: String) throws {
        try withStorageErrors(on: path) {
            let database = try Connection(.file(path), .readOnly, busyTimeout: 1000)
            try Migrator.checkOurs(database, path: path)
            let answers = try database.prepare("PRAGMA integrity_check").all { row in row.text(0) }
            guard answers == ["ok"] else {
                throw StorageError(.corrupt, path: path, "the copy is damaged: \(answers.first ?? "")")
            }
        }
    }
}
