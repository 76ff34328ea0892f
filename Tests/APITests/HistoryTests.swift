import Basics
import Energy
import Foundation
import Metering
import Storage
import TestSupport
import Testing

@testable import API

@Suite("GET /api/history")
struct HistoryTests {
    private struct Place {
        let zone: String
        let from: String
        let until: String
    }

    /// Over the nights in which clocks change: 25 hours, 23 hours, half an hour, and none.
    private static let sites = [
        Place(zone: "Europe/London", from: "2026-10-24T20:00:00Z", until: "2026-10-26T16:30:00Z"),
        Place(zone: "America/New_York", from: "2026-03-07T12:00:00Z", until: "2026-03-10T02:10:00Z"),
        Place(zone: "Australia/Lord_Howe", from: "2026-04-04T02:00:00Z", until: "2026-04-06T09:00:00Z"),
        Place(zone: "Asia/Kolkata", from: "2026-01-30T10:00:00Z", until: "2026-02-02T08:20:00Z"),
    ]

    private static func site(_ index: Int) throws -> RealSite {
        let site = sites[index]
        return try RealSite(seed: UInt64(700 + index), site.zone, from: site.from, until: site.until)
    }

    /// What the answer says of its buckets, to be compared.
    private struct Columns {
        let starts: [UnixTime]
        let ends: [UnixTime]

        init(_ data: [String: Any]) throws {
            starts = try #require(data["starts"] as? [String]).map(moment)
            ends = try #require(data["ends"] as? [String]).map(moment)
        }
    }

    /// A range at random, mostly cut anywhere, now and then by the calendar.
    private static func range(_ site: RealSite, _ generator: inout SeededGenerator) -> (UnixTime, UnixTime) {
        let times = site.oldest.seconds - 7200...site.newest.seconds + 7200
        let all = [
            UnixTime(Int64.random(in: times, using: &generator)),
            UnixTime(Int64.random(in: times, using: &generator)),
        ].sorted()
        if Int.random(in: 0..<3, using: &generator) == 0 {
            return (
                site.calendar.bucket(.day, containing: all[0]).start,
                site.calendar.bucket(.day, containing: all[1]).end
            )
        }
        return (all[0], all[1] + 1)
    }

    @Test(
        "has the energies, means and extremes of the ledger and the readings, wherever it is cut",
        arguments: 0..<4
    )
    func agreesWithLedger(index: Int) throws {
        let site = try Self.site(index)
        var generator = SeededGenerator(seed: UInt64(index))
        let units = try site.units
        for _ in 0..<12 {
            let (start, end) = Self.range(site, &generator)
            let resolution = ["hour", "day", "month", "auto"].randomElement(using: &generator) ?? "day"
            let outlets = try site.outlets(of: units.randomElement(using: &generator) ?? 1)
            let choices = [units, [units[1]], Array(units.prefix(2)), outlets, [outlets[2]]]
            let ids = choices.randomElement(using: &generator) ?? units
            let selection = "element_ids=" + ids.map(String.init).joined(separator: ",")
            let all = ids == units && Bool.random(using: &generator)
            let path =
                "/api/history?start=\(start.iso8601)&end=\(end.iso8601)&resolution=\(resolution)&each=1&"
                + (all ? "" : selection)
            let data = try site.data(path)
            if data["resolution"] as? String == "minute" { continue }
            try Self.check(data, of: ids, in: site, path)
        }
    }

    /// Compares each bucket with explanations and with single readings.
    private static func check(
        _ data: [String: Any],
        of ids: [Int64],
        in site: RealSite,
        _ path: String
    ) throws {
        let columns = try Columns(data)
        let total = try #require(data["total"] as? [String: Any])
        let series = try #require(data["series"] as? [[String: Any]])
        #expect(series.map { $0["element_id"] as? Int64 } == ids, "\(path)")
        #expect(zip(columns.ends, columns.starts.dropFirst()).allSatisfy { $0 == $1 }, "\(path)")
        var millionths: Int64?
        var highest: Double?
        for index in columns.starts.indices {
            let (start, end) = (columns.starts[index], columns.ends[index])
            let rollups = try ids.map { try site.reader.explanation(of: $0, from: start, to: end).rollup }
            let energy = EnergyParts(rollups.map(\.energy)).total
            if let energy { millionths = (millionths ?? 0) + energy }
            let kwh = numbers(total["kwh"])[index]
            #expect(kwh == energy.map { Double($0) / 1_000_000 }, "\(path) \(start.iso8601)")
            let means = rollups.compactMap(\.meanWatts)
            expectEqual(numbers(total["avg_power"])[index], means.isEmpty ? nil : means.reduce(0, +), path)
            let slow = try slowExtremes(of: ids, from: start, to: end, in: site)
            #expect(numbers(total["max_power"])[index] == slow?.highest, "\(path) \(start.iso8601)")
            #expect(numbers(total["min_power"])[index] == slow?.lowest, "\(path) \(start.iso8601)")
            highest = [highest, slow?.highest].compactMap { $0 }.max()
            for (rollup, one) in zip(rollups, series) {
                #expect(
                    numbers(one["kwh"])[index]
                        == EnergyParts([rollup.energy]).total.map { Double($0) / 1_000_000 },
                    "\(path) \(start.iso8601)"
                )
                #expect(numbers(one["max_power"])[index] == rollup.maximum?.power.doubleValue, "\(path)")
                #expect(numbers(one["min_power"])[index] == rollup.minimum?.power.doubleValue, "\(path)")
            }
        }
        let sum = try #require(data["sum"] as? [String: Any])
        expectEqual(sum["kwh"] as? Double, millionths.map { Double($0) / 1_000_000 }, path)
        #expect(sum["max_power_watts"] as? Double == highest, "\(path)")
    }

    private static func expectEqual(_ left: Double?, _ right: Double?, _ path: String) {
        guard let left, let right else {
            #expect(left == right, "\(path)")
            return
        }
        #expect(abs(left - right) < 0.001, "\(path)")
    }

    /// The highest sum, and the lowest of the most elements, from single readings.
    private static func slowExtremes(
        of ids: [Int64],
        from start: UnixTime,
        to end: UnixTime,
        in site: RealSite
    ) throws -> (highest: Double, lowest: Double)? {
        let grid = TimeGrid(from: start, until: end, interval: site.interval)
        let powers = try site.reader.powers(of: ids, on: grid)
        let sums = (0..<grid.count).map { place in ids.compactMap { powers[$0]?[place]?.thousandths } }
            .filter { !$0.isEmpty }
        guard let most = sums.map(\.count).max(),
            let highest = sums.map({ $0.reduce(0, +) }).max(),
            let lowest = sums.filter({ $0.count == most }).map({ $0.reduce(0, +) }).min()
        else { return nil }
        return (Double(highest) / 1000, Double(lowest) / 1000)
    }

    @Test(
        "by minutes and quarters of an hour is made of the readings, and sums up to the ledger's energy",
        arguments: 0..<4
    )
    func agreesWithReadings(index: Int) throws {
        let site = try Self.site(index)
        var generator = SeededGenerator(seed: UInt64(index))
        let units = try site.units
        for resolution in ["minute", "quarter_hour", "minute", "quarter_hour"] {
            let start = UnixTime(
                Int64.random(in: site.oldest.seconds...site.newest.seconds - 30_000, using: &generator)
            )
            let end = start + Int64.random(in: 100...29_000, using: &generator)
            let path =
                "/api/history?start=\(start.iso8601)&end=\(end.iso8601)&resolution=\(resolution)&each=1"
            let data = try site.data(path)
            let columns = try Columns(data)
            let total = try #require(data["total"] as? [String: Any])
            for index in columns.starts.indices {
                let (start, end) = (columns.starts[index], columns.ends[index])
                let step: Int64 = resolution == "minute" ? 300 : 900
                #expect(index == 0 || start.seconds % step == 0)
                let grid = TimeGrid(from: start, until: end, interval: site.interval)
                let powers = try site.reader.powers(of: units, on: grid).mapValues { $0.compactMap { $0 } }
                var (energy, mean) = (0.0, 0.0)
                for read in powers.values where !read.isEmpty {
                    let average = read.map(\.doubleValue).reduce(0, +) / Double(read.count)
                    mean += average
                    energy +=
                        average * Double(min(Int64(read.count) * site.interval, end - start)) / 3_600_000
                }
                let isRead = powers.values.contains { !$0.isEmpty }
                let kwh = numbers(total["kwh"])[index]
                #expect(kwh.map { abs($0 - energy) < 0.000_002 } ?? !isRead, "\(path) \(start.iso8601)")
                Self.expectEqual(numbers(total["avg_power"])[index], isRead ? mean : nil, path)
                let slow = try Self.slowExtremes(of: units, from: start, to: end, in: site)
                #expect(numbers(total["max_power"])[index] == slow?.highest, "\(path)")
                #expect(numbers(total["min_power"])[index] == slow?.lowest, "\(path)")
            }
            let ledger = try units.map { try site.reader.explanation(of: $0, from: start, to: end).rollup }
            let sum = try #require(data["sum"] as? [String: Any])
            let known = EnergyParts(ledger.map(\.energy)).total
            #expect(sum["kwh"] as? Double == known.map { Double($0) / 1_000_000 }, "\(path)")
            #expect(sum["first_reading"] as? String == site.calendar.iso8601(site.oldest))
        }
    }

    @Test("gives a day of 25 hours 25 buckets, two of them of the hour that is shown twice")
    func longDay() throws {
        let site = try Self.site(0)
        let data = try site.data("/api/history?start=2026-10-25&end=2026-10-26&resolution=hour")
        let starts = try #require(data["starts"] as? [String])

        #expect(starts.count == 25)
        #expect(starts[1] == "2026-10-25T01:00:00+01:00")
        #expect(starts[2] == "2026-10-25T01:00:00Z")
        #expect(data["partial"] as? [Bool] == Array(repeating: false, count: 25))
        let total = try #require(data["total"] as? [String: Any])
        let day = try site.data("/api/history?start=2026-10-25&end=2026-10-26&resolution=day")
        let bar = try #require(day["total"] as? [String: Any])
        #expect(
            abs(numbers(total["kwh"]).compactMap { $0 }.reduce(0, +) - (numbers(bar["kwh"])[0] ?? 0))
                < 0.000_02
        )
    }

    @Test("chooses the resolution by the length of the range")
    func automatic() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]
        let expected = [
            ("2024-01-31T00:00", "2024-01-31T06:00", "minute"),
            ("2024-01-31T00:00", "2024-01-31T06:01", "hour"),
            ("2024-01-01", "2024-01-04", "hour"), ("2024-01-01", "2024-01-08", "day"),
            ("2024-01-01", "2024-04-02", "day"), ("2024-01-01", "2025-01-01", "month"),
            // A quarter of a year with the night on which clocks go back.
            ("2023-09-01", "2023-12-02", "day"),
        ]
        for (start, end, resolution) in expected {
            let data = try asking.data("/api/history?start=\(start)&end=\(end)")
            #expect(data["resolution"] as? String == resolution, "\(start) to \(end)")
        }
        #expect(try asking.data("/api/history")["resolution"] as? String == "hour")
    }

    @Test("says which buckets are not over, and which the range cuts")
    func partial() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]
        asking.history.run = RunRecord(
            minute: moment("2024-01-31T14:05:00Z"),
            interval: 60,
            pdusRead: 1,
            pdusFailed: 0
        )
        let data = try asking.data(
            "/api/history?start=2024-01-31T11:30&end=2024-01-31T16:00&resolution=hour"
        )
        #expect(data["partial"] as? [Bool] == [true, false, false, true, true])
        let total = try #require(data["total"] as? [String: Any])
        #expect(numbers(total["kwh"]) == [nil, nil, nil, nil, nil])
        #expect(numbers(total["coverage"]) == [0, 0, 0, 0, nil])
        #expect(data["series"] as? [Int] == [])
        let sum = try #require(data["sum"] as? [String: Any])
        #expect(sum["kwh"] is NSNull && sum["first_reading"] is NSNull)
    }

    @Test("adds up what is beyond forty series, and loses nothing by it")
    func others() throws {
        let asking = try Asking()
        asking.history.records = (1...43).map { .sample($0) }
        let hour = asking.calendar.bucket(.hour, containing: moment("2024-01-31T12:00:00Z"))
        for id in 1...43 {
            asking.history.rollups[Int64(id)] = [
                hour: .constant(watts: Int64(id % 2 == 0 ? 1000 + id : id), seconds: 3600, at: hour.start)
            ]
        }
        let data = try asking.data(
            "/api/history?start=2024-01-31T12:00&end=2024-01-31T13:00&resolution=hour&each=1"
        )
        let series = try #require(data["series"] as? [[String: Any]])
        let total = try #require(data["total"] as? [String: Any])

        #expect(series.count == 41)
        #expect(
            series.dropLast().map { $0["element_id"] as? Int } == (1...43).filter { ![1, 3, 5].contains($0) }
        )
        let rest = series[40]
        #expect(rest["element_id"] is NSNull && rest["pdu"] is NSNull)
        #expect(rest["others"] as? Int == 3)
        #expect(numbers(rest["kwh"]) == [0.009])
        #expect(numbers(rest["avg_power"]) == [9])
        #expect(numbers(rest["max_power"]) == [nil])
        let sum = series.flatMap { numbers($0["kwh"]) }.compactMap { $0 }.reduce(0, +)
        #expect(abs(sum - (numbers(total["kwh"])[0] ?? 0)) < 1e-9)
    }

    @Test("refuses more points than are given at once, before it reads any")
    func tooMany() throws {
        let asking = try Asking()
        asking.history.records = (1...50).map { .sample($0) }
        let refused = [
            "start=2024-01-01&end=2024-03-12&resolution=minute",
            "start=2024-01-01&end=2024-06-01&resolution=hour&each=1",
            "start=2020-01-01&end=2024-06-01&resolution=minute",
        ]
        for query in refused {
            let response = asking.response("/api/history?\(query)")
            #expect(response.status == 413, "\(query)")
            #expect(response.text.contains("too_many_points"))
        }
        #expect(!asking.history.questions.contains("rollups") && !asking.history.questions.contains("powers"))
        #expect(
            asking.response("/api/history?start=2024-01-01&end=2024-04-01&resolution=hour&each=1").status
                == 200
        )
        #expect(asking.response("/api/history?start=2015-01-01&end=2024-12-31&resolution=day").status == 200)
    }

    @Test(
        "refuses what it cannot understand",
        arguments: [
            "start=2024-01-02&end=2024-01-01", "start=2024-01-01", "resolution=week", "each=yes",
            "pdu_ids=1&element_ids=1", "start=2004-01-01&end=2024-01-01",
        ]
    )
    func refused(query: String) throws {
        #expect(try Asking().response("/api/history?\(query)").status == 400)
    }
}
