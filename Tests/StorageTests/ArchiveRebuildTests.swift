import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("A rebuild with an archive")
struct ArchiveRebuildTests {
    /// Some months, most of it archived; and the accounts as they were before.
    private func archived(
        seed: UInt64,
        from start: UnixTime = monday - 86_400 * 80
    ) throws -> (history: TemporaryHistory, writer: HistoryWriter, accounts: [String]) {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RichHistory(seed: seed, from: start, pdus: 2)
        _ = try writer.store(random.runs(until: monday + 86_400, gap: 1...4000), policy: minutePolicy)
        if seed % 2 == 0 { try writer.packAll() }
        let accounts = try history.accounts()
        try writer.letGo(before: monday - 86_400 * 5)
        return (history, writer, accounts)
    }

    @Test("makes the same bytes as before anything was archived", arguments: 0..<4)
    func sameBytes(seed: UInt64) throws {
        let (history, writer, accounts) = try archived(seed: seed, from: monday - 86_400 * 40)

        #expect(try writer.archiveProblems() == [])
        try writer.rebuild()

        #expect(try history.accounts() == accounts)
        #expect(
            try history.value("SELECT min(start) FROM bucket JOIN rollup ON bucket_id = bucket.id") != nil
        )
    }

    @Test("follows the site to another zone from the very beginning")
    func otherZone() throws {
        let history = try TemporaryHistory()
        var random = RichHistory(seed: 77, from: monday - 86_400 * 40, pdus: 2)
        let runs = random.runs(until: monday + 3600)
        let writer = try history.writer()
        _ = try writer.store(runs, policy: minutePolicy)
        try writer.letGo(before: monday - 86_400 * 2)
        try writer.close()
        let direct = try TemporaryHistory()
        _ = try direct.writer("Asia/Kolkata").store(runs, policy: minutePolicy)
        let sql = """
            SELECT pdu_id, period_type, period_start, total_kwh, avg_power_watts, max_power_watts, min_power_watts
            FROM power_aggregations ORDER BY period_type, period_start, pdu_id
            """

        try history.writer("Asia/Kolkata").rebuild()

        let isSame = try history.rows(sql) == direct.rows(sql)
        #expect(isSame)
    }

    /// What makes a file of no use.
    enum Harm: CaseIterable {
        case missing
        case shorter
        case changed
    }

    @Test(
        "without one file leaves everything up to its end as it is, and says which",
        arguments: Harm.allCases
    )
    func incomplete(harm: Harm) throws {
        let (history, writer, accounts) = try archived(seed: 5)
        let file = history.archiveFile("2025-12")
        let url = URL(filePath: file)
        var bytes = try Data(contentsOf: url)
        switch harm {
        case .missing: try FileManager.default.removeItem(at: url)
        case .shorter: try bytes.dropLast(1).write(to: url)
        case .changed:
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: url)
        }
        try writer.database.execute("UPDATE rollup SET readings = readings + 1")

        let problems = try writer.archiveProblems()
        try writer.rebuild()

        #expect(problems.map(\.path) == [file])
        #expect(problems.map(\.missingUntil) == [UnixTime(1_767_225_600)])
        // January and later are right again; what December was part of is not touched.
        let fresh = try TemporaryHistory()
        var random = RichHistory(seed: 5, from: monday - 86_400 * 80, pdus: 2)
        let freshWriter = try fresh.writer()
        _ = try freshWriter.store(random.runs(until: monday + 86_400, gap: 1...4000), policy: minutePolicy)
        try freshWriter.database.execute(
            """
            UPDATE rollup SET readings = readings + 1
            WHERE bucket_id IN (SELECT id FROM bucket WHERE "end" <= 1767225600)
            """
        )
        let rebuilt = try history.accounts()
        let isAsExpected = try fresh.accounts() == rebuilt
        let isOld = rebuilt == accounts
        #expect(isAsExpected && !isOld)
    }

    @Test("that was told to forget a lost file goes on without it, for good")
    func forgotten() throws {
        let (history, writer, accounts) = try archived(seed: 6, from: monday - 86_400 * 70)
        let last = try history.archivedReadings().last { $0.time < UnixTime(1_769_904_000) }
        try FileManager.default.removeItem(atPath: history.archiveFile("2026-01"))
        let error = thrown(StorageError.self) { try writer.letGo(before: monday - 86_400 * 2) }
        #expect(error == nil, "only the file that is appended to is looked at")

        #expect(try writer.forgetArchive(of: "2026-01"))
        #expect(try !writer.forgetArchive(of: "2026-01"))
        #expect(try !writer.forgetArchive(of: "January"))
        try writer.rebuild()

        let isSame = try history.accounts() == accounts
        #expect(isSame)
        #expect(try writer.archiveProblems().map(\.path) == [history.archive])
        #expect(try ReadingHistory(writer.database).completeSince() == last.map { $0.time + 1 })
    }
}
