import Basics
import Energy
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("GET /api/overview")
struct OverviewTests {
    @Test(
        "compares with the same part of the day by the clocks, of the same weekday",
        arguments: ["", "?pdu_ids=2"]
    )
    func usual(query: String) throws {
        // Five weeks, in the fourth of which clocks go forward.
        let site = try RealSite(
            seed: 3,
            "Europe/London",
            from: "2026-03-02T00:00:00Z",
            until: "2026-04-05T13:22:00Z",
            pdus: 2,
            every: 900,
            oneOutageIn: 400
        )
        let ids = query.isEmpty ? try site.units : [2]
        let data = try site.data("/api/overview\(query)")
        let (calendar, reader) = (site.calendar, site.reader)
        func millionths(_ from: UnixTime, _ to: UnixTime) throws -> Int64 {
            let accounts = try ids.map { try reader.explanation(of: $0, from: from, to: to).rollup.energy }
            return EnergyParts(accounts).total ?? 0
        }
        let today = try #require(data["today"] as? [String: Any])
        let day = calendar.bucket(.day, containing: site.newest)
        #expect(today["start"] as? String == calendar.iso8601(day.start))
        #expect(today["elapsed_seconds"] as? Int64 == site.newest - day.start)
        let todays = Double(try millionths(day.start, day.end)) / 1_000_000
        #expect(today["kwh"] as? Double == todays)

        let civil = calendar.civil(at: site.newest)
        var energies: [Int64] = []
        for week: Int64 in 1...4 {
            let date = CivilDate(daysSince1970: civil.date.daysSince1970 - 7 * week)
            let start = calendar.firstMoment(on: date)
            let end = calendar.firstMoment(on: date, second: civil.hour * 3600 + civil.minute * 60)
            // The day on which clocks went forward has an hour less by the same time.
            if week == 1 { #expect(end - start == site.newest - day.start - 3600) }
            var known: Int64 = 0
            for id in ids {
                let rollup = try reader.explanation(of: id, from: start, to: end).rollup
                known += rollup.coveredSeconds + rollup.interpolatedSeconds
            }
            guard known * 10 >= Int64(ids.count) * (end - start) * 9 else { continue }
            energies.append(try millionths(start, end))
        }
        #expect(today["usual_days"] as? Int == energies.count)
        #expect(energies.count > 1)
        let mean = (Double(energies.reduce(0, +)) / Double(energies.count)).rounded() / 1_000_000
        #expect(today["usual_kwh"] as? Double == mean)

        let month = try #require(data["month"] as? [String: Any])
        let april = calendar.bucket(.month, containing: site.newest)
        let march = calendar.bucket(.month, containing: april.start - 1)
        let months = Double(try millionths(april.start, april.end)) / 1_000_000
        #expect(month["kwh"] as? Double == months)
        // The first of March has no data.
        #expect(month["previous_same_part_kwh"] is NSNull)
        #expect(march.end == april.start)
        let peak = try #require(data["peak_today"] as? [String: Any])
        let grid = TimeGrid(from: day.start, until: day.end, interval: site.interval)
        let powers = try reader.powers(of: ids, on: grid)
        let sums = (0..<grid.count).map { place in
            ids.compactMap { powers[$0]?[place]?.thousandths }.reduce(0, +)
        }
        let highest = try #require(sums.max())
        #expect(peak["watts"] as? Double == Double(highest) / 1000)
        let first = try #require(sums.firstIndex(of: highest))
        #expect(peak["at"] as? String == calendar.iso8601(grid.time(first)))
    }

    @Test("compares the month with the same part of the one before")
    func month() throws {
        // The thirty-first of March is later than any of February: all of it.
        for day in ["2026-03-10T08:47:00Z", "2026-03-31T10:00:30Z"] {
            let site = try RealSite(
                seed: 4,
                "Europe/London",
                from: "2026-01-31T12:00:00Z",
                until: day,
                pdus: 1,
                every: 1800,
                oneOutageIn: 400
            )
            let data = try site.data("/api/overview")
            let month = try #require(data["month"] as? [String: Any])
            let start = moment("2026-02-01T00:00:00Z")
            let end = min(moment("2026-03-01T00:00:00Z"), site.newest - 28 * 86_400)
            let energy = try site.reader.explanation(of: 1, from: start, to: end).rollup.energy
            let known = EnergyParts([energy]).total
            #expect(month["previous_same_part_kwh"] as? Double == known.map { Double($0) / 1_000_000 })
            #expect(month["start"] as? String == "2026-03-01T00:00:00Z")
        }
    }

    private func asking() throws -> Asking {
        let asking = try Asking()
        let now = moment("2024-01-31T14:05:00Z")
        asking.history.run = RunRecord(minute: now, interval: 60, pdusRead: 1, pdusFailed: 0)
        asking.history.records = [.sample(1), .sample(2), .sample(3, isConfigured: false)]
        asking.history.states = [
            .sample(1, readAt: now), .sample(2, readAt: now - 3600, failure: .timeout),
            .sample(3, readAt: now, isConfigured: false),
        ]
        func element(_ id: Int64, _ element: Element, watts: Int, amps: Int, rated: Int) -> ElementStatus {
            var reading = ElementReading(element)
            reading.activePower = FixedPoint(watts)
            reading.current = FixedPoint(amps)
            reading.ratedCurrent = FixedPoint(rated)
            return ElementStatus(id: id, reading: reading, measuredAt: id == 2 ? now - 3600 : now)
        }
        asking.history.parts = [
            1: [
                element(1_000_001, Element(.bank, 2), watts: 1000, amps: 9, rated: 10),
                element(1_000_000, Element(.outlet, 1), watts: 900, amps: 10, rated: 10),
                element(1, .wholePDU, watts: 1250, amps: 10, rated: 16),
            ],
            2: [element(2, .wholePDU, watts: 500, amps: 16, rated: 16)],
            3: [element(3, .wholePDU, watts: 500, amps: 16, rated: 16)],
        ]
        return asking
    }

    @Test("adds up what tells the present, of PDUs that are configured")
    func present() throws {
        let data = try asking().data("/api/overview")
        let now = try #require(data["now"] as? [String: Any])

        #expect(now["watts"] as? Int == 1250)
        #expect(now["members_covered"] as? Int == 1)
        #expect(now["members_total"] as? Int == 2)
        #expect(now["at"] as? String == "2024-01-31T14:05:00Z")
        #expect(now["trend_watts_per_hour"] is NSNull)
        #expect(numbers(now["sparkline_watts"]) == Array(repeating: nil, count: 24))
        let fullest = try #require(data["fullest"] as? [String: Any])
        #expect(fullest["element_id"] as? Int == 1_000_001)
        #expect(fullest["kind"] as? String == "bank")
        #expect(fullest["load_percent"] as? Int == 90)
        #expect(fullest["current_amps"] as? Int == 9)
        #expect(fullest["rated_current_amps"] as? Int == 10)
    }

    @Test("tells a steady rise in watts an hour, whoever is missing now and then")
    func trend() throws {
        let asking = try asking()
        let now = moment("2024-01-31T14:05:00Z")
        for minute: Int64 in 0...60 {
            asking.history.powers[1, default: [:]][now - minute * 60] = FixedPoint(
                thousandths: 1_000_000 - minute * 2000
            )
            // A dip of those that were read is no fall of the load.
            if minute % 3 != 0 { asking.history.powers[2, default: [:]][now - minute * 60] = FixedPoint(500) }
        }
        let data = try asking.data("/api/overview")
        let now2 = try #require(data["now"] as? [String: Any])
        #expect(now2["trend_watts_per_hour"] as? Int == 120)
    }

    @Test("knows nothing of a site that was never read, and says so")
    func nothing() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]
        let data = try asking.data("/api/overview")
        let now = try #require(data["now"] as? [String: Any])
        let today = try #require(data["today"] as? [String: Any])
        #expect(now["watts"] is NSNull && now["at"] is NSNull)
        #expect(today["kwh"] is NSNull && today["usual_kwh"] is NSNull)
        #expect(today["usual_days"] as? Int == 0)
        #expect(data["fullest"] is NSNull)
        #expect((data["peak_today"] as? [String: Any])?["watts"] is NSNull)
    }
}
