// Whatever happens while readings are archived: each is at any time in the database or in a file that can be read, and
// in the end exactly once.

import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("Archiving that is disturbed")
struct ArchiveFaultTests {
    private let history: TemporaryHistory
    private let readings: [ArchivedReading]

    /// Five weeks of a small site that is read once an hour.
    init() throws {
        history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RichHistory(seed: 1234, from: monday - 86_400 * 36, pdus: 2)
        let runs = random.runs(until: monday, gap: 10...60).filter { $0.minute.seconds % 3600 == 0 }
        _ = try writer.store(runs, policy: minutePolicy)
        try writer.packAll()
        try writer.close()
        readings = try history.databaseReadings()
        try #require(readings.count > 2000)
    }

    private func expectNothingLost(_ place: SourceLocation = #_sourceLocation) throws {
        let kept = Set(try history.databaseReadings()).union(try history.archivedReadings())
        let isWhole = kept == Set(readings)
        #expect(isWhole, sourceLocation: place)
    }

    /// Archives everything that is left, and compares.
    private func finish(_ place: SourceLocation = #_sourceLocation) throws {
        try history.writer().letGo(before: monday + 86_400)
        #expect(try history.databaseReadings().isEmpty, sourceLocation: place)
        let isWhole = try history.archivedReadings() == readings
        #expect(isWhole, sourceLocation: place)
        for file in try history.archiveFiles() {
            #expect(
                try runTool("gzip", "-t", "\(history.archive)/\(file)").status == 0,
                sourceLocation: place
            )
        }
    }

    @Test("by kill -9 at any time loses nothing and keeps nothing twice", arguments: 0..<3)
    func killed(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let tool = try HistoryTool(["retain", history.path, "\((monday + 86_400).seconds)"])
            _ = tool.kill(
                afterLines: Int.random(in: 0..<3, using: &generator),
                microseconds: UInt32.random(in: 0..<25_000, using: &generator)
            )
            #expect(try history.value("PRAGMA integrity_check") == "ok")
            try expectNothingLost()
        }
        try finish()
    }

    @Test("by a full disk loses nothing", arguments: [1, 70, 100])
    func full(blocks: Int) throws {
        let history = try TemporaryHistory()
        var random = RichHistory(seed: 5, from: monday, pdus: 12)
        let writer = try history.writer()
        _ = try writer.store(random.runs(until: monday + 40_000, gap: 1...1), policy: minutePolicy)
        try writer.packAll()
        try writer.close()
        let readings = try history.databaseReadings()
        // Blocks of 512 bytes (POSIX ulimit -f): a write beyond them fails, as on a disk that is full.
        let limited = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f \(blocks); exec \"$@\"", "sh"]

        let outcome = try HistoryTool(
            ["retain", history.path, "\((monday + 86_400).seconds)"],
            through: limited
        ).finish()

        #expect(outcome.status == 1)
        // The database itself needs 64 blocks for its shared memory.
        if blocks > 64 { #expect(outcome.error.contains(history.archiveFile("2026-03"))) }
        #expect(try history.databaseReadings().count == readings.count)
        try history.writer().letGo(before: monday + 86_400)
        let isWhole = try history.archivedReadings() == readings
        #expect(isWhole)
    }

    @Test(
        "by a directory that cannot be written deletes nothing",
        .enabled(if: getuid() == 0, "needs another user")
    )
    func readOnly() throws {
        let asNobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        for file in ["", "-wal", "-shm"] { chown(history.path + file, 65_534, 65_534) }
        chown(history.directory.path, 65_534, 65_534)
        try #require(mkdir(history.archive, 0o755) == 0)

        let outcome = try HistoryTool(
            ["retain", history.path, "\((monday + 86_400).seconds)"],
            through: asNobody
        ).finish()

        #expect(outcome.status == 1)
        #expect(outcome.error.contains("\(history.archiveFile("2026-01")): Permission denied"))
        #expect(try history.databaseReadings().count == readings.count)
        try finish()
    }

    /// Archives up to the middle of February.
    private func half() throws {
        try history.writer().letGo(before: monday - 86_400 * 12)
        #expect(try history.databaseReadings().count < readings.count)
    }

    @Test(
        "that left a tail behind cuts it off and goes on",
        arguments: [
            [0x1F], [0, 0, 0, 0, 0, 0, 0, 0], Array("torn".utf8), [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B],
        ]
    )
    func tornTail(tail: [UInt8]) throws {
        try half()
        try append(Data(tail))

        try finish()
    }

    @Test(
        "that left a part of a member behind cuts it off, wherever it ends",
        arguments: [0.02, 0.3, 0.7, 0.99]
    )
    func tornMember(part: Double) throws {
        let whole = try memberAfterHalf()
        try append(whole.prefix(Int(Double(whole.count) * part)))

        try finish()
    }

    @Test("that left a whole member behind takes it over")
    func wholeMember() throws {
        let whole = try memberAfterHalf()
        let before = try Data(contentsOf: february).count
        try append(whole)

        try history.writer().letGo(before: monday - 86_400 * 11)

        #expect(try Data(contentsOf: february).count == before + whole.count)
        try expectNothingLost()
        try finish()
    }

    @Test("that left a whole member and a part of another behind takes over the one and cuts off the other")
    func oneAndAHalf() throws {
        try append(try memberAfterHalf(days: 2).dropLast(9))

        try finish()
    }

    private var february: URL { URL(filePath: history.archiveFile("2026-02")) }

    private func append(_ data: Data) throws {
        let file = try FileHandle(forWritingTo: february)
        try file.seekToEnd()
        try file.write(contentsOf: data)
        try file.close()
    }

    /// Archives up to the middle of February, and takes back what came of the days after: their members.
    private func memberAfterHalf(days: Int64 = 1) throws -> Data {
        try half()
        let copy = history.directory.file("copy.db")
        let before = try Data(contentsOf: february)
        try history.writer().backUp(to: copy)
        try history.writer().letGo(before: monday - 86_400 * (12 - days))
        let after = try Data(contentsOf: february)
        try history.writer().restore(from: copy, now: monday)
        try before.write(to: february)
        try #require(after.count > before.count)
        return after.dropFirst(before.count)
    }

    @Test("by a changed, shorter or missing file deletes nothing and says what to do", arguments: 0..<3)
    func harmed(kind: Int) throws {
        try half()
        let kept = try history.databaseReadings().count
        let whole = try Data(contentsOf: february)
        switch kind {
        case 0:
            var changed = whole
            changed[whole.count / 3] ^= 0x20
            try changed.write(to: february)
        case 1: try whole.dropLast(20).write(to: february)
        default: try FileManager.default.removeItem(at: february)
        }

        let error = thrown(StorageError.self) { try history.writer().letGo(before: monday) }

        #expect(error?.code == .archive)
        #expect(error?.path == february.path)
        #expect(error?.message.contains("pductl forget 2026-02") == true)
        #expect(try history.databaseReadings().count == kept)
        let run = PollRun.sample(at: monday + 60)
        #expect(try history.writer().store(run, policy: minutePolicy).readings == 1)
        _ = try history.rows("DELETE FROM reading WHERE time = \(run.minute.seconds)")
        _ = try history.rows("DELETE FROM run WHERE minute = \(run.minute.seconds)")
        try whole.write(to: february)
        try finish()
    }

    @Test("by a database that was restored from an older copy ends with every reading once")
    func restored() throws {
        let copy = history.directory.file("copy.db")
        try half()
        try history.writer().backUp(to: copy)
        try history.writer().letGo(before: monday - 86_400)
        try history.writer().restore(from: copy, now: monday)

        try expectNothingLost()
        try finish()
    }

    @Test("by a database restored from before there was an archive ends with every reading once")
    func restoredUnknown() throws {
        let copy = history.directory.file("copy.db")
        try history.writer().backUp(to: copy)
        try history.writer().letGo(before: monday - 86_400)
        try history.writer().restore(from: copy, now: monday)
        #expect(try history.writer().archiveProblems().count == 2)

        try expectNothingLost()
        try finish()
    }

    @Test("by a new database appends to the files of the old one")
    func newDatabase() throws {
        try half()
        let kept = try history.archivedReadings()
        for file in ["", "-wal", "-shm"] { unlink(history.path + file) }
        let writer = try history.writer()
        let minute = monday - 86_400 * 2
        _ = try writer.store(.sample(at: minute, [.sample("pdu1"), .sample("new")]), policy: minutePolicy)

        try writer.letGo(before: monday)

        let lines = try history.zcat("2026-02").split(separator: "\r\n")
        #expect(
            lines.suffix(2) == [
                "\(minute.iso8601),pdu1,pdu,0,1000,,,,,,,", "\(minute.iso8601),new,pdu,0,1000,,,,,,,",
            ]
        )
        #expect(lines.count - 3 == kept.filter { $0.time >= UnixTime(1_769_904_000) }.count)
        #expect(try history.value("SELECT count(*) FROM reading") == "0")
    }

    @Test("by a file that is not this history's deletes nothing, and leaves the file alone")
    func foreign() throws {
        try FileManager.default.createDirectory(atPath: history.archive, withIntermediateDirectories: false)
        let file = URL(filePath: history.archiveFile("2026-01"))
        try Data("somebody's notes".utf8).write(to: file)

        let error = thrown(StorageError.self) { try history.writer().letGo(before: monday) }

        #expect(error?.code == .archive && error?.message.contains("move it to another directory") == true)
        #expect(try Data(contentsOf: file) == Data("somebody's notes".utf8))
        #expect(try history.databaseReadings().count == readings.count)
        try FileManager.default.removeItem(at: file)
        try finish()
    }

    @Test("by a file whose readings are others than the database's deletes nothing")
    func contradiction() throws {
        let copy = history.directory.file("copy.db")
        try history.writer().backUp(to: copy)
        try history.writer().letGo(before: monday)
        try history.writer().restore(from: copy, now: monday)
        _ = try history.rows("UPDATE sensor_reading SET humidity_thousandths = 12345")

        let error = thrown(StorageError.self) { try history.writer().letGo(before: monday) }

        #expect(error?.code == .archive && error?.message.contains("not that of") == true)
        #expect(try history.databaseReadings().count == readings.count)
    }
}
