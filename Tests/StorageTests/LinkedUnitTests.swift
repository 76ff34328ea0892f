import Basics
import Energy
import Foundation
import Metering
import Testing

@testable import Storage

extension PolledPDU {
    /// A PDU with further units behind its address, by number and watts.
    static func host(
        _ key: String = "left",
        name: String? = nil,
        address: String = "192.0.2.1",
        units: [(number: Int, watts: Double)]
    ) -> PolledPDU {
        var polled = PolledPDU.sample(key, name: name, address: address)
        if case .read(var reading) = polled.outcome {
            reading.linkedUnits = units.map { unit in
                let outlet = ElementReading.sample(Element(.outlet, 1), watts: unit.watts)
                var own = DeviceReading(
                    profile: "test",
                    identity: DeviceIdentity(),
                    elements: [.sample(watts: unit.watts), outlet],
                    sensors: [SensorReading(number: 1)]
                )
                own.identity.serial = "S\(unit.number)"
                return LinkedUnit(number: unit.number, reading: own)
            }
            polled.outcome = .read(reading)
        }
        return polled
    }
}

@Suite("A linked unit")
struct LinkedUnitTests {
    private static let day: Int64 = 86_400
    private static let state = """
        SELECT key, name, address, is_configured, coalesce(failure, 'read') FROM pdu
        LEFT JOIN pdu_status ON pdu_status.pdu_id = pdu.id ORDER BY pdu.id
        """

    @Test("is a PDU of its own, named after its host, with readings, rollups, sums, probes and a count")
    func isPDU() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let host = PolledPDU.host(name: "Left PDU", units: [(2, 400), (3, 70)])

        for minute: Int64 in 0..<2 {
            _ = try writer.store(.sample(at: monday + minute * 60, [host]), policy: minutePolicy)
        }

        #expect(
            try history.rows(
                "SELECT id, key, name, address, host_id, unit_number, is_configured, serial FROM pdu"
            )
                == [
                    "1|left|Left PDU|192.0.2.1|||1|", "2|left#2|Left PDU unit 2|192.0.2.1|1|2|1|S2",
                    "3|left#3|Left PDU unit 3|192.0.2.1|1|3|1|S3",
                ]
        )
        #expect(
            try history.value("SELECT pdus_read, pdus_failed FROM run WHERE minute = \(monday.seconds)")
                == "3|0"
        )
        #expect(try history.rows("SELECT pdu_id, number FROM sensor") == ["2|1", "3|1"])
        let hour = try calendar().bucket(.hour, containing: monday)
        let reader = history.reader()
        #expect(
            try reader.rollups(of: [2, 3], in: [hour])[0].mapValues(\.maximum?.power) == [
                2: FixedPoint(400), 3: FixedPoint(70),
            ]
        )
        #expect(try reader.siteRollups(in: [hour])[0]?.maximum?.power == FixedPoint(1470))
        #expect(try reader.siteRollups(in: [hour])[0]?.members == 3)
        #expect(try reader.pdus().map(\.hostID) == [nil, 1, 1])
        #expect(try reader.status(of: 3)?.pdu.unit == 3)
        #expect(try reader.status(of: 3)?.latencyMilliseconds == 12)
    }

    @Test("keeps in step with its host's name and address, read or not, and keeps its history")
    func followsHost() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday, [.host(units: [(2, 400)])]), policy: minutePolicy)

        var renamed = PolledPDU.failed("left")
        renamed.name = "Row 1"
        renamed.address = "192.0.2.99:1161"
        _ = try writer.store(.sample(at: monday + 60, [renamed]), policy: minutePolicy)

        #expect(
            try history.rows(Self.state) == [
                "left|Row 1|192.0.2.99:1161|1|timeout", "left#2|Row 1 unit 2|192.0.2.99:1161|1|timeout",
            ]
        )
        #expect(try history.reader().status(of: 2)?.pdu.host == "192.0.2.99")
        #expect(try history.reader().status(of: 2)?.failureDetail == "no answer")
        #expect(
            try history.rows("SELECT minute - \(monday.seconds), pdu_id FROM failed_poll") == [
                "60|1", "60|2",
            ]
        )
        #expect(try history.value("SELECT pdus_failed FROM run ORDER BY minute DESC") == "2")
    }

    @Test("that its host no longer answers for is unreachable, with a sentence and one event, and comes back")
    func missing() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let minutes: [[(Int, Double)]] = [[(2, 400), (3, 70)], [(3, 70)], [(3, 70)], [(2, 400), (3, 70)]]
        for (minute, units) in minutes.enumerated() {
            let host = PolledPDU.host(name: "Left PDU", units: units.map { (number: $0.0, watts: $0.1) })
            _ = try writer.store(.sample(at: monday + Int64(minute) * 60, [host]), policy: minutePolicy)
            if minute == 2 {
                let status = try history.reader().status(of: 2)
                #expect(status?.failure == .unreachable)
                #expect(
                    status?.failureDetail
                        == "Left PDU was read, but unit 2 was not among the units that its address answers for."
                )
                #expect(status?.lastReadingAt == monday)
                #expect(status?.pdu.isConfigured == true)
            }
        }

        #expect(
            try history.rows("SELECT kind, pdu_id, (at - \(monday.seconds)) / 60 FROM event") == [
                "unreachable|2|1", "reachable|2|3",
            ]
        )
        #expect(
            try history.rows("SELECT pdus_read, pdus_failed FROM run ORDER BY minute") == [
                "3|0", "2|1", "2|1", "3|0",
            ]
        )
        #expect(try history.value("SELECT missing_since FROM pdu WHERE id = 2") == "")
    }

    @Test("is no longer counted after a week without it, but after any time in which its host was not read")
    func retires() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        func store(_ seconds: Int64, _ pdu: PolledPDU) throws -> [String] {
            _ = try writer.store(.sample(at: monday + seconds, [pdu]), policy: minutePolicy)
            return try history.rows("SELECT is_configured FROM pdu ORDER BY id")
        }
        let both = PolledPDU.host(units: [(2, 400)])
        let alone = PolledPDU.host(units: [])

        #expect(try store(0, both) == ["1", "1"])
        #expect(try store(60, .failed()) == ["1", "1"])
        #expect(try store(9 * Self.day, .failed()) == ["1", "1"])
        #expect(try store(9 * Self.day + 60, alone) == ["1", "1"])
        #expect(try store(16 * Self.day, .failed()) == ["1", "1"])
        #expect(try store(16 * Self.day + 60, alone) == ["1", "0"])
        #expect(try store(16 * Self.day + 120, .failed()) == ["1", "0"])
        #expect(try history.value("SELECT pdus_failed FROM run ORDER BY minute DESC LIMIT 1") == "1")
        #expect(try store(16 * Self.day + 180, both) == ["1", "1"])
    }

    @Test("is configured as its host is: not in a run for others alone, but in a complete one")
    func hostRetired() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let host = PolledPDU.host(units: [(2, 400)])
        let other = PolledPDU.sample("other")
        func store(_ minute: Int64, _ pdus: [PolledPDU], isComplete: Bool = true) throws -> [String] {
            let run = PollRun.sample(at: monday + minute * 60, pdus, isComplete: isComplete)
            _ = try writer.store(run, policy: minutePolicy)
            return try history.rows("SELECT key, is_configured FROM pdu ORDER BY id")
        }

        #expect(try store(0, [host, other]) == ["left|1", "left#2|1", "other|1"])
        #expect(try store(1, [other], isComplete: false) == ["left|1", "left#2|1", "other|1"])
        #expect(try store(2, [other]) == ["left|0", "left#2|0", "other|1"])
        #expect(try history.rows("SELECT * FROM failed_poll") == [])
        #expect(try store(3, [.failed("left"), other]) == ["left|1", "left#2|1", "other|1"])
    }

    @Test("and a configured PDU of the same key are two, whoever came first, and stay so")
    func sameKey() throws {
        for isLinkedFirst in [true, false] {
            let history = try TemporaryHistory()
            let writer = try history.writer()
            let host = PolledPDU.host(units: [(2, 400)])
            let namesake = PolledPDU.sample(
                "left#2",
                name: "Mine",
                address: "192.0.2.7",
                [.sample(watts: 55)]
            )
            let later = PolledPDU.host("left#2", name: "Mine", address: "192.0.2.7", units: [(2, 5)])
            let first = isLinkedFirst ? [host] : [namesake]
            let runs = [first, [host, namesake], [namesake, host], [host, later]]
            for (minute, pdus) in runs.enumerated() {
                _ = try writer.store(.sample(at: monday + Int64(minute) * 60, pdus), policy: minutePolicy)
            }

            let expected =
                isLinkedFirst
                ? ["left|left", "left#2|left unit 2", "left#2#|Mine", "left#2##2|Mine unit 2"]
                : ["left#2|Mine", "left|left", "left#2#|left unit 2", "left#2#2|Mine unit 2"]
            #expect(try history.rows("SELECT key, name FROM pdu ORDER BY id") == expected)
            #expect(
                try history.rows("SELECT min(power_watts) FROM power_readings GROUP BY pdu_id ORDER BY 1")
                    == ["5.0", "55.0", "400.0", "1000.0"]
            )
            #expect(try history.rows("SELECT is_configured FROM pdu") == ["1", "1", "1", "1"])
        }
    }

    @Test("named twice in one reading, or read twice in one minute, counts once: the first one stays")
    func twice() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday, [.host(units: [(2, 400), (2, 70)])]), policy: minutePolicy)

        let again = try writer.store(
            .sample(at: monday, [.host(units: [(2, 70), (3, 9)])]),
            policy: minutePolicy
        )

        #expect(again.ignored == 3)
        #expect(again.readings == 2)
        #expect(
            try history.rows("SELECT pdu_id, power_watts FROM power_readings ORDER BY pdu_id") == [
                "1|1000.0", "2|400.0", "3|9.0",
            ]
        )
        #expect(try history.value("SELECT pdus_read, pdus_failed FROM run") == "3|0")
        #expect(
            try history.value("SELECT max_power_watts FROM power_aggregations WHERE pdu_id IS NULL")
                == "1409.0"
        )
    }

    @Test("of a run whose clock is behind is not stored, and its readings are counted as ignored")
    func clockBehind() throws {
        let writer = try TemporaryHistory().writer()
        _ = try writer.store(.sample(at: monday, [.host(units: [(2, 400)])]), policy: minutePolicy)

        let stored = try writer.store(
            .sample(at: monday - 60, [.host(units: [(2, 1)])]),
            policy: minutePolicy
        )

        #expect(stored.ignored == 3)
    }

    @Test("that is replaced is noticed as such, with its number on the bill")
    func replaced() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (minute, serial) in ["A", "B"].enumerated() {
            var host = PolledPDU.host(units: [(2, 400)])
            if case .read(var reading) = host.outcome {
                var unit = reading.linkedUnits[0].reading
                unit.identity.serial = serial
                reading.linkedUnits = [LinkedUnit(number: 2, reading: unit)]
                host.outcome = .read(reading)
            }
            _ = try writer.store(.sample(at: monday + Int64(minute) * 60, [host]), policy: minutePolicy)
        }

        #expect(try history.rows("SELECT kind, pdu_id FROM event") == ["unit_replaced|2"])
        #expect(try history.rows("SELECT pdu_id, serial FROM pdu_unit") == ["2|A", "2|B"])
    }

    @Test("first missed by a clock that was ahead is not missing once that is set aside")
    func rewound() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let alone = PolledPDU.host(units: [])
        _ = try writer.store(.sample(at: monday, [.host(units: [(2, 400)])]), policy: minutePolicy)
        for day: Int64 in [20, 30] {
            _ = try writer.store(.sample(at: monday + day * Self.day, [alone]), policy: minutePolicy)
        }
        #expect(try history.value("SELECT is_configured FROM pdu WHERE id = 2") == "0")

        _ = try writer.setAside(after: monday + Self.day, now: monday + 60)
        _ = try writer.store(.sample(at: monday + 60, [alone]), policy: minutePolicy)

        #expect(
            try history.value("SELECT is_configured, missing_since FROM pdu WHERE id = 2")
                == "1|\(monday.seconds + 60)"
        )
    }
}

@Suite("Histories with linked units")
struct LinkedHistoryTests {
    /// Runs at random in which the third and fourth PDU are units behind the first one's address.
    private func runs(_ seed: UInt64, count: Int) -> [PollRun] {
        var random = RandomHistory(seed: seed, from: monday - 86_400, pdus: 4)
        return (0..<count).map { _ in
            var run = random.next()
            var units: [LinkedUnit] = []
            for (number, key) in [(2, "pdu3"), (3, "pdu4")] {
                guard let index = run.pdus.firstIndex(where: { $0.key == key }) else { continue }
                if case .read(let reading) = run.pdus.remove(at: index).outcome {
                    units.append(LinkedUnit(number: number, reading: reading))
                }
            }
            if let host = run.pdus.firstIndex(where: { $0.key == "pdu1" }),
                case .read(var reading) = run.pdus[host].outcome
            {
                reading.linkedUnits = units
                run.pdus[host].outcome = .read(reading)
            }
            return run
        }
    }

    @Test(
        "come out the same minute by minute, all at once, and rebuilt from packed readings",
        arguments: 300..<303
    )
    func rebuild(seed: UInt64) throws {
        let runs = runs(seed, count: 900)
        let (single, batch) = (try TemporaryHistory(), try TemporaryHistory())
        let (writer, other) = (try single.writer(), try batch.writer())

        for run in runs { _ = try writer.store(run, policy: minutePolicy) }
        _ = try other.store(runs, policy: minutePolicy)
        let accounts = try single.accounts()

        #expect(
            try Set(single.rows("SELECT coalesce(host_id, 0), coalesce(unit_number, 0) FROM pdu")).count == 3
        )
        #expect(try batch.accounts() == accounts)
        #expect(try batch.rows("SELECT * FROM pdu") == single.rows("SELECT * FROM pdu"))
        #expect(try batch.rows("SELECT * FROM event") == single.rows("SELECT * FROM event"))
        try writer.packEverything()
        try writer.rebuild()
        #expect(try single.accounts() == accounts)
    }

    @Test("are the same bytes again once a correction of a linked unit is undone", arguments: 310..<312)
    func correction(seed: UInt64) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = runs(seed, count: 600)
        _ = try writer.store(runs, policy: minutePolicy)
        let accounts = try history.unnumberedAccounts()
        let unit = try #require(try history.reader().pdus().first { $0.hostID != nil }?.id)
        let start = runs[200].minute
        let range = Correction(start: start, end: start + 3600, energy: nil)

        let record = try writer.correct(range, of: unit, reason: "test", author: "test", now: monday)
        #expect(try history.unnumberedAccounts() != accounts)
        let corrected = try history.unnumberedAccounts()
        try writer.rebuild()
        #expect(try history.unnumberedAccounts() == corrected)
        _ = try writer.undoCorrection(record.id, by: "test", now: monday)

        #expect(try history.unnumberedAccounts() == accounts)
    }
}
