import Basics
import Energy
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite("A writer that is killed")
struct KillTests {
    /// How often each seed kills: all of them more than two hundred times.
    private static let kills = 28

    @Test("loses at most the run in progress, and goes on as one that never was", arguments: 0..<4)
    func killed(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let history = try TemporaryHistory()
        var next = monday
        for _ in 0..<Self.kills {
            let tool = try HistoryTool(["write", history.path, "\(next.seconds)", "100000"])
            let said = tool.kill(
                afterLines: Int.random(in: 0..<4, using: &generator),
                microseconds: UInt32.random(in: 0..<30_000, using: &generator)
            )

            let acknowledged = said.split(separator: "\n").last.flatMap { Int64($0) }.map(UnixTime.init)
            guard FileManager.default.fileExists(atPath: history.path) else { continue }
            #expect(try history.value("PRAGMA quick_check") == "ok")
            let writer = try history.writer()
            #expect(writer.quarantined == nil)
            let newest = try history.reader().newestRun()?.minute
            if let acknowledged {
                let found = try #require(newest)
                #expect(acknowledged <= found && found <= acknowledged + 60)
            }
            next = newest.map { $0 + 60 } ?? next
            try writer.close()
        }
        let accounts = try history.accounts()
        #expect(accounts.count > 10)
        #expect(try history.value("PRAGMA integrity_check") == "ok")
        #expect(try history.value("SELECT count(*) * 3 = (SELECT count(*) FROM reading) FROM run") == "1")
        #expect(
            try history.value("SELECT count(*) * 3 = (SELECT count(*) FROM part_reading) FROM run") == "1"
        )
        let spared = try TemporaryHistory()
        let count = (next - monday) / 60
        #expect(
            try HistoryTool(["write", spared.path, "\(monday.seconds)", "\(count)"]).finish().status == 0
        )
        #expect(try spared.accounts() == accounts)
        try history.writer().rebuild()
        #expect(try history.accounts() == accounts)
    }

    @Test(
        "in the middle of a correction, its undoing or a rebuild, has done all of it or nothing",
        arguments: 10..<14
    )
    func killedCorrecting(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let history = try TemporaryHistory()
        #expect(try HistoryTool(["write", history.path, "\(monday.seconds)", "130"]).finish().status == 0)
        let expected = try accountsByCorrections(history)
        var met: Set<String> = []

        for round in 0..<Self.kills {
            let tool = try HistoryTool(["correct", history.path, "\(monday.seconds)", "\(round)", "100000"])
            _ = tool.kill(
                afterLines: Int.random(in: 0..<4, using: &generator),
                microseconds: UInt32.random(in: 0..<60_000, using: &generator)
            )

            #expect(try history.value("PRAGMA quick_check") == "ok")
            let writer = try history.writer()
            #expect(writer.quarantined == nil)
            try writer.close()
            let holding = try holding(history)
            #expect(try history.unnumberedAccounts() == expected[holding])
            met.insert(holding)
        }
        #expect(met.count > 2)
    }

    /// The ids of the elements whose correction holds.
    private func holding(_ history: TemporaryHistory) throws -> String {
        try history.rows("SELECT element_id FROM correction WHERE undone_at IS NULL ORDER BY element_id")
            .joined(separator: " ")
    }

    /// The accounts with every choice of the tool's corrections, made by a tool that was not killed on a copy of
    /// `history`.
    private func accountsByCorrections(_ history: TemporaryHistory) throws -> [String: [String]] {
        var accounts: [String: [String]] = [:]
        for choice in [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] {
            let copy = try TemporaryHistory()
            try history.writer().backUp(to: copy.path)
            for number in choice {
                let arguments = ["correct", copy.path, "\(monday.seconds)", "\(number)", "1"]
                #expect(try HistoryTool(arguments).finish().status == 0)
            }
            accounts[try holding(copy)] = try copy.unnumberedAccounts()
        }
        #expect(Set(accounts.values).count == 8)
        return accounts
    }
}

@Suite("A second user", .enabled(if: getuid() == 0, "only root can become another user"))
struct SecondUserTests {
    /// nobody, in the group daemon: a user that is in the directory's group, but owns nothing.
    private static let asReader = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--groups=1"]
    private static let asStranger = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    /// A history in a directory of the group daemon.
    private func history() throws -> TemporaryHistory {
        let history = try TemporaryHistory(in: "state")
        let directory = URL(filePath: history.path).deletingLastPathComponent().path
        try #require(chmod(history.directory.path, 0o755) == 0)
        try #require(mkdir(directory, 0o2750) == 0)
        try #require(chown(directory, 0, 1) == 0)
        try #require(chmod(directory, 0o2750) == 0)
        return history
    }

    private func read(_ history: TemporaryHistory, as user: [String] = asReader) throws -> HistoryTool.Outcome
    {
        try HistoryTool(["read", history.path], through: user).finish()
    }

    @Test("reads while the writer has the database open, and after it closed it")
    func reads() throws {
        let history = try history()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)

        #expect(try read(history).output == "\(monday.seconds)\n")
        try writer.close()

        #expect(try read(history).output == "\(monday.seconds)\n")
        #expect(try read(history).error == "")
    }

    @Test("leaves nothing behind that keeps the writer out")
    func writerGoesOn() throws {
        let history = try history()
        try history.writer().close()
        for minute: Int64 in 0..<3 {
            _ = try read(history)
            let writer = try history.writer()
            _ = try writer.store(.sample(at: monday + minute * 60), policy: minutePolicy)
            _ = try read(history)
            try writer.close()
        }

        #expect(try read(history).output == "\(monday.seconds + 120)\n")
        for suffix in ["", "-wal", "-shm"] {
            let owner = try FileManager.default.attributesOfItem(atPath: history.path + suffix)
            #expect(owner[.ownerAccountID] as? Int == 0)
        }
    }

    @Test("reads what a killed writer left in the WAL")
    func afterKill() throws {
        let history = try history()
        let tool = try HistoryTool(["write", history.path, "\(monday.seconds)", "100000"])
        let said = tool.kill(afterLines: 3, microseconds: 1000)
        let acknowledged = try #require(said.split(separator: "\n").last.flatMap { Int64($0) })

        var found = try read(history)
        if found.error.contains("locking protocol") {
            // Killed in the microsecond in which it changed the WAL's index: the next run mends it.
            try history.writer().close()
            found = try read(history)
        }

        #expect(Int64(found.output.dropLast()).map { $0 >= acknowledged } == true, "\(found)")
    }

    @Test("who is not in the group reads nothing")
    func stranger() throws {
        let history = try history()
        try history.writer().close()

        let outcome = try read(history, as: Self.asStranger)

        #expect(outcome.status == 1)
        #expect(outcome.error.contains("Permission denied"))
    }
}

@Suite("A full disk", .enabled(if: getuid() == 0, "only root can mount a small file system"))
struct FullDiskTests {
    @Test("refuses the run, keeps what there was, and goes on once there is space")
    func full() throws {
        let directory = try TemporaryDirectory()
        let mount = directory.file("small")
        try #require(mkdir(mount, 0o755) == 0)
        guard Glibc.mount("tmpfs", mount, "tmpfs", 0, "size=2m") == 0 else {
            // Not every container lets even its root mount something: then there is nothing to see here.
            return
        }
        defer { umount2(mount, Int32(MNT_DETACH)) }
        let history = TemporaryHistory(directory: directory, path: mount + "/history.db")
        let writer = try history.writer()
        var minute = monday
        _ = try writer.store(.sample(at: minute), policy: minutePolicy)
        let ballast = mount + "/ballast"
        fill(ballast)

        var code: StorageError.Code?
        while code == nil, minute < monday + 86_400 {
            minute = minute + 60
            let pdus = (1...100).map { PolledPDU.sample("pdu\($0)") }
            code = storageError { _ = try writer.store(.sample(at: minute, pdus), policy: minutePolicy) }
        }
        #expect(code == .full)
        #expect(try history.reader().newestRun()?.minute == minute - 60)
        unlink(ballast)

        #expect(try writer.store(.sample(at: minute), policy: minutePolicy).readings == 1)
        #expect(try history.value("PRAGMA integrity_check") == "ok")
    }

    /// Fills the file system of `path` to the last byte.
    private func fill(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, block, block.count) == block.count {}
    }
}
