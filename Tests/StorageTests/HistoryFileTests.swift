import Basics
import Foundation
import SQLite
import Testing

@testable import Storage

@Suite("The database file")
struct HistoryFileTests {
    @Test("and its directory are made so that the group may read, and nobody else anything")
    func modes() throws {
        let history = try TemporaryHistory(in: "state")

        try history.writer().close()

        #expect(try mode(of: history.path) == 0o640)
        #expect(try mode(of: history.path + "-wal") == 0o640)
        #expect(try mode(of: history.path + "-shm") == 0o640)
        #expect(try mode(of: URL(filePath: history.path).deletingLastPathComponent().path) == 0o2750)
    }

    @Test("keeps its side files when the writer closes, with an empty WAL")
    func sideFilesStay() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)

        try writer.close()

        #expect(try FileManager.default.attributesOfItem(atPath: history.path + "-wal")[.size] as? Int == 0)
        #expect(FileManager.default.fileExists(atPath: history.path + "-shm"))
    }

    @Test("is missing: a reader says so, and finds it once it is there")
    func missing() throws {
        let history = try TemporaryHistory()
        let reader = history.reader()
        #expect(storageError { _ = try reader.dataVersion() } == .missing)

        _ = try history.writer().store(.sample(at: monday), policy: minutePolicy)

        #expect(try reader.newestRun()?.minute == monday)
    }

    @Test("replaced by another is opened anew by a reader")
    func replaced() throws {
        let history = try TemporaryHistory()
        _ = try history.writer().store(.sample(at: monday), policy: minutePolicy)
        let reader = history.reader()
        #expect(try reader.newestRun()?.minute == monday)
        let other = try TemporaryHistory()
        let writer = try other.writer()
        _ = try writer.store(.sample(at: monday + 600), policy: minutePolicy)
        try writer.close()

        for suffix in ["-wal", "-shm", ""] {
            _ = rename(other.path + suffix, history.path + suffix)
        }

        #expect(try reader.newestRun()?.minute == monday + 600)
    }

    @Test("held by another program is busy: nothing is stored, and all is well afterwards")
    func busy() throws {
        let history = try TemporaryHistory()
        let writer = try HistoryWriter(
            history.path,
            calendar: try calendar(),
            now: monday,
            busyTimeoutMilliseconds: 10
        )
        let holder = try Connection(.file(history.path), .readWrite, busyTimeout: 0)
        try holder.execute("BEGIN IMMEDIATE")

        #expect(storageError { _ = try writer.store(.sample(at: monday), policy: minutePolicy) } == .busy)
        try holder.execute("ROLLBACK")

        #expect(try writer.store(.sample(at: monday), policy: minutePolicy).readings == 1)
    }

    @Test("that may not grow: the run is refused as a whole, the former ones stay, and the next is stored")
    func limited() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        let accounts = try history.accounts()
        let pages = try writer.database.integer("PRAGMA page_count")
        try writer.database.execute("PRAGMA max_page_count = \(pages)")
        let many = (1...200).map { PolledPDU.sample("pdu\($0)") }

        #expect(
            storageError { _ = try writer.store(.sample(at: monday + 60, many), policy: minutePolicy) }
                == .full
        )
        #expect(try history.accounts() == accounts)
        try writer.database.execute("PRAGMA max_page_count = 1000000")

        #expect(try writer.store(.sample(at: monday + 60, many), policy: minutePolicy).readings == 200)
    }

    @Test("in a directory that cannot be made, or under a name that is no file, is refused with its path")
    func unusable() throws {
        let directory = try TemporaryHistory().directory
        for path in [directory.file("no/such/history.db"), directory.path] {
            do {
                _ = try HistoryWriter(path, calendar: try calendar(), now: monday)
                Issue.record("opened \(path)")
            } catch let error as StorageError {
                #expect(error.code == .noAccess)
                #expect(error.description.contains(directory.path))
            }
        }
    }

    private func mode(of path: String) throws -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Int(status.st_mode & 0o7777)
    }
}

@Suite("A damaged database")
struct DamageTests {
    /// How a file is damaged: where, and by how many bytes.
    private func damage(_ path: String, at offset: Int, count: Int) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(offset))
        file.write(Data(repeating: 0x5A, count: count))
        try file.close()
    }

    private func quarantinedFiles(beside path: String) throws -> [String] {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        return try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasPrefix("history.db.corrupt-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
    }

    @Test("is moved aside when it is opened, never deleted, and a new one says so")
    func onOpening() throws {
        let history = try TemporaryHistory()
        try history.writer().close()
        try damage(history.path, at: 0, count: 4096)
        let damaged = try Data(contentsOf: URL(filePath: history.path))

        let writer = try history.writer(now: monday)
        let stored = try writer.store(.sample(at: monday), policy: minutePolicy)

        #expect(stored.readings == 1)
        #expect(writer.quarantined == history.path + ".corrupt-20260302T000000Z")
        #expect(try quarantinedFiles(beside: history.path) == ["history.db.corrupt-20260302T000000Z"])
        #expect(try Data(contentsOf: URL(filePath: writer.quarantined ?? "")) == damaged)
        #expect(
            try history.value("SELECT kind, detail FROM event")?.contains(
                "history.db.corrupt-20260302T000000Z"
            )
                == true
        )
    }

    @Test("is moved aside in the middle of storing, and the run is stored in a new one")
    func whileStoring() throws {
        let history = try TemporaryHistory()
        var writer = try history.writer()
        let runs = (0..<200).map { PollRun.sample(at: monday + Int64($0) * 60) }
        _ = try writer.store(runs, policy: minutePolicy)
        let root = try writer.database.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'reading'")
        try writer.close()
        try damage(history.path, at: Int(root - 1) * 4096, count: 4096)
        writer = try history.writer()
        #expect(writer.quarantined == nil)

        let stored = try writer.store(.sample(at: monday + 86_400), policy: minutePolicy)

        #expect(stored.readings == 1)
        #expect(writer.quarantined != nil)
        #expect(try quarantinedFiles(beside: history.path).count == 1)
        #expect(try history.value("SELECT count(*) FROM reading") == "1")
        #expect(try history.value("PRAGMA integrity_check") == "ok")
    }

    @Test("is an error to a reader, which recovers with the file")
    func forReaders() throws {
        let history = try TemporaryHistory()
        try history.writer().close()
        try damage(history.path, at: 0, count: 4096)
        let reader = history.reader()

        #expect(storageError { _ = try reader.dataVersion() } == .corrupt)
        _ = try history.writer().store(.sample(at: monday), policy: minutePolicy)

        #expect(try reader.newestRun()?.minute == monday)
    }

    @Test("does not repeat the data versions of the one before it")
    func versions() throws {
        let history = try TemporaryHistory()
        _ = try history.writer().store(.sample(at: monday), policy: minutePolicy)
        let before = try history.reader().dataVersion()
        try damage(history.path, at: 0, count: 4096)

        _ = try history.writer(now: monday + 60).store(.sample(at: monday + 60), policy: minutePolicy)

        #expect(try history.reader().dataVersion() > before)
    }
}

@Suite("Copies")
struct CopyTests {
    @Test("hold all that the history holds, and replace an older copy")
    func backUp() throws {
        var random = RandomHistory(seed: 40, from: monday, pdus: 2)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let target = history.directory.file("copy.db")
        for part in 1...2 {
            _ = try writer.store((0..<100).map { _ in random.next() }, policy: minutePolicy)
            try writer.backUp(to: target)
            #expect(
                try Connection(.file(target), .readOnly, busyTimeout: 0)
                    .integer("SELECT count(*) FROM reading") > Int64(part * 100)
            )
        }
        let copy = TemporaryHistory(directory: history.directory, path: target)

        #expect(try copy.accounts() == history.accounts())
        #expect(!FileManager.default.fileExists(atPath: target + ".partial"))
    }

    @Test("are taken back under an open reader, which then answers from them with a new version")
    func restore() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        let copy = history.directory.file("copy.db")
        try writer.backUp(to: copy)
        let accounts = try history.accounts()
        for minute: Int64 in 1...5 {
            _ = try writer.store(.sample(at: monday + minute * 60), policy: minutePolicy)
        }
        let reader = history.reader()
        let version = try reader.dataVersion()

        try writer.restore(from: copy, now: monday)

        #expect(try reader.newestRun()?.minute == monday)
        #expect(try reader.dataVersion() > version)
        #expect(try history.accounts() == accounts)
        #expect(try writer.store(.sample(at: monday + 60), policy: minutePolicy).readings == 1)
    }

    @Test("that are damaged or something else are refused, and the history stays")
    func refused() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        let accounts = try history.accounts()
        let junk = history.directory.file("junk")
        try "junk".write(toFile: junk, atomically: true, encoding: .utf8)
        let foreign = history.directory.file("foreign.db")
        try Connection(.file(foreign), .create, busyTimeout: 0).execute("CREATE TABLE theirs (x)")

        #expect(storageError { try writer.restore(from: junk, now: monday) } == .corrupt)
        #expect(storageError { try writer.restore(from: foreign, now: monday) } == .foreign)
        #expect(storageError { try writer.restore(from: junk + "2", now: monday) } == .noAccess)

        #expect(try history.accounts() == accounts)
    }

}
