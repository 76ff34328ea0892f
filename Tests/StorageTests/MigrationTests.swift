import Basics
import Foundation
import SQLite
import Testing

@testable import Storage

@Suite("The schema")
struct MigrationTests {
    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Shared/Storage/Migrations")

    @Test("has every file of its folder in its table, in order, and nothing else")
    func tableIsComplete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).sorted()

        #expect(Migration.all.map { $0.name + ".sql" } == files)
        // Numbers are given out before files are written; where none was needed, one is missing.
        let numbers = Migration.all.map(\.number)
        #expect(numbers == Set(numbers).sorted())
        for migration in Migration.all {
            let text = try String(
                contentsOf: Self.sources.appending(path: migration.name + ".sql"),
                encoding: .utf8
            )
            #expect(migration.sql == text)
            let digits = String(migration.number)
            #expect(migration.name.hasPrefix("v" + String(repeating: "0", count: 4 - digits.count) + digits))
        }
    }

    @Test("is made by the writer and recorded, once")
    func isRecorded() throws {
        let history = try TemporaryHistory()

        try history.writer().close()
        try history.writer(now: monday + 60).close()

        #expect(
            try history.rows("SELECT * FROM schema_migration ORDER BY number")
                == Migration.all.map { "\($0.number)|\($0.name)|1772409600" }
        )
        #expect(try history.value("PRAGMA user_version") == "\(Migration.latest)")
        #expect(try history.value("PRAGMA application_id") == "\(0x5044_556D)")
        #expect(try history.value("PRAGMA journal_mode") == "wal")
        #expect(try history.value("PRAGMA auto_vacuum") == "2")
    }

    @Test("of a newer program is refused by writer and reader, and left alone")
    func newer() throws {
        let history = try TemporaryHistory()
        try history.writer().close()
        _ = try history.rows("PRAGMA user_version = 99")

        #expect(storageError { _ = try history.writer() } == .schemaTooNew)
        #expect(storageError { _ = try history.reader().dataVersion() } == .schemaTooNew)
        #expect(try history.value("PRAGMA user_version") == "99")
    }

    @Test("of an older program is refused by a reader")
    func older() throws {
        let history = try TemporaryHistory()
        try history.writer().close()
        _ = try history.rows("PRAGMA user_version = 0")

        #expect(storageError { _ = try history.reader().dataVersion() } == .schemaTooOld)
    }

    @Test("that changes under an open reader is noticed, and its return too")
    func changesUnderReader() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let reader = history.reader()
        let version = try reader.dataVersion()

        try writer.database.execute("PRAGMA user_version = 99")
        #expect(storageError { _ = try reader.dataVersion() } == .schemaTooNew)
        try writer.database.execute("PRAGMA user_version = \(Migration.latest)")

        #expect(try reader.dataVersion() == version)
    }

    @Test("of another program is refused, and the file left alone")
    func foreign() throws {
        let history = try TemporaryHistory()
        try Connection(.file(history.path), .create, busyTimeout: 0).execute("CREATE TABLE theirs (x)")

        #expect(storageError { _ = try history.writer() } == .foreign)
        #expect(storageError { _ = try history.reader().dataVersion() } == .foreign)
        #expect(try history.rows("SELECT name FROM sqlite_schema") == ["theirs"])
    }
}

@Suite("Every statement")
struct StatementTests {
    @Test("numbers its parameters in the order of their first appearance")
    func parameters() throws {
        let database = try TemporaryHistory().writer().database

        for (name, sql) in StatementCatalog.all {
            let parameters = try database.prepare(sql).parameters
            #expect(parameters == (0..<parameters.count).map { "$\($0 + 1)" }, "\(name)")
        }
        #expect(StatementCatalog.all.count > 40)
    }

    @Test(
        "of the contract's views, by PDU and time, uses an index",
        arguments: [
            "SELECT * FROM power_readings WHERE pdu_id = 1 AND timestamp >= '2026-01-01' AND timestamp < '2026-02'",
            "SELECT * FROM power_readings WHERE pdu_id = 1 ORDER BY timestamp DESC LIMIT 10",
            """
            SELECT * FROM power_aggregations
            WHERE pdu_id = 1 AND period_type = 'hourly' AND period_start >= '2026-01-01'
            """,
            """
            SELECT * FROM power_aggregations
            WHERE pdu_id IS NULL AND period_type = 'daily' AND period_start >= '2026-01-01'
            """,
        ]
    )
    func views(sql: String) throws {
        let database = try TemporaryHistory().writer().database

        let plan = try database.prepare("EXPLAIN QUERY PLAN " + sql).all { row in row.text(3) }

        #expect(
            plan.contains { $0.contains("INDEX run_by_timestamp") || $0.contains("INDEX bucket_by_text") }
        )
        // What a packed row holds is not in any index: it is the rows of one PDU that are unpacked.
        let unpacked = ["SCAN item VIRTUAL TABLE", "SCAN (subquery"]
        for step in plan where step.hasPrefix("SCAN") && !unpacked.contains(where: step.hasPrefix) {
            #expect(step.contains("INDEX run_by_timestamp") || step == "SCAN power_aggregations")
        }
        for step in plan where step.contains(" block ") {
            #expect(step.hasPrefix("SEARCH block USING INDEX") && step.contains("(element_id=?)"))
        }
    }

    @Test("of the contract's addresses leaves out the port")
    func addresses() throws {
        let history = try TemporaryHistory()
        let addresses = [
            "192.0.2.1", "192.0.2.1:1161", "[2001:db8::1]", "[2001:db8::1]:161", "pdu.example:161",
        ]
        let pdus = addresses.map { PolledPDU.sample($0, address: $0) }

        _ = try history.writer().store(.sample(at: monday, pdus), policy: minutePolicy)

        #expect(
            try history.rows("SELECT ip_address FROM pdus ORDER BY id")
                == ["192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::1", "pdu.example"]
        )
    }
}
