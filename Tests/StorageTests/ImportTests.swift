// The predecessor's readings come out in the accounts as if runs had brought them, whatever is there already.

import Basics
import Energy
import Foundation
import Metering
import SQLite
import Testing

@testable import Storage

@Suite("An import")
struct ImportTests {
    private static let target = ImportPlan.Target(
        key: "left",
        name: "left",
        address: "192.0.2.1",
        host: "192.0.2.1"
    )

    /// A predecessor's file with a reading of 1 kW, and a little more each, at every minute of `minutes`.
    private func file(_ directory: TemporaryHistory, minutes: some Sequence<Int64>) throws -> PredecessorFile
    {
        let path = directory.directory.file("pdu_monitor-\(UUID().uuidString).db")
        let database = try Connection(.file(path), .create, busyTimeout: 1000)
        try database.execute(
            """
            CREATE TABLE pdus (id INTEGER PRIMARY KEY, name TEXT, ip_address TEXT, created_at TEXT);
            CREATE TABLE power_readings (
                id INTEGER PRIMARY KEY, pdu_id INTEGER, timestamp TEXT, power_watts FLOAT, power_kw FLOAT
            );
            INSERT INTO pdus VALUES (7, 'Old left', '192.0.2.1', NULL);
            """
        )
        try database.transaction(.immediate) {
            let insert = try database.statement(
                "INSERT INTO power_readings (pdu_id, timestamp, power_watts, power_kw) VALUES (7, $1, $2, $3)"
            )
            for minute in minutes {
                let time = (monday + minute * 60).iso8601.replacingOccurrences(of: "T", with: " ").dropLast()
                let watts = Self.watts(at: minute)
                try insert.run(.text(String(time) + ".250000"), .real(watts), .real(watts / 1000))
            }
        }
        try database.close()
        return try PredecessorFile(path)
    }

    private static func watts(at minute: Int64) -> Double { 1000 + Double(minute % 97) }

    private func plan(_ clock: ImportClock = .utc) -> ImportPlan {
        ImportPlan(
            clock: clock,
            units: [.whole: .watts],
            interval: 60,
            powerIsEstimate: false,
            targets: [7: (Self.target, .address)]
        )
    }

    /// Runs that read the same.
    private func store(_ minutes: some Sequence<Int64>, into writer: HistoryWriter) throws {
        let runs = minutes.map { minute in
            PollRun.sample(
                at: monday + minute * 60,
                [.sample("left", [.sample(watts: Self.watts(at: minute))])]
            )
        }
        _ = try writer.store(runs, policy: minutePolicy)
    }

    private let rollups = """
        SELECT period_type, period_start, pdu_id, total_kwh, avg_power_watts, max_power_watts, min_power_watts,
            seconds_covered
        FROM power_aggregations ORDER BY 1, 2, 3
        """

    @Test("comes out as runs would have", arguments: [0, 1, 2])
    func equalsRuns(gap: Int) throws {
        let minutes = (0..<Int64(3000)).filter { $0 % 900 >= Int64(gap) * 100 }
        let (polled, imported) = (try TemporaryHistory(), try TemporaryHistory())
        try store(minutes, into: polled.writer())

        let report = try imported.writer().importReadings(
            of: file(imported, minutes: minutes),
            by: plan(),
            now: monday + 4000 * 60
        )

        #expect(report.taken == minutes.count)
        #expect(try imported.rows(rollups) == polled.rows(rollups))
        #expect(
            try imported.rows("SELECT timestamp, power_watts FROM power_readings ORDER BY 1")
                == polled.rows("SELECT timestamp, power_watts FROM power_readings ORDER BY 1")
        )
    }

    /// What energy counters show.
    private func counters(of history: TemporaryHistory) throws -> [Int64?] {
        let inventory = try history.reader().inventory(Freshness(now: monday, interval: 60))
        return inventory.units.flatMap(\.elements).map(\.millijoules)
    }

    @Test("fills what the poller missed, keeps what it read, and a second one changes nothing")
    func fillsGaps() throws {
        let (whole, patched) = (try TemporaryHistory(), try TemporaryHistory())
        let all = Array(0..<Int64(4400))
        let polled = all.filter { !(700..<1500).contains($0) }
        try store(all, into: whole.writer())
        let writer = try patched.writer()
        try store(polled, into: writer)
        while try writer.packReadings() {}

        let file = try file(patched, minutes: 0..<2000)
        let shown = try counters(of: patched)
        let first = try writer.importReadings(of: file, by: plan(), now: monday + 5000 * 60)
        // What was used long ago is not used today.
        #expect(try counters(of: patched) == shown)
        #expect(try patched.value("SELECT count(*) FROM energy_offset WHERE millijoules < 0") != "0")
        let accounts = try patched.accounts()
        let second = try writer.importReadings(of: file, by: plan(), now: monday + 5000 * 60)
        try writer.rebuild()

        #expect(first.taken == 800)
        #expect(first.refused == [.alreadyThere: 1200])
        #expect(second.taken == 0)
        #expect(try patched.rows(rollups) == whole.rows(rollups))
        #expect(try patched.accounts() == accounts)
        // What comes after is stored as ever.
        try store(4400..<4500, into: writer)
        try store(4400..<4500, into: try whole.writer())
        while try writer.packReadings() {}
        #expect(try patched.rows(rollups) == whole.rows(rollups))
    }

    @Test("leaves the hours alone that runs are still writing, and takes nothing of times to come")
    func newestHours() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        try store(0..<100, into: writer)

        let report = try writer.importReadings(
            of: file(history, minutes: -10..<300),
            by: plan(),
            now: monday + 200 * 60
        )

        #expect(report.taken == 10)
        #expect(report.refused == [.alreadyThere: 100, .recent: 100, .toCome: 100])
    }

    @Test("changes nothing when it is a trial")
    func trial() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()

        let report = try writer.importReadings(
            of: file(history, minutes: 0..<100),
            by: plan(),
            now: monday + 86_400,
            isTrial: true
        )

        #expect(report.taken == 100)
        #expect(try history.rows("SELECT * FROM pdu") == [])
        #expect(try history.rows("SELECT * FROM reading_block") == [])
    }

    @Test("finds PDUs by order, then address, then name, each once")
    func targets() {
        let right = ImportPlan.Target(
            key: "r",
            name: "Right",
            address: "[2001:db8::1]:161",
            host: "2001:db8::1"
        )
        let other = ImportPlan.Target(key: "Other", name: "Other", address: "192.0.2.9", host: "192.0.2.9")
        let units = [
            PredecessorFile.Unit(id: 1, name: "Other", address: "192.0.2.1"),
            PredecessorFile.Unit(id: 2, name: "right", address: "192.0.2.2"),
            PredecessorFile.Unit(id: 3, name: "Other", address: "192.0.2.3"),
        ]

        let found = ImportPlan.targets(of: units, among: [Self.target, right, other])
        let told = ImportPlan.targets(
            of: units,
            among: [Self.target, right, other],
            orders: ["right": other]
        )

        #expect(found[1]?.target == Self.target && found[1]?.match == .address)
        #expect(found[2]?.target == right && found[2]?.match == .name)
        #expect(found[3]?.target == other && found[3]?.match == .name)
        #expect(told[2]?.target == other && told[2]?.match == .order)
        #expect(told[3]?.match == ImportPlan.Match.none && told[3]?.target.key == "Other (192.0.2.3)")
    }
}

@Suite("A time that the predecessor wrote")
struct WallTimeTests {
    private func time(_ text: String) -> WallTime? {
        Array(text.utf8).withUnsafeBytes { WallTime($0) }
    }

    @Test(
        "is read in every form that databases have",
        arguments: zip(
            [
                "2026-03-02 00:00:00", "2026-03-02T00:00:00.999999", "2026-03-02 01:00:00+01:00",
                "2026-03-02T00:00:00Z", "1772409600", "2024-02-29 12:00:00.000000",
            ],
            [
                (1_772_409_600, false), (1_772_409_600, false), (1_772_409_600, true), (1_772_409_600, true),
                (1_772_409_600, true), (1_709_208_000, false),
            ] as [(Int64, Bool)]
        )
    )
    func forms(text: String, expected: (seconds: Int64, isAbsolute: Bool)) {
        #expect(time(text)?.seconds == expected.seconds)
        #expect(time(text)?.isAbsolute == expected.isAbsolute)
    }

    @Test(
        "is nothing where it is none",
        arguments: [
            "", "yesterday", "2026-02-29 00:00:00", "2026-13-01 00:00:00", "2026-03-02 24:00:00",
            "2026-03-02",
            "2026-03-02 00:00:00 foo", "12", "2026/03/02 00:00:00",
        ]
    )
    func refusals(text: String) {
        #expect(time(text) == nil)
    }

    @Test(
        "of an hour that clocks show twice is known by the order of writing, and one that they skip is no time"
    )
    func localClock() throws {
        var clock = WallClock(.local, try calendar())
        // 2025-10-26: 01:30 BST, then 01:30 GMT.
        let autumn = try #require(time("2025-10-26 01:30:00"))

        let first = clock.moment(autumn, of: 1)
        let second = clock.moment(try #require(time("2025-10-26 01:10:00")), of: 1)
        let other = clock.moment(autumn, of: 2)

        #expect(first == UnixTime(1_761_438_600))
        #expect(second == UnixTime(1_761_441_000))
        #expect(other == first)
        #expect(clock.moment(try #require(time("2026-03-29 01:30:00")), of: 1) == nil)
    }
}
