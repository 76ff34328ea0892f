package import Basics
internal import CSQLite

/// The row that a statement stands on.
///
/// Borrowed for the length of one step, so that it cannot outlive it. Columns count from 0.
package struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    /// How many columns it has.
    package var columnCount: Int32 { sqlite3_column_count(statement) }

    /// Whether `column` is NULL.
    package func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    /// The integer in `column`; nil for NULL.
    package func optionalInt(_ column: Int32) -> Int64? {
        isNull(column) ? nil : sqlite3_column_int64(statement, column)
    }

    /// The integer in `column`, which is NOT NULL.
    package func int(_ column: Int32) -> Int64 {
        sqlite3_column_int64(statement, column)
    }

    /// The number in `column`; nil for NULL.
    package func optionalDouble(_ column: Int32) -> Double? {
        isNull(column) ? nil : sqlite3_column_double(statement, column)
    }

    /// The text in `column`; nil for NULL.
    package func optionalText(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// The text in `column`, which is NOT NULL.
    package func text(_ column: Int32) -> String {
        optionalText(column) ?? ""
    }

    /// The bytes in `column`; empty for NULL.
    package func bytes(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(statement, column) else { return [] }
        return Array(
            UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))
        )
    }

    /// What `body` makes of the bytes in `column`, where they lie: none for NULL, and gone after the call.
    @inlinable
    package func withBytes<Answer>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        body(rawBytes(column))
    }

    /// The bytes in `column`, valid until the statement's next step or another look at the column.
    @usableFromInline
    func rawBytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let bytes = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// The moment in `column`, seconds since 1970, which is NOT NULL.
    package func time(_ column: Int32) -> UnixTime {
        UnixTime(int(column))
    }

    /// The moment in `column`, seconds since 1970; nil for NULL.
    package func optionalTime(_ column: Int32) -> UnixTime? {
        optionalInt(column).map(UnixTime.init)
    }

    /// The decimal in `column`, whole thousandths; nil for NULL.
    package func optionalFixed(_ column: Int32) -> FixedPoint? {
        optionalInt(column).map(FixedPoint.init(thousandths:))
    }
}

extension Row {
    /// The number in `column`; nil for NULL, and for what is no number though it may look like one.
    package func number(_ column: Int32) -> Double? {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER, SQLITE_FLOAT: sqlite3_column_double(statement, column)
        default: nil
        }
    }
}
