// SQLite is asked how it would answer each statement of the product. A statement that is in no list, or a plan that passes
// over a table that grows, fails here; what is meant to is written down with its reason.

import Foundation
import SQLite
import Testing

@testable import Storage

@Suite("How every statement is answered")
struct QueryPlanTests {
    /// Tables as small as the site: one row for a PDU, an element, an engine, a rule that ever was, a month of files.
    private static let small: Set<String> = [
        "pdu", "pdu_status", "element", "open_account", "pdu_card", "snmp_engine", "history",
        "schema_migration",
        "pragma_user_version", "poll_rule", "pdu_unit", "correction", "sensor", "archive", "device_plan",
        "device_kind",
        // A row for an element whose past was corrected; one for each way in which reading a PDU ever failed.
        "energy_offset", "poll_error",
        "CONSTANT",
        // What people have set by hand.
        "settings", "element_group", "group_member", "element_label",
    ]
    /// Statements that pass over a table that grows from its beginning to its end, and why that is what they are for.
    private static let scans: [String: String] = [
        "CounterSQL.resets": "reads an index that only has resets",
        "MaintenanceSQL.deleteRollups": "a rebuild replaces every rollup",
        "MaintenanceSQL.deleteSiteRollups": "a rebuild replaces every rollup",
        "PackingSQL.oldestToMerge": "reads the first entry of an index that only has what is left to do",
        "SetAsideSQL.deleteBuckets": "a person's order, once after a clock ran ahead",
        "SetAsideSQL.deleteVersions": "a person's order, once after a clock ran ahead",
    ]
    /// Statements that go through a table from some time on to its end, or from its beginning, and do not stop at the first
    /// row; and why those are few.
    private static let openEnded: [String: String] = [
        "MeterStateSQL.checkpoint": "stops at the first of its element, and a day has one of every element",
        "MeterStateSQL.checkpoints": "a rebuild from there on",
        "MeterStateSQL.deleteCheckpoints": "a rebuild from there on",
        "MeterStateSQL.deleteCheckpointsOfElement": "a correction, from there on",
        "PackingSQL.deleteRuns": "deletes what it passes over: a day's",
        "PollQuarterSQL.forget": "deletes what it passes over",
        "RetentionSQL.failures": "deletes what it passes over",
        "RetentionSQL.partReadings": "deletes what it passes over",
        "RetentionSQL.readings": "deletes what it passes over",
        "RetentionSQL.runs": "deletes what it passes over",
        "RetentionSQL.sensorReadings": "deletes what it passes over",
        "SetAsideSQL.deleteBlocks": "deletes what it passes over",
        "SetAsideSQL.deleteEvents": "deletes what it passes over",
        "SetAsideSQL.deleteFailures": "deletes what it passes over",
        "SetAsideSQL.deletePollQuarters": "deletes what it passes over",
        "SetAsideSQL.deletePartReadings": "deletes what it passes over",
        "SetAsideSQL.deleteReadings": "deletes what it passes over",
        "SetAsideSQL.deleteRuns": "deletes what it passes over",
        "SetAsideSQL.deleteSensorReadings": "deletes what it passes over",
        "SetAsideSQL.runs": "answers what it passes over, which is to be deleted",
    ]

    /// One step of a plan.
    private struct Step {
        let name: String
        let sql: String
        let text: String

        private var words: [Substring] { text.split(separator: " ") }
        var isScan: Bool { words.first == "SCAN" }
        var isSearch: Bool { words.first == "SEARCH" }
        var table: String { words.count > 1 ? String(words[1]) : "" }
        var sorts: Bool { text.contains("TEMP B-TREE") }
        /// Whether it finds its rows by a value, or within two bounds.
        var isBounded: Bool {
            guard let constraint = text.split(separator: "(").last else { return false }
            return constraint.contains("=?") || (constraint.contains(">?") && constraint.contains("<?"))
        }
        /// Whether it ends with its first row.
        var isForOneRow: Bool {
            sql.contains("LIMIT") || sql.contains("SELECT min(") || sql.contains("SELECT max(")
        }
    }

    @Test("finds its rows in an index between two bounds, and never sorts, but where that is meant")
    func usesIndexes() throws {
        let steps = try steps()

        #expect(steps.filter(\.sorts).map(\.name) == [])
        let scans = steps.filter { $0.isScan && !Self.small.contains($0.table) }
        #expect(Set(scans.map(\.name)) == Set(Self.scans.keys))
        let open = steps.filter { step in
            step.isSearch && !Self.small.contains(step.table) && !step.isBounded && !step.isForOneRow
        }
        #expect(Set(open.map(\.name)) == Set(Self.openEnded.keys))
    }

    @Test("knows every list of statements there is, and no statement stands anywhere else")
    func nothingIsForgotten() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Shared/Storage")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
        var cases: Set<String> = []
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            var list: Substring?
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("enum "), line.contains(": String, StatementList") {
                    list = line.dropFirst("enum ".count).prefix { $0 != ":" }
                } else if line.hasPrefix("}") {
                    list = nil
                } else if let list, line.hasPrefix("    case ") {
                    cases.insert("\(list).\(line.dropFirst("    case ".count).prefix { $0 != " " })")
                }
            }
            for verb in ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"] {
                let strays = text.split(separator: "\n")
                    .filter { $0.contains("(\"\(verb) ") && !$0.contains("case ") }
                    .filter { !Self.strays.contains(where: $0.contains) }
                #expect(strays == [], "\(file.lastPathComponent)")
            }
        }

        #expect(cases.count > 150)
        #expect(Set((StatementCatalog.all + StatementCatalog.settings).map(\.name)) == cases)
    }

    /// What is asked of the schema itself, before there is one that lists could be held against.
    private static let strays = ["SELECT count(*) FROM sqlite_schema", "INSERT INTO schema_migration"]

    private func steps() throws -> [Step] {
        let history = try TemporaryHistory().writer().database
        let settings = try Connection(.memory, .create, busyTimeout: 0)
        for migration in SettingsStore.migrations { try migration.apply(to: settings) }
        var steps: [Step] = []
        for (database, list) in [(history, StatementCatalog.all), (settings, StatementCatalog.settings)] {
            for (name, sql) in list {
                let statement = try database.prepare("EXPLAIN QUERY PLAN " + sql)
                let values = statement.parameters.map { _ in SQLValue.integer(1) }
                steps += try statement.all(values) { row in Step(name: name, sql: sql, text: row.text(3)) }
            }
        }
        return steps
    }
}
