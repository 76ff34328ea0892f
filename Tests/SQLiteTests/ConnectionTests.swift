import Foundation
import SQLite
import Testing

@Suite("A connection")
struct ConnectionTests {
    @Test("gives back what was bound, of every type")
    func valuesSurvive() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        let statement = try connection.prepare("SELECT $1, $2, $3, $4, $5, $6, $7")

        let answer = try statement.first(
            .integer(.min),
            .real(0.5),
            .text("Größe \u{0}"),
            .text(""),
            .blob([0, 255]),
            .blob([]),
            .null
        ) { row in
            #expect(row.int(0) == .min)
            #expect(row.optionalDouble(1) == 0.5)
            #expect(row.optionalText(2) == "Größe \u{0}")
            #expect(row.optionalText(3) == "")
            #expect(row.bytes(4) == [0, 255])
            #expect(!row.isNull(5) && row.bytes(5).isEmpty)
            #expect(row.isNull(6) && row.optionalInt(6) == nil && row.optionalText(6) == nil)
            return true
        }

        #expect(answer == true)
    }

    @Test("keeps a prepared statement, unless it is in use")
    func statementsAreKept() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        let sql = "SELECT 1 UNION ALL SELECT 2"

        let first = try connection.statement(sql)

        #expect(try connection.statement(sql) === first)
        try first.forEach { _ in
            let nested = try connection.statement(sql)
            #expect(nested !== first)
        }
    }

    @Test("refuses the wrong number of values")
    func countsValues() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        let statement = try connection.prepare("SELECT $1, $2")

        #expect(throws: SQLiteError.self) { try statement.run(.integer(1)) }
    }

    @Test("enforces foreign keys")
    func foreignKeys() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        try connection.execute(
            "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id))"
        )

        let error = thrown { try connection.execute("INSERT INTO b VALUES (1)") }

        #expect(error?.kind == .constraint)
    }

    @Test("throws after it was closed")
    func closes() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        _ = try connection.statement("SELECT 1")

        try connection.close()

        #expect(throws: SQLiteError.self) { try connection.execute("SELECT 1") }
    }
}

@Suite("A transaction")
struct TransactionTests {
    private struct Interrupted: Error {}

    @Test("is rolled back when its body throws, and the connection goes on")
    func rollsBack() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        try connection.execute("CREATE TABLE t (x)")

        #expect(throws: Interrupted.self) {
            try connection.transaction(.immediate) {
                try connection.execute("INSERT INTO t VALUES (1)")
                throw Interrupted()
            }
        }
        try connection.transaction(.immediate) { try connection.execute("INSERT INTO t VALUES (2)") }

        #expect(try connection.integer("SELECT sum(x) FROM t") == 2)
        #expect(!connection.isInTransaction)
    }

    @Test("that writes waits for no one beyond the busy timeout, and says busy")
    func saysBusy() throws {
        try withTemporaryDirectory { directory in
            let holder = try Connection(.file(directory + "/a.db"), .create, busyTimeout: 0)
            let other = try Connection(.file(directory + "/a.db"), .readWrite, busyTimeout: 10)
            try holder.execute("BEGIN IMMEDIATE")

            let error = thrown { try other.transaction(.immediate) {} }

            #expect(error?.kind == .busy)
        }
    }
}

@Suite("An error of SQLite")
struct SQLiteErrorTests {
    @Test("tells a missing file, a file that is no database, and a file that is only read")
    func kinds() throws {
        try withTemporaryDirectory { directory in
            let missing = thrown {
                _ = try Connection(.file(directory + "/none.db"), .readOnly, busyTimeout: 0)
            }
            #expect(missing?.kind == .cannotOpen)

            let junk = directory + "/junk.db"
            try String(repeating: "not a database ", count: 100).write(
                toFile: junk,
                atomically: true,
                encoding: .utf8
            )
            let notADatabase = thrown {
                try Connection(.file(junk), .readWrite, busyTimeout: 0).execute("SELECT * FROM sqlite_schema")
            }
            #expect(notADatabase?.kind == .corrupt)

            let good = directory + "/good.db"
            try Connection(.file(good), .create, busyTimeout: 0).execute("CREATE TABLE t (x)")
            let readOnly = thrown {
                try Connection(.file(good), .readOnly, busyTimeout: 0).execute("INSERT INTO t VALUES (1)")
            }
            #expect(readOnly?.kind == .readOnly)
        }
    }

    @Test("says full when the database may not grow")
    func full() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        try connection.execute("PRAGMA max_page_count = 2; CREATE TABLE t (x)")

        let error = thrown {
            try connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        }

        #expect(error?.kind == .full)
    }

    @Test("names the statement, on one line, and never what was bound to it")
    func description() throws {
        let connection = try Connection(.memory, .create, busyTimeout: 0)
        try connection.execute("CREATE TABLE t (x TEXT CHECK (length(x) < 3))")
        let statement = try connection.prepare("INSERT INTO t\n VALUES ($1)")

        let error = thrown { try statement.run(.text("secret")) }

        #expect(error?.description.contains("INSERT INTO t VALUES ($1)") == true)
        #expect(error?.description.contains("secret") == false)
    }
}

@Suite("Replacing a database's content")
struct BackupTests {
    @Test("shows a reader the old content, then the new, through the same connection")
    func replaces() throws {
        try withTemporaryDirectory { directory in
            let target = try Connection(.file(directory + "/a.db"), .create, busyTimeout: 0)
            try target.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
            let source = try Connection(.file(directory + "/b.db"), .create, busyTimeout: 0)
            try source.execute("CREATE TABLE t (x); INSERT INTO t VALUES (2)")
            let reader = try Connection(.file(directory + "/a.db"), .readOnly, busyTimeout: 0)
            #expect(try reader.integer("SELECT x FROM t") == 1)

            try target.replaceContent(from: source)

            #expect(try reader.integer("SELECT x FROM t") == 2)
            #expect(try target.prepare("PRAGMA journal_mode").first { row in row.text(0) } == "wal")
        }
    }
}

/// The error that `body` throws; nil, and a failed test, when it is none of SQLite's.
private func thrown(_ body: () throws -> Void) -> SQLiteError? {
    do {
        try body()
        Issue.record("nothing was thrown")
    } catch let error as SQLiteError {
        return error
    } catch {
        Issue.record(error)
    }
    return nil
}

private func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory.path)
}
