// The settings as a file: a small database of their own, which the responder alone writes. The collector never opens it,
// and what is wrong with it is never in the way of what was measured.

import Basics
import Glibc
import SQLite

enum SettingsSQL: String, StatementList {
    case revision = "SELECT revision FROM settings WHERE only_row = 1"
    case groups = "SELECT id, name, colour, description FROM element_group ORDER BY name"
    case members = "SELECT group_id, element_id FROM group_member ORDER BY group_id, element_id"
    case labels = "SELECT element_id, label, note, colour FROM element_label ORDER BY element_id"
    case change = "PRAGMA data_version"
    case advance = "UPDATE settings SET revision = revision + 1 WHERE only_row = 1"
    case count = "SELECT count(*) FROM element_group"
    case exists = "SELECT id FROM element_group WHERE id = $1"
    case named = "SELECT id FROM element_group WHERE name = $1"
    case insert = "INSERT INTO element_group (name, colour, description) VALUES ($1, $2, $3)"
    case update = "UPDATE element_group SET name = $1, colour = $2, description = $3 WHERE id = $4"
    case delete = "DELETE FROM element_group WHERE id = $1"
    case clear = "DELETE FROM group_member WHERE group_id = $1"
    case join = "INSERT INTO group_member (group_id, element_id) VALUES ($1, $2)"
    case say = """
        INSERT INTO element_label (element_id, label, note, colour) VALUES ($1, $2, $3, $4)
        ON CONFLICT (element_id) DO UPDATE SET label = excluded.label, note = excluded.note, colour = excluded.colour
        """
    case forget = "DELETE FROM element_label WHERE element_id = $1"
}

/// The settings in a file; one store per thread.
package final class SettingsStore {
    /// The most groups there may be.
    package static let mostGroups = 1000
    /// Marks the file as these settings (PRAGMA application_id): "PDUs".
    static let applicationID: Int64 = 0x5044_5573
    /// The schema's numbered steps, forward only; one that has landed is never edited.
    static let migrations = [
        Migration(number: 1, name: "s0001-settings", text: PackageResources.s0001_settings_sql)
    ]

    private let path: String
    private let busyTimeout: Int32
    private var opened: (connection: Connection, file: FileMark)?
    /// What was read last, and SQLite's number for what another connection has changed since.
    private var known: (change: Int64, settings: Settings)?

    /// The settings in the file at `path`, which the first change makes; it may be a symbolic link to where that is to lie.
    package init(path: String, busyTimeoutMilliseconds: Int32 = 2000) {
        self.path = path
        busyTimeout = busyTimeoutMilliseconds
    }

    /// Which file a path leads to.
    private struct FileMark: Equatable {
        let device: UInt
        let inode: UInt

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
        }
    }
}

extension SettingsStore: SettingsKeeping {
    package func settings() -> Settings {
        do {
            return try withStorageErrors(on: path) {
                guard let connection = try connected() else { return nothing() }
                let change = try connection.statement(SettingsSQL.change).first { row in row.int(0) } ?? 0
                if let known, known.change == change { return known.settings }
                let settings = try connection.transaction(.deferred) { try SettingsStore.read(connection) }
                known = (change, settings)
                return settings
            }
        } catch {
            forget()
            var settings = Settings()
            settings.problem = SettingsStore.words(for: error)
            return settings
        }
    }

    package func make(
        _ change: SettingsChange,
        at revision: Int64?
    ) throws -> (revision: Int64, group: Int64?) {
        do {
            return try withStorageErrors(on: path) {
                let connection = try connected() ?? created()
                known = nil
                return try connection.transaction(.immediate) {
                    let newest =
                        try connection.statement(SettingsSQL.revision).first { row in row.int(0) } ?? 0
                    if let revision, revision != newest { throw SettingsError.changed(revision: newest) }
                    let group = try SettingsStore.apply(change, to: connection)
                    try connection.statement(SettingsSQL.advance).run()
                    return (newest + 1, group)
                }
            }
        } catch let error as SettingsError {
            throw error
        } catch {
            forget()
            throw SettingsError.unavailable(SettingsStore.words(for: error))
        }
    }

    private func forget() {
        opened = nil
        known = nil
    }

    /// Nothing was set yet; with the problem where nothing could be.
    private func nothing() -> Settings {
        var settings = Settings()
        guard access(HistoryFile.directory(of: target), W_OK) != 0 else { return settings }
        let error = HistoryFile.failure(HistoryFile.directory(of: target))
        settings.problem = SettingsStore.words(for: error)
        return settings
    }

    /// The file that the path leads to, also where that is not there yet.
    private var target: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count - 1)
        guard count > 0 else { return path }
        let link = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return link.hasPrefix("/") ? link : HistoryFile.directory(of: path) + "/" + link
    }

    private static func words(for error: any Error) -> String {
        guard let error = error as? StorageError else { return "the settings cannot be used: \(error)" }
        switch error.code {
        case .busy: return "the settings are busy: try again"
        case .full: return "the settings cannot be kept: no space is left"
        case .noAccess, .missing:
            return
                "the settings cannot be kept: the user of pdu-fcgi may not write them; docs/operations.md says where they lie"
        case .schemaTooNew: return "the settings are of a newer version than this responder: restart pdu-fcgi"
        default: return "settings.db cannot be understood: restore a copy of it, or move it away"
        }
    }
}

// MARK: - The file

extension SettingsStore {
    /// The connection to the file that the path leads to now; nil where there is none yet.
    private func connected() throws -> Connection? {
        guard let file = FileMark(path) else {
            guard errno == ENOENT else { throw HistoryFile.failure(path) }
            forget()
            return nil
        }
        if let opened, opened.file == file { return opened.connection }
        forget()
        let connection = try Connection(.file(path), .readWrite, busyTimeout: busyTimeout)
        try SettingsStore.migrate(connection, path)
        opened = (connection, file)
        return connection
    }

    /// The connection to a file that is made.
    private func created() throws -> Connection {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw HistoryFile.failure(path) }
        close(descriptor)
        guard let connection = try connected() else { throw HistoryFile.failure(path) }
        try HistoryFile.sync(target)
        return connection
    }

    /// Whether the schema is the one that this program knows; throws for a newer one, and for a foreign file.
    private static func isCurrent(_ database: Connection, _ path: String) throws -> Bool {
        let application = try database.integer("PRAGMA application_id")
        let version = try database.integer("PRAGMA user_version")
        let isEmpty =
            try application == 0 && version == 0
            && database.integer("SELECT count(*) FROM sqlite_schema") == 0
        guard isEmpty || application == applicationID else {
            throw StorageError(.foreign, path: path, "this is a database of another program")
        }
        let latest = migrations.last?.number ?? 0
        guard version <= latest else {
            throw StorageError(.schemaTooNew, path: path, "the schema is \(version), of a newer program")
        }
        return version == latest
    }

    /// Applies what is missing.
    private static func migrate(_ database: Connection, _ path: String) throws {
        guard try !isCurrent(database, path) else { return }
        try database.execute("PRAGMA journal_mode = WAL")
        try database.transaction(.immediate) {
            // Another thread may have been faster.
            let version = try database.integer("PRAGMA user_version")
            for migration in migrations where migration.number > version {
                if migration.number == 1 { try database.execute("PRAGMA application_id = \(applicationID)") }
                try migration.apply(to: database)
                try database.execute("PRAGMA user_version = \(migration.number)")
            }
        }
    }
}

// MARK: - What is in it

extension SettingsStore {
    private static func read(_ database: Connection) throws -> Settings {
        var settings = Settings()
        settings.revision = try database.statement(SettingsSQL.revision).first { row in row.int(0) } ?? 0
        var members: [Int64: [Int64]] = [:]
        try database.statement(SettingsSQL.members).forEach { row in
            members[row.int(0), default: []].append(row.int(1))
        }
        settings.groups = try database.statement(SettingsSQL.groups).all { row in
            ElementGroup(
                id: row.int(0),
                name: row.text(1),
                colour: row.optionalText(2),
                description: row.optionalText(3),
                elementIDs: members[row.int(0)] ?? []
            )
        }
        settings.elements = try database.statement(SettingsSQL.labels).all { row in
            ElementLabel(
                elementID: row.int(0),
                label: row.optionalText(1),
                note: row.optionalText(2),
                colour: row.optionalText(3)
            )
        }
        return settings
    }

    /// Applies `change`; the id of the group that it was about.
    private static func apply(_ change: SettingsChange, to database: Connection) throws -> Int64? {
        switch change {
        case .add(var group):
            let count = try database.statement(SettingsSQL.count).first { row in row.int(0) } ?? 0
            guard count < mostGroups else { throw SettingsError.tooManyGroups(mostGroups) }
            try checkName(group, isNew: true, in: database)
            try database.statement(SettingsSQL.insert)
                .run(.text(group.name), .string(group.colour), .string(group.description))
            group.id = database.lastInsertedID
            try join(group, in: database)
            return group.id
        case .replace(let group):
            try checkExists(group.id, in: database)
            try checkName(group, isNew: false, in: database)
            try database.statement(SettingsSQL.update)
                .run(.text(group.name), .string(group.colour), .string(group.description), .int(group.id))
            try database.statement(SettingsSQL.clear).run(.int(group.id))
            try join(group, in: database)
            return group.id
        case .remove(let id):
            try checkExists(id, in: database)
            try database.statement(SettingsSQL.delete).run(.int(id))
            return id
        case .say(let label):
            guard label.label != nil || label.note != nil || label.colour != nil else {
                try database.statement(SettingsSQL.forget).run(.int(label.elementID))
                return nil
            }
            try database.statement(SettingsSQL.say).run(
                .int(label.elementID),
                .string(label.label),
                .string(label.note),
                .string(label.colour)
            )
            return nil
        }
    }

    private static func join(_ group: ElementGroup, in database: Connection) throws {
        let statement = try database.statement(SettingsSQL.join)
        for element in group.elementIDs { try statement.run(.int(group.id), .int(element)) }
    }

    private static func checkExists(_ id: Int64, in database: Connection) throws {
        let found = try database.statement(SettingsSQL.exists).first(.int(id)) { row in row.int(0) }
        guard found != nil else { throw SettingsError.unknownGroup(id) }
    }

    private static func checkName(_ group: ElementGroup, isNew: Bool, in database: Connection) throws {
        let owner = try database.statement(SettingsSQL.named).first(.text(group.name)) { row in row.int(0) }
        guard let owner, isNew || owner != group.id else { return }
        throw SettingsError.nameTaken
    }
}
