import SQLite

extension HistoryReader {
    /// The number of the schema that this program reads and writes.
    package static var schema: Int64 { Migration.latest }

    /// What is wrong with the structure of the file at `path`, a line each; empty when it is sound.
    ///
    /// Reads the whole file once, beside whoever uses it. Throws `StorageError`.
    package static func damage(at path: String) throws -> [String] {
        try withStorageErrors(on: path) {
            let database = try Connection(.file(path), .readOnly, busyTimeout: 1000)
            let lines = try database.prepare("PRAGMA quick_check(10)").all { row in row.text(0) }
            return lines == ["ok"] ? [] : lines
        }
    }
}
