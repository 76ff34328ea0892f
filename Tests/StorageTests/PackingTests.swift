import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("Packing")
struct PackingTests {
    /// What the contract's view says, in an order of its own.
    private static let view = "SELECT * FROM power_readings ORDER BY timestamp, pdu_id"

    /// A history of some days whose interval changes, in which packing has not begun.
    private func history(_ seed: UInt64, runs: Int = 700) throws -> (TemporaryHistory, HistoryWriter) {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 5, pdus: 3)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let batch = (0..<runs).map { number -> PollRun in
            var run = random.next()
            if number / 200 % 2 == 1 { run.interval = 30 }
            return run
        }
        _ = try writer.store(batch, policy: minutePolicy)
        // A run of a later day, so that all those before it are past.
        _ = try writer.store(.sample(at: random.minute.floored(to: 60) + 86_400 * 3), policy: minutePolicy)
        return (history, writer)
    }

    @Test("changes nothing that can be read, at any step", arguments: 0..<6)
    func sameReadings(seed: UInt64) throws {
        let (history, writer) = try history(seed)
        let readings = try writer.readings()
        let view = try history.rows(Self.view)
        let version = try history.value("SELECT data_version FROM history")

        var steps = 0
        while try writer.packReadings(perStep: 40 + Int(seed) * 500) {
            steps += 1
            if steps.isMultiple(of: 13) { #expect(try writer.readings() == readings) }
        }

        #expect(steps > 10)
        #expect(readings.count > 1000)
        #expect(try history.value("SELECT count(*) FROM reading") == "1")
        #expect(try history.value("SELECT count(*) FROM part_reading") == "0")
        #expect(try history.value("SELECT count(*) FROM reading_block WHERE is_day = 0") == "0")
        #expect(try writer.readings() == readings)
        #expect(try history.rows(Self.view) == view)
        #expect(try history.value("SELECT data_version FROM history") == version)
    }

    @Test("leaves the contract's view as the sqlite3 shell prints it", arguments: 10..<14)
    func shell(seed: UInt64) throws {
        let (history, writer) = try history(seed)
        let queries = [
            Self.view, "SELECT * FROM power_readings WHERE pdu_id = 2 ORDER BY timestamp",
            "SELECT pdu_id, count(*), sum(power_watts), min(power_kw), max(timestamp) FROM power_readings GROUP BY 1",
            "SELECT * FROM power_readings WHERE power_watts IS NULL ORDER BY id",
        ]
        let before = try queries.map { try shell(history.path, $0) }
        #expect(before.allSatisfy { $0.count > 20 })

        try writer.packEverything()

        #expect(try queries.map { try shell(history.path, $0) } == before)
    }

    /// What the shell prints for `sql`.
    private func shell(_ path: String, _ sql: String) throws -> String {
        let (status, printed) = try runTool("sqlite3", "-readonly", path, sql)
        #expect(status == 0)
        return printed
    }

    @Test("at random moments between runs leaves the accounts as they are without it", arguments: 20..<24)
    func sameAccounts(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 2, pdus: 3)
        let packed = try TemporaryHistory()
        let packedWriter = try packed.writer()
        let twin = try TemporaryHistory()
        let twinWriter = try twin.writer()

        for _ in 0..<300 {
            let run = random.next(gap: 1...600)
            _ = try packedWriter.store(run, policy: minutePolicy)
            _ = try twinWriter.store(run, policy: minutePolicy)
            for _ in 0..<Int.random(in: 0..<3, using: &random.generator) {
                _ = try packedWriter.packReadings(perStep: 50)
            }
        }

        let accounts = try twin.accounts()
        #expect(try packed.value("SELECT count(*) > 10 FROM reading_block") == "1")
        #expect(try packed.accounts() == accounts)
        #expect(try packedWriter.readings() == twinWriter.readings())
        try packedWriter.rebuild()
        #expect(try packed.accounts() == accounts)
        try packedWriter.packEverything()
        try packedWriter.rebuild()
        #expect(try packed.accounts() == accounts)
    }

    @Test("leaves the extremes of sums over any PDUs as they are without it", arguments: 30..<33)
    func sameExtremes(seed: UInt64) throws {
        let (history, writer) = try history(seed, runs: 1200)
        let reader = history.reader()
        let calendar = try calendar()
        let newest = try #require(try reader.newestRun()).minute
        let buckets = [Period.hour, .day, .month].map {
            calendar.buckets($0, count: $0 == .month ? 2 : 24 * 8, endingWith: newest)
        }
        let selections: [[Int64]] = [[1, 2], [2, 3], [3, 1], [1]]
        func extremes() throws -> [[SumExtremes?]] {
            try selections.flatMap { pdus in try buckets.map { try reader.sumExtremes(of: pdus, in: $0) } }
        }
        let before = try extremes()
        #expect(before.joined().contains { $0?.members == 2 })

        try writer.packEverything()

        #expect(try extremes() == before)
    }

    @Test("and archiving leave no extremes of an hour that has lost minutes")
    func archivedHours() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer("Asia/Kolkata")
        let pdus = [PolledPDU.sample("left"), .sample("right"), .sample("other")]
        let minutes = stride(from: monday.seconds - 7200, to: monday.seconds + 86_400 * 2, by: 60)
        _ = try writer.store(minutes.map { .sample(at: UnixTime($0), pdus) }, policy: minutePolicy)
        try writer.packEverything()
        // Half past five in the morning in Kolkata: its hours begin at half past in UTC.
        let hours = try [-5400, -1800, 1800].map { seconds in
            try calendar("Asia/Kolkata").bucket(.hour, containing: monday + seconds)
        }
        func members() throws -> [Int64?] {
            try history.reader("Asia/Kolkata").sumExtremes(of: [1, 2], in: hours).map { $0?.members }
        }
        #expect(try members() == [2, 2, 2])

        while try writer.deleteReadings(before: monday) {}

        #expect(try members() == [nil, nil, 2])
    }

    @Test("waits until the hours are past, and a day later makes the day one block")
    func waits() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        func store(until end: Int64) throws {
            let first = (try history.reader().newestRun()?.minute).map { $0 + 60 } ?? monday
            let minutes = stride(from: first.seconds, to: monday.seconds + end, by: 60)
            _ = try writer.store(minutes.map { .sample(at: UnixTime($0)) }, policy: minutePolicy)
            try writer.packEverything()
        }
        func counts() throws -> [String] {
            try history.rows(
                """
                SELECT (SELECT count(*) FROM reading), count(*) FILTER (WHERE is_day = 0),
                    count(*) FILTER (WHERE is_day = 1), (SELECT count(*) FROM run)
                FROM reading_block
                """
            )
        }

        try store(until: 3 * 3600)
        #expect(try counts() == ["180|0|0|180"])
        try store(until: 3 * 3600 + 60)
        #expect(try counts() == ["1|1|0|181"])
        try store(until: 27 * 3600)
        #expect(try counts() == ["180|8|0|1620"])
        try store(until: 27 * 3600 + 60)
        #expect(try counts() == ["1|1|1|1621"])
        try store(until: 75 * 3600)
        #expect(try counts() == ["180|8|2|2881"])
    }

    @Test("that is killed leaves every reading in one place, and goes on", arguments: 50..<52)
    func killed(seed: UInt64) throws {
        let (history, writer) = try history(seed)
        let readings = try writer.readings()
        try writer.close()
        var generator = SeededGenerator(seed: seed)
        var steps = 0

        repeat {
            let tool = try HistoryTool(["pack", history.path])
            let said = tool.kill(
                afterLines: Int.random(in: 0..<12, using: &generator),
                microseconds: UInt32.random(in: 0..<5000, using: &generator)
            )
            steps = said.split(separator: "\n").count
            #expect(try history.value("PRAGMA integrity_check") == "ok")
            let next = try history.writer()
            #expect(try next.readings() == readings)
            try next.close()
        } while steps > 0

        try history.writer().packEverything()
        #expect(try history.value("SELECT count(*) FROM reading") == "1")
        #expect(try history.writer().readings() == readings)
    }

    @Test("shows the last power of a PDU that has been away for long")
    func lastPower() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday, [.sample("left"), .sample("right")]), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 86_400 * 2, [.failed("left")]), policy: minutePolicy)
        try writer.packEverything()

        let status = try history.reader().status()

        #expect(status.map(\.power) == [FixedPoint(1000), FixedPoint(1000)])
        #expect(status.map(\.lastReadingAt) == [monday, monday])
    }

    @Test("meets damage with an error that says where")
    func damage() throws {
        let (history, writer) = try history(40)
        try writer.packEverything()
        _ = try history.rows("UPDATE reading_block SET power = '[1,2' WHERE element_id = 2")

        #expect(storageError { try writer.rebuild() } == .corrupt)
    }
}
