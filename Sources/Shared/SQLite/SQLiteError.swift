internal import CSQLite

/// What SQLite refused to do.
///
/// Holds the SQL text, never the values bound to it.
package struct SQLiteError: Error, Hashable, Sendable {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    package let code: Int32
    /// SQLite's own words.
    package let message: String
    /// The statement at fault, or the file that does not open; absent where there is neither.
    package let context: String?

    /// The error `code` with SQLite's `message`, in `context`.
    package init(code: Int32, message: String, context: String?) {
        self.code = code
        self.message = message
        self.context = context
    }

    /// What kind of trouble it is, as far as a caller acts on it differently.
    package enum Kind: Hashable, Sendable {
        /// Another connection holds a lock that this one needs, beyond the busy timeout.
        case busy
        /// The file system, or the database's own limit, is full.
        case full
        /// The file is damaged, or is no database.
        case corrupt
        /// The file, its directory or its side files cannot be written.
        case readOnly
        /// The file cannot be opened or made.
        case cannotOpen
        /// Reading or writing failed beneath SQLite.
        case inputOutput
        /// The data breaks a rule of the schema.
        case constraint
        case other
    }

    /// What kind of trouble it is.
    package var kind: Kind {
        switch code & 0xFF {
        // SQLITE_PROTOCOL: a writer was killed while it changed the WAL's index, and this connection may not mend
        // it; the next writer does.
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        case SQLITE_FULL: .full
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_CANTOPEN, SQLITE_AUTH: .cannotOpen
        case SQLITE_IOERR: .inputOutput
        case SQLITE_CONSTRAINT: .constraint
        default: .other
        }
    }
}

extension SQLiteError: CustomStringConvertible {
    /// `database or disk is full (SQLite 13) in: INSERT …`.
    package var description: String {
        guard let context else { return "\(message) (SQLite \(code))" }
        let oneLine = context.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(message) (SQLite \(code)) in: \(oneLine)"
    }
}
