import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("Accounts of old readings")
struct LostReadingTests {
    /// 2026-01-21 to 2026-04-11.
    private static func runs(seed: UInt64) -> [PollRun] {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 40, pdus: 3)
        var runs: [PollRun] = []
        while random.minute < monday + 86_400 * 40 { runs.append(random.next(gap: 500...4000)) }
        return runs
    }

    private static func correct(
        _ writer: HistoryWriter,
        _ from: Int64,
        _ until: Int64,
        energy: Int64?
    ) throws -> CorrectionRecord {
        let range = Correction(start: monday + from * 3600, end: monday + until * 3600, energy: energy)
        return try writer.correct(range, of: 2, reason: "r", author: "a", now: monday)
    }

    @Test(
        "corrected are read from the archive, and the same as before they were archived",
        arguments: 110..<112
    )
    func archived(seed: UInt64) throws {
        let runs = Self.runs(seed: seed)
        let (archived, kept) = (try TemporaryHistory(), try TemporaryHistory())
        let (writer, other) = (try archived.writer(), try kept.writer())
        _ = try writer.store(runs, policy: minutePolicy)
        _ = try other.store(runs, policy: minutePolicy)
        let former = try archived.accounts()
        try writer.letGo(before: monday + 86_400 * 20)

        let corrections: [(Int64, Int64?)] = [(-700, nil), (-30, 7_000_000_000), (300, nil)]
        for (from, energy) in corrections {
            _ = try Self.correct(writer, from, from + 45, energy: energy)
            _ = try Self.correct(other, from, from + 45, energy: energy)
        }

        let corrected = try archived.accounts()
        #expect(corrected != former)
        #expect(try kept.accounts() == corrected)
        try writer.rebuild()
        #expect(try archived.accounts() == corrected)
        for id: Int64 in 1...3 { _ = try writer.undoCorrection(id, by: "a", now: monday) }
        #expect(try archived.accounts() == former)
    }

    @Test(
        "that are lost is refused, while one that reaches into what is left stays as it is",
        arguments: 120..<123
    )
    func lost(seed: UInt64) throws {
        let runs = Self.runs(seed: seed)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(runs, policy: minutePolicy)
        let plain = try history.accounts()
        // From February into March, where a rebuild would begin.
        let record = try Self.correct(writer, -40, 50, energy: 3_000_000_000)
        let corrected = try history.accounts()
        try writer.letGo(before: monday - 86_400 * 8)
        for file in try history.archiveFiles() {
            try FileManager.default.removeItem(atPath: "\(history.archive)/\(file)")
        }

        #expect(storageError { _ = try Self.correct(writer, -700, -600, energy: nil) } == .refused)
        #expect(try history.accounts() == corrected)
        try writer.rebuild()
        #expect(try history.accounts() == corrected)
        _ = try writer.undoCorrection(record.id, by: "a", now: monday)
        #expect(try history.accounts() == plain)
        try writer.rebuild()
        #expect(try history.accounts() == plain)
    }

    @Test("that began after the loss begin there again")
    func lateComer() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        // Readings for nine days before March and ten days in it; the outlet comes on the sixth of them.
        let runs = (-216..<240).map { hour in
            let parts =
                hour < 120 ? [] : [ElementReading.sample(Element(.outlet, 1), wattHours: Double(hour * 90))]
            return PollRun.sample(at: monday + Int64(hour) * 3600, [.sample("left", [.sample()] + parts)])
        }
        _ = try writer.store(runs, policy: LedgerPolicy(maximumGap: 7200))
        let accounts = try history.accounts()
        try writer.letGo(before: monday - 86_400 * 4)
        for file in try history.archiveFiles() {
            try FileManager.default.removeItem(atPath: "\(history.archive)/\(file)")
        }

        try writer.rebuild()

        #expect(try history.accounts() == accounts)
    }

    @Test("are found by the zone's new rules as far as they are kept, and no bucket is cut short")
    func newRules() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (-24..<960).map { PollRun.sample(at: monday + Int64($0) * 3600) }
        _ = try writer.store(runs, policy: LedgerPolicy(maximumGap: 7200))
        try writer.letGo(before: monday + 86_400 * 20)
        for file in try history.archiveFiles() {
            try FileManager.default.removeItem(atPath: "\(history.archive)/\(file)")
        }
        // Without daylight saving time, the month ends an hour later.
        let rules = try ZoneRules(tzif: SystemZone.rules(of: "Etc/UTC"))
        let changed = SiteCalendar(zone: "Europe/London", rules: rules)

        try HistoryWriter(history.path, calendar: changed, now: monday).rebuild()

        #expect(
            try history.rows(
                """
                SELECT period_start, period_end, total_kwh FROM power_aggregations
                WHERE period_type = 'monthly' AND pdu_id = 1 ORDER BY period_start LIMIT 1
                """
            ) == ["2026-03-01T00:00:00Z|2026-04-01T00:00:00Z|744.0"]
        )
        for period in Period.allCases {
            let sum = "SELECT sum(total_kwh) FROM power_aggregations WHERE pdu_id = 1 AND period_type = "
            let total = try history.value(sum + "'\(period.contractName)'")
            #expect(total == "983.0")
        }
    }
}
