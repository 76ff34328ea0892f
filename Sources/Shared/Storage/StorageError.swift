import SQLite

/// Why the history cannot be used, in words that say what to do.
package struct StorageError: Error, Sendable {
    /// What kind of trouble it is, as far as a caller acts on it differently.
    package enum Code: Hashable, Sendable {
        /// Another program holds the database, beyond the time-out: try again.
        case busy
        /// No space is left.
        case full
        /// There is no database yet.
        case missing
        /// The file, its directory or its side files may not be opened or written.
        case noAccess
        /// The file is damaged.
        case corrupt
        /// The file is a good database, but none of this product's.
        case foreign
        /// A newer program has changed the schema.
        case schemaTooNew
        /// The schema awaits a migration, which the poller makes.
        case schemaTooOld
        /// The rollups are of another time zone than the configuration's.
        case zoneChanged
        /// A file of the archive is missing, damaged, or not the one that the database knows.
        case archive
        /// Reading or writing failed beneath the database.
        case inputOutput
        /// What was asked for cannot be done, as the message says; nothing is wrong with the database.
        case refused
        /// Anything else; a defect of this product.
        case unexpected
    }

    package let code: Code
    /// The file.
    package let path: String
    /// What is wrong and what to do.
    package let message: String

    /// The trouble `code` with the file at `path`.
    package init(_ code: Code, path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// What `error` means for the file at `path`.
    init(_ error: SQLiteError, path: String) {
        switch error.kind {
        case .busy:
            self.init(.busy, path: path, "another program holds the database; try again (\(error))")
        case .full:
            self.init(
                .full,
                path: path,
                "no space is left: free some, or move the state directory (\(error))"
            )
        case .corrupt:
            self.init(.corrupt, path: path, "the database is damaged (\(error))")
        case .readOnly, .cannotOpen:
            let advice = "check the owner and mode of the file, its -wal and -shm, and the directory"
            self.init(.noAccess, path: path, "\(error); \(advice)")
        case .inputOutput:
            self.init(.inputOutput, path: path, "the disk or file system fails (\(error))")
        case .constraint, .other:
            self.init(.unexpected, path: path, error.description)
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// `/var/lib/pdu-monitor/history.db: what is wrong and what to do`.
    package var description: String { "\(path): \(message)" }
}

/// Runs `body`, and tells what went wrong in it in terms of the file at `path`.
func withStorageErrors<Answer>(on path: String, _ body: () throws -> Answer) throws -> Answer {
    do {
        return try body()
    } catch let error as SQLiteError {
        throw StorageError(error, path: path)
    } catch let error as DamagedBlock {
        throw StorageError(.corrupt, path: path, "the database is damaged: \(error)")
    } catch let error as DamagedRow {
        throw StorageError(.corrupt, path: path, "the database is damaged: \(error)")
    }
}
