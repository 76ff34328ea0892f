import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("Runs of a clock that was ahead")
struct SetAsideTests {
    @Test("are taken out, and all is as if they had never been", arguments: 0..<6)
    func asIfNever(seed: UInt64) throws {
        // Real readings into the middle of a day; runs some time ahead; and real ones again.
        var random = RichHistory(seed: seed + 60, from: monday - 86_400 * 3, pdus: 2)
        let before = random.runs(until: monday + 40_000, gap: 1...300)
        let time = random.minute + 1
        let seconds: [Int64] = [60, 3600, 86_400, 86_400 * 40, 86_400 * 3, 7200]
        let ahead = seconds[Int(seed)]
        var future = RichHistory(seed: seed + 160, from: random.minute + ahead, pdus: 2)
        let wrong = future.runs(until: random.minute + ahead + 30_000, gap: 1...10)
        let after = random.runs(until: monday + 86_400 * 2, gap: 1...300)
        let plain = try TemporaryHistory()
        _ = try plain.writer().store(before + after, policy: minutePolicy)

        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(before, policy: minutePolicy)
        let kept = try history.databaseReadings()
        _ = try writer.store(wrong, policy: minutePolicy)
        if seed % 2 == 0 { try writer.packAll() }
        let taken = try history.databaseReadings().filter { $0.time > time }
        #expect(try writer.runs(after: time)?.last == wrong.last?.minute)
        let file = try #require(try writer.setAside(after: time, now: time))

        let reader = try ArchiveReader(path: file, names: PlaceNames(writer.database), includingSensors: true)
        var found: [ArchivedReading] = []
        while let reading = try reader.next() { found.append(reading) }
        let isSetAside = found == taken
        let isKept = try history.databaseReadings() == kept
        #expect(isSetAside && isKept && !taken.isEmpty)
        #expect(try runTool("gzip", "-t", file).status == 0)
        #expect(try writer.runs(after: time) == nil)
        let stored = try writer.store(after, policy: minutePolicy)
        #expect(stored.clockIsBehind == nil)
        let isSame = try history.accounts() == plain.accounts()
        let hasSameReadings = try history.databaseReadings() == plain.databaseReadings()
        #expect(isSame)
        #expect(hasSameReadings)
    }

    @Test("are written down as an event, and PDUs have the status that they had")
    func status() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let pdus = [PolledPDU.sample("left"), .sample("right")]
        _ = try writer.store(.sample(at: monday, pdus), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 60, pdus), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 86_400 * 9, pdus + [.sample("new")]), policy: minutePolicy)

        let file = try #require(try writer.setAside(after: monday + 100, now: monday + 100))

        #expect(file == history.archive + "/set-aside-20260302T000140Z.csv.gz")
        let status = try history.reader().status()
        #expect(status.map(\.lastReadingAt) == [monday + 60, monday + 60, nil])
        #expect(status.map(\.power) == [FixedPoint(1000), FixedPoint(1000), nil])
        let events = try history.reader().events(of: nil, from: monday, to: monday + 1000, limit: 5)
        #expect(events.first?.kind == "runs_set_aside")
        #expect(
            events.first?.detail == "A run of 2026-03-11T00:00:00Z, by a clock that was ahead, was set aside."
                + " Their 3 readings are in \(file)."
        )
        #expect(try history.value("SELECT max(start) FROM bucket") == "\(monday.seconds)")
        #expect(try writer.setAside(after: monday + 100, now: monday + 100) == nil)
        #expect(try history.archiveFiles().count == 1)
    }

    @Test("that had read nothing leave no file")
    func nothingRead() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 86_400, [.failed()]), policy: minutePolicy)

        #expect(try writer.runs(after: monday)?.count == 1)
        #expect(try writer.setAside(after: monday, now: monday) == nil)

        #expect(try history.archiveFiles() == [])
        #expect(try writer.runs(after: monday) == nil)
        #expect(try writer.store(.sample(at: monday + 60), policy: minutePolicy).readings == 1)
    }

    @Test("by which retention archived everything leave the archive open for what is still to come")
    func archivedAhead() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let plain = try TemporaryHistory()
        let runs = (0..<300).map { PollRun.sample(at: monday + Int64($0) * 60) }
        _ = try plain.writer().store(runs, policy: minutePolicy)
        _ = try writer.store(Array(runs[..<200]), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 86_400 * 50), policy: minutePolicy)
        try writer.letGo(before: monday + 86_400 * 40)
        #expect(try history.databaseReadings().count == 1)

        _ = try writer.setAside(after: monday + 200 * 60 - 1, now: monday + 200 * 60)
        _ = try writer.store(Array(runs[200...]), policy: minutePolicy)
        try writer.letGo(before: monday + 86_400)
        try writer.rebuild()

        #expect(try history.databaseReadings().isEmpty)
        #expect(try history.archivedReadings() == plain.databaseReadings())
        #expect(try history.accounts() == plain.accounts())
    }

    @Test("stay where they are when the file cannot be written")
    func failure() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store([.sample(at: monday), .sample(at: monday + 86_400)], policy: minutePolicy)
        let accounts = try history.accounts()
        try FileManager.default.createSymbolicLink(atPath: history.archive, withDestinationPath: "/dev/null")

        let error = thrown(StorageError.self) { try writer.setAside(after: monday, now: monday) }

        #expect(error != nil)
        #expect(try history.accounts() == accounts)
        #expect(try history.databaseReadings().count == 2)
    }
}
