import Basics
import Energy
import Foundation
import SQLite
import Storage
import TestSupport
import Testing

@testable import Spool

/// A state directory with a history and a spool.
private struct Site {
    let directory: TemporaryDirectory
    let spool: Spool
    var history: String { directory.file("history.db") }

    init() throws {
        directory = try TemporaryDirectory()
        spool = Spool(in: directory.path)
    }

    func writer() throws -> HistoryWriter {
        let rules = try ZoneRules(tzif: try SystemZone.rules(of: "Europe/London"))
        return try HistoryWriter(
            history,
            calendar: SiteCalendar(zone: "Europe/London", rules: rules),
            now: monday,
            busyTimeoutMilliseconds: 50
        )
    }

    /// Takes up what waits up to `minute`, until `end`.
    @discardableResult
    func takeUp(upTo minute: UnixTime = monday + 86_400, until end: Int64 = .max) throws -> TakeUp {
        let writer = try writer()
        var takeUp = TakeUp()
        try spool.takeUp(into: writer, upTo: minute, until: end, &takeUp)
        try writer.close()
        return takeUp
    }

    func rows(_ sql: String) throws -> [String] {
        let connection = try Connection(.file(history), .readWrite, busyTimeout: 1000)
        return try connection.prepare(sql).all { row in
            (0..<row.columnCount).map { row.optionalText($0) ?? "" }.joined(separator: "|")
        }
    }

    /// Minutes since `monday` and watts of every reading.
    func readings() throws -> [String] {
        try rows(
            "SELECT (time - \(monday.seconds)) / 60, power_milliwatts / 1000 FROM reading ORDER BY time, element_id"
        )
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: spool.directory).sorted()
    }

    func path(_ name: String) -> String { spool.directory + "/" + name }
}

@Suite("The spool")
struct SpoolTests {
    @Test("names a file after its minute, and counts those of one minute")
    func names() throws {
        let site = try Site()

        let first = try site.spool.keep(smallRun(at: monday + 300))
        let second = try site.spool.keep(smallRun(at: monday + 300))
        let earlier = try site.spool.keep(smallRun(at: monday))

        #expect(first.name == "20260302T000500Z.run")
        #expect(second.name == "20260302T000500Z-2.run")
        #expect(try site.spool.waiting() == [earlier, first, second])
        #expect(try site.spool.waiting().map(\.name) == [earlier, first, second].map(\.name))
    }

    @Test("takes no other file for one of its own")
    func strangers() throws {
        for name in [
            "20260302T000500Z", "20260302T000500Z.run~", "20260302T000500Z-1.run", "20260302T000500Z-02.run",
            "20260302T000500Z-2-3.run", "20260332T000500Z.run", "20260302T246000Z.run", "x.run", ".run",
            "reserve",
            "+026-302T000500Z.run",
        ] {
            #expect(SpoolFile(name: name, length: 1) == nil)
        }
    }

    @Test("is nothing before it is needed")
    func empty() throws {
        let site = try Site()

        #expect(try site.spool.waiting().isEmpty)
        #expect(try site.takeUp().entered == 0)
        #expect(!FileManager.default.fileExists(atPath: site.spool.directory))
    }

    @Test("is taken up in the order of time, and then empty")
    func inOrder() throws {
        let site = try Site()
        for minute in [3, 1, 2, 0] as [Int64] {
            _ = try site.spool.keep(smallRun(at: monday + minute * 60, watts: Int(minute) * 100))
        }

        let done = try site.takeUp()

        #expect(done.entered == 4)
        #expect(done.readings == 4)
        #expect(done.first == monday)
        #expect(done.last == monday + 180)
        #expect(done.remaining == 0)
        #expect(try site.readings() == ["0|0", "1|100", "2|200", "3|300"])
        #expect(try site.names() == [])
        #expect(try site.rows("SELECT count(*), sum(pdus_read) FROM run") == ["4|4"])
    }

    @Test("stops when time is up, but not before one run, and goes on the next time")
    func bounded() throws {
        let site = try Site()
        for minute in 0..<5 as Range<Int64> { _ = try site.spool.keep(smallRun(at: monday + minute * 60)) }

        let first = try site.takeUp(until: 0)
        #expect(first.entered == 1)
        #expect(first.remaining == 4)
        #expect(try site.readings() == ["0|1000"])
        let second = try site.takeUp(until: 0)
        #expect(second.remaining == 3)
        #expect(try site.takeUp().entered == 3)
        #expect(try site.readings().count == 5)
    }

    @Test("leaves what is of times still to come")
    func ahead() throws {
        let site = try Site()
        _ = try site.spool.keep(smallRun(at: monday))
        let later = try site.spool.keep(smallRun(at: monday + 120))

        let done = try site.takeUp(upTo: monday + 60)

        #expect(done.entered == 1)
        #expect(done.ahead == 1)
        #expect(done.remaining == 0)
        #expect(try site.spool.waiting() == [later])
        #expect(
            try site.spool.moveAside(after: monday + 60).map(\.path) == [
                site.path("20260302T000200Z.run.ahead")
            ]
        )
        #expect(try site.spool.waiting() == [])
        #expect(try site.spool.movedAside() == ["20260302T000200Z.run.ahead"])
    }

    /// As after a crash between the commit and the removal.
    @Test("enters nothing twice")
    func once() throws {
        let site = try Site()
        var runs = [smallRun(at: monday), fullRun(at: monday + 60), smallRun(at: monday + 120, watts: 500)]
        // A second run of a minute, of which one PDU failed and another is new.
        runs.insert(smallRun(at: monday + 60, watts: 7, key: "third", startedAfter: 30), at: 2)
        for run in runs { _ = try site.spool.keep(run) }
        let files = try site.spool.waiting()
        let bytes = try files.map { try Data(contentsOf: URL(filePath: site.spool.path(of: $0))) }
        try site.takeUp()
        let tables = [
            "reading", "sensor_reading", "rollup", "site_rollup", "bucket", "event", "run", "failed_poll",
            "(SELECT time, pdu_id, hex(readings) FROM part_reading)",
            "(SELECT pdu_id, hex(accounts) FROM open_account)",
            "pdu_status", "snmp_engine", "device_plan", "pdu", "element", "element_version",
        ]
        let before = try tables.map { try site.rows("SELECT * FROM \($0)") }

        // Whichever of them were left behind: all later than some, since they are removed in order.
        for left in files.indices {
            for (file, content) in zip(files[left...], bytes[left...]) {
                try content.write(to: URL(filePath: site.spool.path(of: file)))
            }
            let again = try site.takeUp()
            // The second run of a minute that is not the newest any more cannot be told from one that came too late.
            #expect(again.entered == 0)
            #expect(again.movedAside.allSatisfy { $0.path.contains("-2.run") })
            #expect(try tables.map { try site.rows("SELECT * FROM \($0)") } == before)
            #expect(try site.spool.waiting() == [])
        }
    }

    @Test("enters the second run of a minute once, while nothing is later")
    func secondRun() throws {
        let site = try Site()
        _ = try site.spool.keep(smallRun(at: monday))
        let second = try site.spool.keep(smallRun(at: monday, watts: 5, key: "right", startedAfter: 20))
        _ = try site.spool.keep(smallRun(at: monday + 60))
        let bytes = try Data(contentsOf: URL(filePath: site.spool.path(of: second)))

        // A transaction ends with it.
        #expect(try site.takeUp(until: 0).remaining == 2)
        #expect(try site.takeUp(until: 0).remaining == 1)
        let before = try site.rows("SELECT * FROM rollup") + site.rows("SELECT * FROM event")
        try bytes.write(to: URL(filePath: site.spool.path(of: second)))
        #expect(try site.takeUp(until: 0).movedAside.isEmpty)
        #expect(try site.readings() == ["0|1000", "0|5"])
        #expect(try site.rows("SELECT * FROM rollup") + site.rows("SELECT * FROM event") == before)
        #expect(try site.takeUp().entered == 1)
    }

    @Test(
        "moves aside what comes too late, is damaged, of another version or another minute; the rest is stored"
    )
    func movedAside() throws {
        let site = try Site()
        let files = try (0..<6).map { try site.spool.keep(smallRun(at: monday + Int64($0) * 60)) }
        try site.takeUp(upTo: monday + 60)
        _ = try site.spool.keep(smallRun(at: monday, startedAfter: 59))
        func rewrite(_ index: Int, _ change: (inout [UInt8]) -> Void) throws {
            var bytes = try readFile(site.spool.path(of: files[index]))
            change(&bytes)
            try Data(bytes).write(to: URL(filePath: site.spool.path(of: files[index])))
        }
        try rewrite(2) { $0[40] ^= 1 }
        try rewrite(3) { $0[8] = 9 }
        try rewrite(4) { $0 = SpoolFormat.encode(smallRun(at: monday + 999_960)) }

        let done = try site.takeUp()

        #expect(done.entered == 1)
        #expect(done.movedAside.count == 4)
        #expect(
            try site.names() == [
                "20260302T000000Z.run.late", "20260302T000200Z.run.damaged", "20260302T000300Z.run.unknown",
                "20260302T000400Z.run.damaged",
            ]
        )
        #expect(try site.spool.movedAside() == site.names())
        #expect(try site.readings() == ["0|1000", "1|1000", "5|1000"])
    }

    @Test("moves aside what the database will not have, and it alone")
    func refused() throws {
        let site = try Site()
        try site.writer().close()
        _ = try site.rows(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON reading WHEN new.power_milliwatts = 666000
            BEGIN SELECT raise(ABORT, 'no'); END
            """
        )
        for minute in 0..<9 {
            let watts = minute == 6 ? 666 : 1
            _ = try site.spool.keep(smallRun(at: monday + Int64(minute) * 60, watts: watts))
        }

        let done = try site.takeUp()

        #expect(done.entered == 8)
        #expect(done.movedAside.map(\.path) == [site.path("20260302T000600Z.run.refused")])
        #expect(try site.readings().count == 8)
        #expect(try site.rows("SELECT count(*) FROM run") == ["8"])
    }

    @Test("stays as it is while the database is held")
    func busy() throws {
        let site = try Site()
        try site.writer().close()
        let files = try (0..<3).map { try site.spool.keep(smallRun(at: monday + Int64($0) * 60)) }
        let other = try Connection(.file(site.history), .readWrite, busyTimeout: 1000)
        try other.execute("BEGIN IMMEDIATE")

        #expect(thrown(StorageError.self) { try site.takeUp() }?.code == .busy)
        #expect(try site.spool.waiting() == files)
        try other.execute("ROLLBACK")
        #expect(try site.takeUp().entered == 3)
    }

    @Test("takes over what was written whole by a program that was killed, and removes the rest")
    func unfinished() throws {
        let site = try Site()
        let kept = try site.spool.keep(smallRun(at: monday))
        let bytes = SpoolFormat.encode(smallRun(at: monday + 60))
        try Data(bytes).write(to: URL(filePath: site.path("20260302T000100Z.run.unfinished")))
        try Data(bytes.dropLast()).write(to: URL(filePath: site.path("20260302T000200Z.run.unfinished")))

        #expect(try site.spool.waiting() == [kept])
        let done = try site.takeUp()
        #expect(done.entered == 2)
        #expect(done.removed == [site.path("20260302T000200Z.run.unfinished")])
        #expect(try site.names() == [])
    }

    @Test("has a reserve, which gives way piece by piece")
    func reserve() throws {
        let site = try Site()
        site.spool.prepare()
        let size = site.spool.reserve.size

        #expect(size > 0)
        #expect(size <= SpoolReserve.fullSize)
        #expect(site.spool.reserve.release(1 << 20))
        #expect(site.spool.reserve.size == size - (1 << 20))
        #expect(site.spool.reserve.release(1 << 40))
        #expect(!site.spool.reserve.release(1))
        #expect(try site.names() == [])
        site.spool.prepare()
        #expect(site.spool.reserve.size == size)
        #expect(try site.spool.waiting() == [])
    }

    @Test("says where it cannot be written")
    func noDirectory() throws {
        let site = try Site()
        try Data().write(to: URL(filePath: site.spool.directory))

        let error = thrown(SpoolError.self) { try site.spool.keep(smallRun(at: monday)) }
        #expect(error?.description.hasPrefix(site.spool.directory) == true)
    }

    @Test("tells what the newest runs learned of agents")
    func recent() throws {
        let site = try Site()
        for minute in 0..<4 { _ = try site.spool.keep(fullRun(at: monday + Int64(minute) * 60)) }

        #expect(site.spool.recent(since: monday + 120).map(\.minute) == [monday + 120, monday + 180])
    }
}
