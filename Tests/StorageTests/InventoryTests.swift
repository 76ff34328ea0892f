import Basics
import Energy
import Foundation
import Metering
import SQLite
import TestSupport
import Testing

@testable import Storage

@Suite("Everything at once")
struct InventoryTests {
    private static let outlet = Element(.outlet, 1)
    private static let fresh = Freshness(now: monday + 180 * 60 + 30, interval: 60)

    /// Two PDUs at 1 kW for three hours, each with an outlet of 100 W.
    private static func hours() throws -> (history: TemporaryHistory, writer: HistoryWriter) {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let readings = [ElementReading.sample(), .sample(outlet, watts: 100)]
        let runs = (0...180).map { minute in
            PollRun.sample(at: monday + minute * 60, [.sample("left", readings), .sample("right", readings)])
        }
        _ = try writer.store(runs, policy: minutePolicy)
        return (history, writer)
    }

    private static func energies(in history: TemporaryHistory) throws -> [Int64?] {
        try history.reader().inventory(fresh).units.flatMap(\.elements).map(\.millijoules)
    }

    private static let kilowattHour: Int64 = 3_600_000_000

    @Test("is what asking for each PDU by itself says")
    func same() throws {
        let (history, _) = try Self.hours()
        let reader = history.reader()

        let inventory = try reader.inventory(Self.fresh)

        #expect(inventory.units.map(\.key) == ["left", "right"])
        #expect(inventory.run == Inventory.Run(startedAt: monday + 10_801, durationMilliseconds: 100))
        let status = try reader.status()
        #expect(inventory.units.map(\.status) == status)
        for unit in inventory.units {
            let elements = try reader.elements(of: unit.status.pdu.id)
            #expect(unit.elements.map(\.status.id) == elements.map(\.id))
            #expect(unit.elements.map(\.status.reading) == elements.map(\.reading))
            #expect(unit.elements.map(\.status.measuredAt) == elements.map(\.measuredAt))
            #expect(unit.elements.map(\.firstReadAt) == [monday, monday])
        }
    }

    @Test("leaves out what was measured of whatever is not fresh, and keeps what it used")
    func stale() throws {
        let (history, writer) = try Self.hours()
        let later = monday + 183 * 60
        _ = try writer.store(
            .sample(at: later, [.sample("left", [.sample()]), .failed("right")]),
            policy: minutePolicy
        )

        let inventory = try history.reader().inventory(Freshness(now: later, interval: 60))

        let powers = inventory.units.map { $0.elements.map(\.status.reading.activePower) }
        #expect(powers == [[nil, FixedPoint(1000)], [nil, nil]])
        #expect(inventory.units.allSatisfy { unit in unit.elements.allSatisfy { $0.millijoules != nil } })
    }

    @Test("has of each element what all months have, and the hour at hand")
    func energy() throws {
        let (history, _) = try Self.hours()

        let tenth = Self.kilowattHour / 10
        #expect(try Self.energies(in: history) == [3 * tenth, 30 * tenth, 3 * tenth, 30 * tenth])
    }

    @Test("has counters that stay when the past is corrected, corrected back or worked out again")
    func corrected() throws {
        let (history, writer) = try Self.hours()
        let before = try Self.energies(in: history)
        let range = Correction(start: monday + 3600, end: monday + 7200, energy: Self.kilowattHour / 4)

        let record = try writer.correct(range, of: 1, reason: "bridged", author: "ann", now: monday + 20_000)
        let other = Correction(start: monday + 3600, end: monday + 7200, energy: Self.kilowattHour)
        _ = try writer.correct(other, of: 1_000_001, reason: "x", author: "ann", now: monday + 20_000)

        #expect(try Self.energies(in: history) == before)
        #expect(
            try history.rows("SELECT * FROM energy_offset ORDER BY element_id") == [
                "1|\(Self.kilowattHour / 4 * 3)", "1000001|\(-(Self.kilowattHour / 10 * 9))",
            ]
        )

        // What is used from then on counts as ever.
        let next = PollRun.sample(
            at: monday + 181 * 60,
            [.sample("left", [.sample(), .sample(Self.outlet, watts: 100)]), .failed("right")]
        )
        _ = try writer.store(next, policy: minutePolicy)
        let minute = Self.kilowattHour / 60
        let after = try Self.energies(in: history)
        #expect(after == [(before[0] ?? 0) + minute / 10, (before[1] ?? 0) + minute, before[2], before[3]])

        try writer.rebuild()
        #expect(try Self.energies(in: history) == after)

        _ = try writer.undoCorrection(record.id, by: "ann", now: monday + 30_000)
        #expect(try Self.energies(in: history) == after)
        #expect(try history.rows("SELECT element_id FROM energy_offset") == ["1000001"])
    }

    @Test("goes on where a PDU's counter begins again, and tells how often that was")
    func reset() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (minute, wattHours) in [5000.0, 5020, 5040, 0, 20, 40].enumerated() {
            let reading = ElementReading.sample(watts: 1200, wattHours: wattHours)
            let run = PollRun.sample(at: monday + Int64(minute) * 60, [.sample("left", [reading])])
            _ = try writer.store(run, policy: minutePolicy)
        }

        let unit = try #require(
            try history.reader().inventory(Freshness(now: monday + 300, interval: 60)).units.first
        )

        #expect(unit.elements.map(\.resets) == [1])
        // Five minutes of 1.2 kW, whatever the counter said.
        #expect(unit.elements.map(\.millijoules) == [Self.kilowattHour / 10])
    }

    @Test("counts each run in which reading failed once, by reason, and does not forget")
    func failures() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let reasons: [FailureReason] = [.timeout, .timeout, .unknownUser]
        for (minute, reason) in reasons.enumerated() {
            let run = PollRun.sample(at: monday + Int64(minute) * 60, [.failed("left", reason)])
            _ = try writer.store(run, policy: minutePolicy)
            _ = try writer.store(run, policy: minutePolicy)
        }
        _ = try history.rows("DELETE FROM failed_poll")

        let unit = try #require(
            try history.reader().inventory(Freshness(now: monday + 300, interval: 60)).units.first
        )

        #expect(unit.failures == [.timeout: 2, .unknownUser: 1])
    }

    @Test("has failures of before there was a count of them")
    func migrated() throws {
        let database = try Connection(.memory, .create, busyTimeout: 0)
        for migration in Migration.all where migration.number < 11 { try migration.apply(to: database) }
        try database.execute(
            """
            INSERT INTO pdu (id, key, name, address, created_at, is_configured) VALUES (1, 'a', 'a', 'a', 0, 1);
            INSERT INTO failed_poll VALUES (60, 1, 'timeout'), (120, 1, 'timeout'), (180, 1, 'deadline')
            """
        )

        try Migration.all.first { $0.number == 11 }?.apply(to: database)

        let rows = try database.prepare("SELECT reason, failures FROM poll_error ORDER BY reason").all {
            row in
            "\(row.text(0)) \(row.int(1))"
        }
        #expect(rows == ["deadline 1", "timeout 2"])
    }
}
