import Basics
import Energy
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite("A correction of old readings")
struct CorrectionRetentionTests {
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
    ) throws
        -> CorrectionRecord
    {
        let range = Correction(start: monday + from * 3600, end: monday + until * 3600, energy: energy)
        return try writer.correct(range, of: 2, reason: "r", author: "a", now: monday)
    }

    @Test("reads them from the archive, and is the same as before they were archived", arguments: 110..<112)
    func archived(seed: UInt64) throws {
        let runs = Self.runs(seed: seed)
        let (archived, kept) = (try TemporaryHistory(), try TemporaryHistory())
        let (writer, other) = (try archived.writer(), try kept.writer())
        _ = try writer.store(runs, policy: minutePolicy)
        _ = try other.store(runs, policy: minutePolicy)
        let former = try archived.accounts()
        try writer.letGo(before: monday + 86_400 * 20)

        for (from, energy) in [(-700, nil), (-30, 7_000_000_000), (300, nil)] as [(Int64, Int64?)] {
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
}
