import Basics
import Foundation
import Metering
import Testing

@testable import Storage

@Suite("A plan of how to read a device")
struct PlanTests {
    private static let plan = Array("outlets 1...48, column 7".utf8)

    private func polled(_ key: String = "left", plan: [UInt8]?) -> PolledPDU {
        var polled = PolledPDU.sample(key)
        polled.plan = plan.map(record)
        return polled
    }

    private static let kind = Array("a PDU with outlets".utf8)

    private func record(_ plan: [UInt8]) -> PlanRecord {
        PlanRecord(plan: plan, kind: Self.kind, kindKey: -7)
    }

    @Test("is kept until there is a new one, by the key in the configuration")
    func kept() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        #expect(try writer.plans().plans == [:])

        _ = try writer.store(.sample(at: monday, [polled(plan: Self.plan)]), policy: minutePolicy)
        #expect(try writer.plans().plans == ["left": Self.plan])
        _ = try writer.store(.sample(at: monday + 60, [polled(plan: nil)]), policy: minutePolicy)
        #expect(try writer.plans().plans == ["left": Self.plan])
        // A failed poll may have learned something, too; and what a run of a wrong clock learned is right.
        var failed = PolledPDU.failed()
        failed.plan = record([])
        _ = try writer.store(.sample(at: monday + 120, [failed]), policy: minutePolicy)
        #expect(try writer.plans().plans == ["left": []])
        _ = try writer.store(.sample(at: monday, [polled(plan: Self.plan)]), policy: minutePolicy)
        #expect(try writer.plans().plans == ["left": Self.plan])
        #expect(try history.value("SELECT updated_at FROM device_plan") == "\(monday.seconds + 1)")
    }

    @Test("is small in the file, however long")
    func compressed() throws {
        let history = try TemporaryHistory()
        let long = (0..<200_000).map { UInt8($0 % 60) }
        let writer = try history.writer()

        _ = try writer.store(.sample(at: monday, [polled(plan: long)]), policy: minutePolicy)

        #expect(try writer.plans().plans["left"] == long)
        #expect(try history.value("SELECT length(plan) FROM device_plan").flatMap { Int($0) } ?? .max < 4096)
    }

    @Test(
        "that is damaged is none, and the others are as they were",
        arguments: [
            "x'00'", "x''", "x'789c0102'", "x'0000000000'", "CAST(substr(plan, 1, 9) || x'21' AS BLOB)",
        ]
    )
    func damaged(blob: String) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let pdus = [polled("left", plan: Self.plan), polled("right", plan: Self.plan)]
        _ = try writer.store(.sample(at: monday, pdus), policy: minutePolicy)

        _ = try history.rows("UPDATE device_plan SET plan = \(blob) WHERE pdu_id = 1")

        #expect(try writer.plans().plans == ["right": Self.plan])
    }

    @Test("of a PDU that is no longer configured is forgotten, and a linked unit has none")
    func forgotten() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var host = PolledPDU.host("right", units: [(2, 400)])
        host.plan = record(Self.plan)
        _ = try writer.store(
            .sample(at: monday, [polled(plan: Self.plan), host]),
            policy: minutePolicy
        )
        #expect(try writer.plans().plans == ["left": Self.plan, "right": Self.plan])

        _ = try writer.store(.sample(at: monday + 60, [host]), policy: minutePolicy)

        #expect(try writer.plans().plans == ["right": Self.plan])
        #expect(try history.value("SELECT count(*) FROM device_plan") == "1")
    }

    @Test("is found by the configured key even where a linked unit had that key first")
    func sameKey() throws {
        let writer = try TemporaryHistory().writer()
        let runs = [
            [PolledPDU.host(units: [(2, 400)])],
            [.host(units: [(2, 400)]), polled("left#2", plan: Self.plan)],
        ]

        for (minute, pdus) in runs.enumerated() {
            _ = try writer.store(.sample(at: monday + Int64(minute) * 60, pdus), policy: minutePolicy)
        }

        #expect(try writer.plans().plans == ["left#2": Self.plan])
    }

    @Test("names its kind, which is kept once for all, as long as there is a plan of it")
    func kinds() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var other = polled("other", plan: Self.plan)
        other.plan?.kind = [1, 2, 3]
        other.plan?.kindKey = 9
        let pdus = [polled("left", plan: Self.plan), polled("right", plan: []), other]
        _ = try writer.store(.sample(at: monday, pdus), policy: minutePolicy)
        #expect(try writer.plans().kinds == [-7: Self.kind, 9: [1, 2, 3]])

        _ = try history.rows("UPDATE device_kind SET kind = x'00' WHERE key = -7")
        #expect(try writer.plans().kinds == [9: [1, 2, 3]])
        // It is mended by the next plan of that kind, and the last plan's end is the kind's.
        _ = try writer.store(
            .sample(at: monday + 60, [polled("left", plan: Self.plan)]),
            policy: minutePolicy
        )
        #expect(try writer.plans().kinds == [-7: Self.kind])
    }
}
