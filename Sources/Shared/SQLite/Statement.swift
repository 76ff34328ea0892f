internal import CSQLite

/// One prepared statement.
///
/// Parameters are `$1`, `$2`, … in the order of their first appearance, as PostgreSQL writes them too. Between
/// two uses a statement is reset, so that no read transaction stays open behind it.
package final class Statement {
    /// Its text.
    package let sql: String
    private let handle: OpaquePointer
    private let database: OpaquePointer

    init(_ sql: String, on database: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK else { throw Connection.lastError(of: database, code: code, context: sql) }
        guard let handle else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "there is no statement in the text", context: sql)
        }
        self.sql = sql
        self.handle = handle
        self.database = database
    }

    deinit {
        // The code repeats the error of the last step, which has been thrown already.
        sqlite3_finalize(handle)
    }

    /// Whether it stands on a row.
    var isBusy: Bool {
        sqlite3_stmt_busy(handle) != 0
    }

    /// The names of its parameters, in order.
    package var parameters: [String] {
        (0..<sqlite3_bind_parameter_count(handle)).map { index in
            sqlite3_bind_parameter_name(handle, index + 1).map { String(cString: $0) } ?? "?"
        }
    }

    /// Runs it to its end, ignoring rows, with `values` for `$1`, `$2`, ….
    package func run(_ values: SQLValue...) throws(SQLiteError) {
        try run(values)
    }

    /// Runs the statement to its end, with `values` for `$1`, `$2`, ….
    package func run(_ values: [SQLValue]) throws(SQLiteError) {
        try bind(values)
        defer { sqlite3_reset(handle) }
        while try step() {}
    }

    /// Calls `body` with each row in turn, with `values` for `$1`, `$2`, ….
    package func forEach(_ values: SQLValue..., body: (borrowing Row) throws -> Void) throws {
        try bind(values)
        defer { sqlite3_reset(handle) }
        while try step() {
            try body(Row(handle))
        }
    }

    /// What `body` makes of the first row; nil without rows.
    package func first<Value>(_ values: SQLValue..., body: (borrowing Row) throws -> Value) throws -> Value? {
        try bind(values)
        defer { sqlite3_reset(handle) }
        return try step() ? body(Row(handle)) : nil
    }

    /// What `body` makes of every row, in order.
    package func all<Value>(_ values: SQLValue..., body: (borrowing Row) throws -> Value) throws -> [Value] {
        try all(values, body: body)
    }

    /// What `body` makes of every row, in order, with `values` for `$1`, `$2`, ….
    package func all<Value>(_ values: [SQLValue], body: (borrowing Row) throws -> Value) throws -> [Value] {
        try bind(values)
        defer { sqlite3_reset(handle) }
        var answers: [Value] = []
        while try step() {
            answers.append(try body(Row(handle)))
        }
        return answers
    }

    private func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            throw Connection.lastError(of: database, code: code, context: sql)
        }
        return false
    }

    private func bind(_ values: [SQLValue]) throws(SQLiteError) {
        guard values.count == Int(sqlite3_bind_parameter_count(handle)) else {
            let message =
                "\(values.count) values given for \(sqlite3_bind_parameter_count(handle)) parameters"
            throw SQLiteError(code: SQLITE_RANGE, message: message, context: sql)
        }
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = bind(value, at: index)
            guard code == SQLITE_OK else {
                throw Connection.lastError(of: database, code: code, context: sql)
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .blob(let bytes): return csqlite_bind_blob(handle, index, bytes, Int32(clamping: bytes.count))
        case .text(var text):
            return text.withUTF8 { buffer in
                buffer.withMemoryRebound(to: CChar.self) { bytes in
                    csqlite_bind_text(handle, index, bytes.baseAddress, Int32(clamping: bytes.count))
                }
            }
        }
    }
}

@available(*, unavailable, message: "a statement belongs to one connection, and that to one thread")
extension Statement: Sendable {}
