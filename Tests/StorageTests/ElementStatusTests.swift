import Basics
import Energy
import Foundation
import Metering
import Testing

@testable import Storage

@Suite("The latest of a PDU's parts")
struct ElementStatusTests {
    private func outlet(
        _ number: Int = 1,
        state: SwitchState? = .on,
        watts: Double? = 100,
        _ change: (inout ElementReading) -> Void = { _ in }
    ) -> ElementReading {
        var outlet = ElementReading.sample(Element(.outlet, number), watts: watts)
        outlet.state = state
        change(&outlet)
        return outlet
    }

    private func store(_ minutes: [[ElementReading]], in history: TemporaryHistory) throws -> HistoryWriter {
        let writer = try history.writer()
        for (minute, elements) in minutes.enumerated() {
            let run = PollRun.sample(
                at: monday + Int64(minute) * 60,
                [.sample("left", [.sample()] + elements)]
            )
            _ = try writer.store(run, policy: minutePolicy)
        }
        return writer
    }

    @Test("has every value and fact of the newest reading, in the order of kinds and numbers")
    func everything() throws {
        let history = try TemporaryHistory()
        let full = outlet(12) { reading in
            reading.name = "router"
            reading.apparentPower = FixedPoint(110)
            reading.current = FixedPoint(thousandths: 480)
            reading.voltage = FixedPoint(230)
            reading.powerFactor = FixedPoint(thousandths: 910)
            reading.energy = FixedPoint(5000)
            reading.energyResolution = FixedPoint(100)
            reading.energyMaximum = FixedPoint(100_000)
            reading.energySince = "1 March"
            reading.ratedCurrent = FixedPoint(16)
            reading.ratedPower = FixedPoint(3680)
            reading.warningCurrent = FixedPoint(12)
            reading.criticalCurrent = FixedPoint(15)
            reading.bank = 2
            reading.phase = 3
            reading.powerIsEstimate = true
        }
        _ = try store([[outlet(12), outlet(3)], [full, outlet(3)]], in: history)

        let elements = try history.reader().elements(of: 1)

        #expect(elements.map(\.reading.element) == [Element(.outlet, 3), Element(.outlet, 12), .wholePDU])
        #expect(elements[1].reading == full)
        #expect(elements[1].measuredAt == monday + 60)
        #expect(elements.map(\.id) == [1_000_001, 1_000_000, 1])
        #expect(try history.reader().elements(of: 2) == [])
    }

    @Test("has new facts from the minute at which they are said: thresholds, ratings and what feeds it")
    func versions() throws {
        let history = try TemporaryHistory()
        let changes: [(inout ElementReading) -> Void] = [
            { _ in }, { _ in }, { $0.warningCurrent = FixedPoint(10) },
            { $0.criticalCurrent = FixedPoint(10) },
            { $0.ratedPower = FixedPoint(10) }, { $0.bank = 1 }, { $0.phase = 1 }, { $0.phase = 1 },
        ]
        _ = try store(changes.map { [outlet(1, $0)] }, in: history)

        #expect(
            try history.rows(
                """
                SELECT (valid_from - \(monday.seconds)) / 60, warning_milliamps, critical_milliamps, rated_milliwatts,
                    bank_number, phase_number
                FROM element_version WHERE element_id = 1000000 ORDER BY valid_from
                """
            ) == ["0|||||", "2|10000||||", "3||10000|||", "4|||10000||", "5||||1|", "6|||||1"]
        )
    }

    @Test(
        "knows since when a state has been so, but not where it was never another",
        arguments: [
            ("1111", nil), ("0111", 1), ("0101", 3), ("0110", 3), ("01n1", 1), ("0n11", 2), ("n111", nil),
            ("1c11", 2),
            ("110n", nil), ("1001010", 6),
        ] as [(String, Int64?)]
    )
    func stateSince(states: String, minute: Int64?) throws {
        let known: [Character: SwitchState] = ["0": .off, "1": .on, "c": .unknown]
        let history = try TemporaryHistory()
        // A name that changes makes versions of its own, which are no switching.
        let minutes = states.enumerated().map { index, state in
            [outlet(state: known[state]) { $0.name = "name \(index)" }]
        }
        _ = try store(minutes, in: history)

        let found = try #require(try history.reader().elements(of: 1).first)

        #expect(found.reading.state == states.last.flatMap { known[$0] })
        #expect(found.stateSince == minute.map { monday + $0 * 60 })
    }

    @Test("that is only switched was never measured, and one that is gone has its last reading")
    func unmeasured() throws {
        let history = try TemporaryHistory()
        let minutes = [[outlet(1, watts: nil), outlet(2)], [outlet(1, watts: nil)]]
        _ = try store(minutes, in: history)

        let elements = try history.reader().elements(of: 1)

        #expect(elements[0].reading.state == .on)
        #expect(elements[0].measuredAt == nil)
        #expect(elements[1].measuredAt == monday)
        #expect(elements[1].reading.activePower == FixedPoint(100))
        #expect(elements[2].measuredAt == monday + 60)
    }

    @Test("is found where it is packed")
    func packed() throws {
        let history = try TemporaryHistory()
        let readings = (0..<5).map { minute in
            [outlet { $0.voltage = FixedPoint(228 + minute) }]
        }
        let writer = try store(readings, in: history)
        let before = try history.reader().elements(of: 1)
        for hour: Int64 in 1..<60 {
            _ = try writer.store(.sample(at: monday + hour * 3600, [.sample("right")]), policy: minutePolicy)
        }
        try writer.packEverything()
        #expect(try history.value("SELECT count(*) FROM part_reading WHERE pdu_id = 1") == "0")

        #expect(try history.reader().elements(of: 1) == before)
        #expect(before[0].reading.voltage == FixedPoint(232))
    }

    @Test("has each probe's newest reading of the last hour")
    func probes() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for minute: Int64 in 0..<90 {
            var polled = PolledPDU.sample()
            if case .read(var reading) = polled.outcome {
                reading.sensors = [1, 2, 3].filter { minute < 10 || (minute < 60 && $0 < 3) || $0 == 1 }.map {
                    number in
                    var probe = SensorReading(number: number)
                    probe.name = "probe \(number)"
                    probe.temperature = FixedPoint(Int(minute))
                    probe.humidity = number == 1 ? FixedPoint(40) : nil
                    return probe
                }
                polled.outcome = .read(reading)
            }
            _ = try writer.store(.sample(at: monday + minute * 60, [polled]), policy: minutePolicy)
        }

        let sensors = try history.reader().sensors(of: 1)

        #expect(sensors.map(\.reading.number) == [1, 2, 3])
        #expect(sensors.map(\.reading.name) == ["probe 1", "probe 2", "probe 3"])
        #expect(sensors.map(\.reading.temperature) == [FixedPoint(89), FixedPoint(59), nil])
        #expect(sensors.map(\.reading.humidity) == [FixedPoint(40), nil, nil])
        #expect(sensors.map(\.readAt) == [monday + 89 * 60, monday + 59 * 60, nil])
    }

    @Test("has events of its own")
    func events() throws {
        let history = try TemporaryHistory()
        let writer = try store(
            [[outlet(1) { $0.energy = FixedPoint(5000) }], [outlet(1) { $0.energy = FixedPoint(1) }]],
            in: history
        )
        _ = try writer.store(.sample(at: monday + 180, [.failed()]), policy: minutePolicy)
        let reader = history.reader()

        let found = try reader.events(ofElement: 1_000_000, from: monday, to: monday + 3600, limit: 9)

        #expect(found.map(\.kind) == ["counter_reset"])
        #expect(try reader.events(of: 1, from: monday, to: monday + 3600, limit: 9).count == 2)
        #expect(try reader.events(ofElement: 1, from: monday, to: monday + 3600, limit: 9) == [])
    }
}
