// What the system before this one got wrong in its accounts, each as it was measured there: the name says what it
// did, the test what is true. Asked from outside, by the views that anybody may query.

import Basics
import Energy
import Foundation
import Metering
import Testing

@testable import Storage

@Suite("Not like the predecessor:")
struct PredecessorTests {
    @Test("two PDUs at 1 kW for a day are 48 kWh, not 24.6")
    func twoPDUsForADay() throws {
        let history = try TemporaryHistory()
        let pdus = [PolledPDU.sample("left"), .sample("right")]

        try history.store(from: monday, hours: 24, pdus)

        #expect(try history.energy("daily", of: nil, at: monday) == "48.0")
        #expect(try history.energy("daily", of: 1, at: monday) == "24.0")
    }

    @Test("half the samples are the whole energy, not half of it")
    func halfTheSamples() throws {
        let every = try TemporaryHistory()
        let second = try TemporaryHistory()

        try every.store(from: monday, hours: 24, [.sample()], interval: 60)
        try second.store(from: monday, hours: 24, [.sample()], interval: 120)

        #expect(try every.energy("daily", of: 1, at: monday) == "24.0")
        #expect(try second.energy("daily", of: 1, at: monday) == "24.0")
    }

    @Test("a year at 100 W is 876 kWh in months of their own lengths, not 864 in months of 72")
    func everyMonth() throws {
        let history = try TemporaryHistory()
        let newYear = UnixTime(1_735_689_600)
        let pdus = [PolledPDU.sample("left", [.sample(watts: 100)])]

        try history.store(from: newYear, hours: 365 * 24, pdus, interval: 1800, now: newYear)

        let months = try history.rows(
            """
            SELECT round(total_kwh, 6) FROM power_aggregations
            WHERE pdu_id = 1 AND period_type = 'monthly' AND period_start < '2026' ORDER BY period_start
            """
        )
        // March has lost an hour to the clocks, and October won one.
        let hours = [744, 672, 743, 720, 744, 720, 744, 744, 720, 745, 720, 744]
        #expect(months == hours.map { "\(Double($0) / 10)" })
        #expect(hours.reduce(0, +) == 8760)
    }

    @Test("an idle PDU is 0 W, not 22.8 made of its current, nor the last good value")
    func idle() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var idle = ElementReading.sample(watts: 0)
        idle.current = FixedPoint(thousandths: 100)
        idle.voltage = FixedPoint(240)

        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 60, [.sample("left", [idle])]), policy: minutePolicy)

        #expect(
            try history.rows("SELECT power_watts FROM power_readings ORDER BY timestamp") == [
                "1000.0", "0.0",
            ]
        )
        #expect(
            try history.value("SELECT min_power_watts FROM power_aggregations WHERE pdu_id = 1") == "0.0"
        )
    }

    @Test("a reading above 16 A is stored and counted, not thrown away")
    func highCurrent() throws {
        let history = try TemporaryHistory()
        var reading = ElementReading.sample(watts: 6900)
        reading.current = FixedPoint(30)

        try history.store(from: monday, hours: 1, [.sample("left", [reading])])

        #expect(try history.value("SELECT count(*) FROM power_readings WHERE power_watts = 6900") == "61")
        #expect(try history.energy("hourly", of: 1, at: monday) == "6.9")
    }

    @Test(
        "every hour around a clock change is an hour: none of two, none of no length, no bar seven times too high",
        arguments: [("2025-03-30", UnixTime(1_743_292_800), 23), ("2025-10-26", UnixTime(1_761_433_200), 25)]
    )
    func clockChange(date: String, midnight: UnixTime, hours: Int) throws {
        let history = try TemporaryHistory()

        try history.store(from: midnight - 7200, hours: hours + 4, [.sample()], now: midnight - 7200)

        let bars = try history.rows(
            """
            SELECT DISTINCT strftime('%s', period_end) - strftime('%s', period_start), total_kwh
            FROM power_aggregations
            WHERE period_type = 'hourly' AND pdu_id = 1 AND period_end <= '\((midnight + Int64(hours) * 3600 + 7200).iso8601)'
            """
        )
        #expect(bars == ["3600|1.0"])
        #expect(try history.energy("daily", of: 1, at: midnight) == "\(hours).0")
    }

    @Test("missing hours are missing, not 0")
    func missingHours() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        for hour: Int64 in 1...3 {
            _ = try writer.store(.sample(at: monday + hour * 3600, [.failed()]), policy: minutePolicy)
        }
        _ = try writer.store(.sample(at: monday + 4 * 3600), policy: minutePolicy)

        let hours = try history.rows(
            """
            SELECT substr(period_start, 12, 2), total_kwh FROM power_aggregations
            WHERE period_type = 'hourly' AND pdu_id = 1 ORDER BY period_start
            """
        )
        #expect(hours == ["00|", "04|"])
    }

    @Test("the sum of all PDUs is a row of its own, not stored under every PDU's id")
    func combined() throws {
        let history = try TemporaryHistory()
        let pdus = [PolledPDU.sample("left"), .sample("right", [.sample(watts: 3000)])]

        try history.store(from: monday, hours: 1, pdus)

        let rows = try history.rows(
            """
            SELECT ifnull(pdu_id, 'all'), total_kwh, avg_power_watts, max_power_watts FROM power_aggregations
            WHERE period_type = 'hourly' AND period_start = '\(monday.iso8601)' ORDER BY pdu_id
            """
        )
        #expect(rows == ["all|4.0|4000.0|4000.0", "1|1.0|1000.0|1000.0", "2|3.0|3000.0|3000.0"])
    }

    @Test("all three phases are read, and none of them is taken for the unit")
    func threePhases() throws {
        let history = try TemporaryHistory()
        let phases = (1...3).map { ElementReading.sample(Element(.phase, $0), watts: Double($0) * 100) }

        try history.store(from: monday, hours: 1, [.sample("left", [.sample(watts: 600)] + phases)])

        let energies = try history.rows(
            """
            SELECT kind, number, integrated_millijoules / 3600000 FROM rollup
            JOIN bucket ON bucket.id = bucket_id JOIN element ON element.id = element_id
            WHERE period = 'hourly' AND start = \(monday.seconds) ORDER BY element.id
            """
        )
        #expect(energies == ["pdu|0|600", "phase|1|100", "phase|2|200", "phase|3|300"])
    }
}

extension TemporaryHistory {
    /// Stores the same of `pdus` every `interval` seconds for `hours` hours, both ends included.
    fileprivate func store(
        from start: UnixTime,
        hours: Int,
        _ pdus: [PolledPDU],
        interval: Int64 = 60,
        now: UnixTime = monday
    ) throws {
        let end = start + Int64(hours) * 3600
        let runs = stride(from: start.seconds, through: end.seconds, by: Int(interval))
            .map { PollRun.sample(at: UnixTime($0), pdus) }
        _ = try writer(now: now).store(runs, policy: LedgerPolicy(maximumGap: 3 * interval))
    }

    /// The kWh of one bucket; of all PDUs together for nil.
    fileprivate func energy(_ period: String, of pdu: Int64?, at start: UnixTime) throws -> String? {
        try value(
            """
            SELECT total_kwh FROM power_aggregations WHERE period_type = '\(period)'
            AND pdu_id IS \(pdu.map(String.init) ?? "NULL") AND period_start = '\(start.iso8601)'
            """
        )
    }
}
