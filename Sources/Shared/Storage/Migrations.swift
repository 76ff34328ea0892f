// The schema's history: numbered files, applied in order, each in its own transaction, forward only. A file is
// never edited after a release.

import Basics
import SQLite

/// One step of the schema.
struct Migration: Sendable {
    /// What PRAGMA user_version says once it is applied.
    let number: Int64
    /// The name of its file, without `.sql`.
    let name: String
    private let text: [UInt8]
    /// What is beyond SQL, after it.
    private let conversion: (@Sendable (Connection) throws -> Void)?

    init(
        number: Int64,
        name: String,
        text: [UInt8],
        conversion: (@Sendable (Connection) throws -> Void)? = nil
    ) {
        self.number = number
        self.name = name
        self.text = text
        self.conversion = conversion
    }

    /// The SQL.
    var sql: String { String(decoding: text, as: UTF8.self) }

    /// Applies it to `database`, within its transaction.
    func apply(to database: Connection) throws {
        try database.execute(sql)
        try conversion?(database)
    }

    /// Every step, in order.
    ///
    /// Embedded resources have no list of their own; a test compares this table with the folder.
    static let all = [
        Migration(number: 1, name: "v0001-history", text: PackageResources.v0001_history_sql),
        Migration(number: 2, name: "v0002-packed-readings", text: PackageResources.v0002_packed_readings_sql),
        Migration(number: 3, name: "v0003-accounts", text: PackageResources.v0003_accounts_sql),
        Migration(number: 4, name: "v0004-archive", text: PackageResources.v0004_archive_sql),
        Migration(
            number: 5,
            name: "v0005-members-in-views",
            text: PackageResources.v0005_members_in_views_sql
        ),
        Migration(
            number: 6,
            name: "v0006-units-and-circuits",
            text: PackageResources.v0006_units_and_circuits_sql
        ),
        Migration(
            number: 7,
            name: "v0007-power-envelopes",
            text: PackageResources.v0007_power_envelopes_sql
        ),
        Migration(number: 8, name: "v0008-device-kinds", text: PackageResources.v0008_device_kinds_sql),
        Migration(
            number: 9,
            name: "v0009-open-accounts",
            text: PackageResources.v0009_open_accounts_sql,
            conversion: OpenAccount.convertMeterStates
        ),
        Migration(number: 10, name: "v0010-poll-quarters", text: PackageResources.v0010_poll_quarters_sql),
        Migration(
            number: 11,
            name: "v0011-lasting-counters",
            text: PackageResources.v0011_lasting_counters_sql
        ),
    ]

    /// The number of the last step: the schema that this program knows.
    static var latest: Int64 { all.last?.number ?? 0 }
}

/// Brings a database's schema up to date, or refuses it.
enum Migrator {
    /// Marks the file as this product's (PRAGMA application_id): "PDUm".
    static let applicationID: Int64 = 0x5044_556D

    /// Applies what is missing to `database`, the file at `path`, at the time `now`.
    static func migrate(_ database: Connection, path: String, now: UnixTime) throws {
        let version = try checkedVersion(of: database, path: path)
        if version == 0 {
            // Both must be known before the first page is written: free pages can be given back later, and
            // readers never wait for the writer.
            try database.execute("PRAGMA auto_vacuum = INCREMENTAL")
        }
        try database.execute("PRAGMA journal_mode = WAL")
        for migration in Migration.all where migration.number > version {
            try database.transaction(.immediate) {
                try apply(migration, to: database, now: now)
            }
        }
    }

    /// Refuses what is no history, or a newer one than this program knows.
    static func checkOurs(_ database: Connection, path: String) throws {
        guard try checkedVersion(of: database, path: path) > 0 else {
            throw StorageError(.foreign, path: path, "this is an empty database, not a history")
        }
    }

    /// Refuses a schema that this program does not know exactly.
    static func checkReadable(_ database: Connection, path: String) throws {
        let version = try checkedVersion(of: database, path: path)
        guard version == Migration.latest else {
            let message = "the schema is \(version), of an older program; the next run of pdu-poll changes it"
            throw StorageError(.schemaTooOld, path: path, message)
        }
    }

    /// The schema's number, 0 for an empty database.
    ///
    /// Throws when the database is another product's, or newer than this program.
    private static func checkedVersion(of database: Connection, path: String) throws -> Int64 {
        let application = try database.integer("PRAGMA application_id")
        let version = try database.integer("PRAGMA user_version")
        if application == 0, version == 0, try database.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            return 0
        }
        guard application == applicationID else {
            throw StorageError(.foreign, path: path, "this is a database of another program; move it away")
        }
        guard version <= Migration.latest else {
            let message = "the schema is \(version), of a newer program; this one knows \(Migration.latest)"
            throw StorageError(.schemaTooNew, path: path, message)
        }
        return version
    }

    private static func apply(_ migration: Migration, to database: Connection, now: UnixTime) throws {
        if migration.number == 1 {
            try database.execute("PRAGMA application_id = \(applicationID)")
            try database.execute(
                """
                CREATE TABLE schema_migration (
                    number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL
                ) STRICT
                """
            )
        }
        try migration.apply(to: database)
        try database.prepare("INSERT INTO schema_migration (number, name, applied_at) VALUES ($1, $2, $3)")
            .run(.int(migration.number), .text(migration.name), .time(now))
        try database.execute("PRAGMA user_version = \(migration.number)")
    }
}
