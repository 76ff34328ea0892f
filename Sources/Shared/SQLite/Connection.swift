// One connection to one SQLite database. A connection belongs to one thread (it is opened with
// SQLITE_OPEN_NOMUTEX), which the compiler checks: it is not Sendable.

internal import CSQLite

/// A connection to a database, with its prepared statements.
package final class Connection {
    /// Where a database lies.
    package enum Location: Hashable, Sendable {
        /// In memory, gone with the connection.
        case memory
        /// In a file.
        case file(String)
    }

    /// What a connection may do.
    package enum Access: Hashable, Sendable {
        case readOnly
        case readWrite
        /// Also make the file when there is none.
        case create
    }

    /// Where its database lies.
    package let location: Location
    private var handle: OpaquePointer?
    private var statements: [String: Statement] = [:]

    /// Opens the database at `location`, with extended result codes and foreign keys on.
    ///
    /// `busyTimeout` is how long, in milliseconds, a statement waits for another connection's lock. The file
    /// itself is read only by the first statement.
    package init(_ location: Location, _ access: Access, busyTimeout: Int32) throws(SQLiteError) {
        self.location = location
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(location.filename, &opened, access.flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            // A failed open leaves a handle that holds the error and wants closing (sqlite3_open, "Whether or
            // not an error occurs").
            defer { sqlite3_close_v2(opened) }
            throw Connection.lastError(of: opened, code: code, context: location.filename)
        }
        handle = opened
        sqlite3_extended_result_codes(opened, 1)
        sqlite3_busy_timeout(opened, busyTimeout)
        guard csqlite_be_defensive(opened) == SQLITE_OK else {
            throw Connection.lastError(of: opened, code: SQLITE_ERROR, context: location.filename)
        }
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA trusted_schema = OFF")
    }

    deinit {
        statements.removeAll()
        // Waits, if need be, for statements that are still held elsewhere.
        sqlite3_close_v2(handle)
    }

    /// Closes the connection; the last one of a writer also moves what is in the WAL into the database.
    ///
    /// Throws when a statement is still in use. Afterwards everything throws.
    package func close() throws(SQLiteError) {
        statements.removeAll()
        let code = sqlite3_close(handle)
        guard code == SQLITE_OK else {
            throw Connection.lastError(of: handle, code: code, context: location.filename)
        }
        handle = nil
    }

    /// Runs every statement in `sql`, without parameters or answers.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(try open(), sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw Connection.lastError(of: handle, code: code, context: sql) }
    }

    /// The statement of `sql`, prepared at its first use and kept.
    package func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let kept = statements[sql], !kept.isBusy { return kept }
        let statement = try prepare(sql)
        statements[sql] = statement
        return statement
    }

    /// A statement of `sql` that is not kept.
    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(sql, on: try open())
    }

    /// The integer that `sql` answers, such as that of a PRAGMA; 0 when it answers none.
    package func integer(_ sql: String) throws -> Int64 {
        try prepare(sql).first { row in row.int(0) } ?? 0
    }

    /// Keeps the `-wal` and `-shm` files when the last connection closes, so that a reader who may not make
    /// files in the directory still finds them.
    package func persistWAL() throws(SQLiteError) {
        var on: Int32 = 1
        let code = sqlite3_file_control(try open(), "main", SQLITE_FCNTL_PERSIST_WAL, &on)
        guard code == SQLITE_OK else {
            throw Connection.lastError(of: handle, code: code, context: location.filename)
        }
    }

    /// Sets how long, in milliseconds, a statement waits for another connection's lock from now on.
    package func setBusyTimeout(_ milliseconds: Int32) {
        // Fails on a closed connection alone, which has nothing to wait for.
        if let handle { sqlite3_busy_timeout(handle, milliseconds) }
    }

    /// Whether a transaction is open.
    package var isInTransaction: Bool {
        handle.map { sqlite3_get_autocommit($0) == 0 } ?? false
    }

    /// The rowid of the last row that was inserted.
    package var lastInsertedID: Int64 {
        handle.map { sqlite3_last_insert_rowid($0) } ?? 0
    }

    /// The handle, for the rest of this module; throws when the connection is closed.
    func open() throws(SQLiteError) -> OpaquePointer {
        guard let handle else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "the connection is closed", context: nil)
        }
        return handle
    }

    /// The error that `database` met last.
    static func lastError(of database: OpaquePointer?, code: Int32, context: String?) -> SQLiteError {
        let extended = database.map { sqlite3_extended_errcode($0) } ?? code
        // Some calls fail without leaving their code behind.
        let isOurs = extended & 0xFF == code & 0xFF
        let text = isOurs && database != nil ? sqlite3_errmsg(database) : sqlite3_errstr(code)
        return SQLiteError(
            code: isOurs ? extended : code,
            message: text.map { String(cString: $0) } ?? "unknown error",
            context: context
        )
    }
}

@available(*, unavailable, message: "a connection belongs to one thread")
extension Connection: Sendable {}

extension Connection.Location {
    /// What sqlite3_open_v2 takes.
    var filename: String {
        switch self {
        case .memory: ":memory:"
        case .file(let path): path
        }
    }
}

extension Connection.Access {
    fileprivate var flags: Int32 {
        switch self {
        case .readOnly: SQLITE_OPEN_READONLY
        case .readWrite: SQLITE_OPEN_READWRITE
        case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
    }
}
