import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("Events")
struct EventTests {
    /// What `pdus` of one minute after another make happen: kind and element of each event, oldest first.
    private static func happenings(_ minutes: [[PolledPDU]]) throws -> [String] {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (number, pdus) in minutes.enumerated() {
            _ = try writer.store(.sample(at: monday + Int64(number) * 60, pdus), policy: minutePolicy)
        }
        let events = try history.reader().events(of: nil, from: monday, to: monday + 86_400, limit: 100)
        try writer.rebuild()
        #expect(
            try history.value("SELECT count(*) FROM event") == "\(events.count)",
            "a rebuild tells nothing"
        )
        return events.reversed().map { event in
            "\(event.kind) \((event.at - monday) / 60) \(event.pduID ?? 0)/\(event.elementID ?? 0)"
        }
    }

    private static func engine(boots: Int64, id: [UInt8] = [1, 2]) -> PolledPDU {
        .sample(engine: EngineRecord(engineID: id, boots: boots, time: 5, observedAt: monday))
    }

    private static func unit(_ serial: String?, wattHours: Double = 100) -> PolledPDU {
        let parts = (1...3).map { ElementReading.sample(Element(.outlet, $0), wattHours: wattHours) }
        var polled = PolledPDU.sample("left", [.sample(wattHours: wattHours)] + parts)
        if case .read(var reading) = polled.outcome {
            reading.identity.serial = serial
            polled.outcome = .read(reading)
        }
        return polled
    }

    @Test("tell when a PDU can no longer be read, and when it can again, once each")
    func reachability() throws {
        let minutes: [[PolledPDU]] = [
            [.failed()], [.sample()], [.sample()], [.failed()], [.failed("left", .unreachable)], [.sample()],
            [.sample()],
        ]

        #expect(try Self.happenings(minutes) == ["unreachable 3 1/0", "reachable 5 1/0"])
    }

    @Test("tell when an outlet is switched and when something is renamed, but not what merely becomes known")
    func switching() throws {
        func outlet(_ state: SwitchState?, _ name: String?) -> [PolledPDU] {
            var outlet = ElementReading.sample(Element(.outlet, 3), wattHours: 100)
            outlet.state = state
            outlet.name = name
            return [.sample("left", [.sample(), outlet])]
        }
        let minutes = [
            outlet(nil, nil), outlet(.on, "Server"), outlet(.unknown, "Server"), outlet(.on, "Server"),
            outlet(.off, "Server"), outlet(.off, "Switch"), outlet(.on, nil), outlet(.on, "Switch"),
        ]

        #expect(
            try Self.happenings(minutes) == [
                "switched_off 4 1/1000000", "renamed 5 1/1000000", "switched_on 6 1/1000000",
            ]
        )
    }

    @Test("tell when an agent has started again, but not when another one answers")
    func restart() throws {
        let engines = [
            Self.engine(boots: 3), Self.engine(boots: 3), Self.engine(boots: 5), Self.engine(boots: 5),
            Self.engine(boots: 9, id: [7]), Self.engine(boots: 2, id: [7]),
        ]

        #expect(try Self.happenings(engines.map { [$0] }) == ["restarted 2 1/0"])
    }

    @Test("tell of a replaced unit once, whatever it counts, and not when it keeps its number to itself")
    func replaced() throws {
        let units = [
            Self.unit("A"), Self.unit(nil), Self.unit("A"), Self.unit("B", wattHours: 3),
            Self.unit(nil, wattHours: 3),
            Self.unit("B", wattHours: 3),
        ]

        #expect(try Self.happenings(units.map { [$0] }) == ["unit_replaced 3 1/0"])
    }

    @Test("tell of the serial number with the unit's minute, which a rebuild sees the same")
    func unitHistory() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (minute, serial) in ["A", nil, "A", "B", nil].enumerated() {
            _ = try writer.store(
                .sample(at: monday + Int64(minute) * 60, [Self.unit(serial)]),
                policy: minutePolicy
            )
        }

        #expect(
            try history.rows("SELECT (valid_from - \(monday.seconds)) / 60, serial FROM pdu_unit") == [
                "0|A", "3|B",
            ]
        )
        let account = try OpenAccount.stored(of: 1, in: writer.database)
        #expect(Set(account.entries.map { $0.state?.counter?.unit }) == ["B"])
        let accounts = try history.accounts()
        try writer.rebuild()
        #expect(try history.accounts() == accounts)
    }

    @Test("tell of a counter's reset with its element, and with numbers")
    func reset() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (minute, shown) in [5000.0, 5000, 40, 40].enumerated() {
            let outlet = ElementReading.sample(Element(.outlet, 1), wattHours: shown)
            let run = PollRun.sample(at: monday + Int64(minute) * 60, [.sample("left", [.sample(), outlet])])
            _ = try writer.store(run, policy: minutePolicy)
        }

        let events = try history.reader().events(of: 1, from: monday, to: monday + 86_400, limit: 9)

        #expect(events.map(\.kind) == ["counter_reset"])
        #expect(events.first?.elementID == 1_000_000)
        #expect(events.first?.at == monday + 120)
        #expect(events.first?.detail.contains("5 kWh back to 0.04 kWh") == true)
    }

    @Test("tell of a power that cannot be once for a series of them")
    func absurdPower() throws {
        let watts = [1000.0, 900_000, 900_000, 1000, 900_000]

        #expect(
            try Self.happenings(watts.map { [.sample("left", [.sample(watts: $0)])] })
                == ["power_withheld 1 1/1", "power_withheld 4 1/1"]
        )
    }

    @Test("are the same whether runs are stored one by one or many at once", arguments: 100..<102)
    func batched(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400, pdus: 4)
        let runs = (0..<800).map { _ in random.next() }
        let (single, batch) = (try TemporaryHistory(), try TemporaryHistory())
        let writer = try single.writer()

        for run in runs { _ = try writer.store(run, policy: minutePolicy) }
        _ = try batch.writer().store(runs, policy: minutePolicy)

        let events = try single.rows("SELECT * FROM event")
        #expect(Set(try single.rows("SELECT kind FROM event")).count > 6)
        #expect(try batch.rows("SELECT * FROM event") == events)
        #expect(events.count < 800)
    }

    @Test("come newest first, of the site or of one PDU, as many as are asked for")
    func queries() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for minute: Int64 in 0..<6 {
            let pdus: [PolledPDU] =
                minute.isMultiple(of: 2) ? [.sample("a"), .sample("b")] : [.failed("a"), .sample("b")]
            _ = try writer.store(.sample(at: monday + minute * 60, pdus), policy: minutePolicy)
        }
        let reader = history.reader()

        let all = try reader.events(of: nil, from: monday, to: monday + 3600, limit: 99)
        let minutes: [Int64] = [5, 4, 3, 2, 1]
        #expect(all.map(\.at) == minutes.map { monday + $0 * 60 })
        #expect(try reader.events(of: 1, from: monday, to: monday + 3600, limit: 2) == Array(all.prefix(2)))
        #expect(try reader.events(of: 2, from: monday, to: monday + 3600, limit: 99) == [])
        #expect(
            try reader.events(of: nil, from: monday + 60, to: monday + 180, limit: 9) == Array(all.suffix(2))
        )
    }
}

@Suite("An element")
struct ElementQueryTests {
    @Test("is found by its id, and by its kind and number on its PDU")
    func lookup() throws {
        let history = try TemporaryHistory()
        var outlet = ElementReading.sample(Element(.outlet, 7), wattHours: 100)
        outlet.name = "router"
        outlet.energyResolution = FixedPoint(100)
        _ = try history.writer()
            .store(.sample(at: monday, [.sample("left", [.sample(), outlet])]), policy: minutePolicy)
        let reader = history.reader()

        let found = try reader.element(Element(.outlet, 7), of: 1)

        #expect(found?.id == 1_000_000)
        #expect(found?.pdu.name == "left")
        #expect(found?.element == Element(.outlet, 7))
        #expect(found?.name == "router")
        #expect(found?.energyResolution == FixedPoint(100))
        #expect(try reader.element(id: 1_000_000) == found)
        #expect(try reader.element(id: 1)?.element == .wholePDU)
        #expect(try reader.element(Element(.outlet, 8), of: 1) == nil)
        #expect(try reader.element(id: 5) == nil)
    }
}
