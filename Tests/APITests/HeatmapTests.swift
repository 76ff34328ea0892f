import Basics
import Energy
import Foundation
import Storage
import Testing

@testable import API

@Suite("GET /api/heatmap")
struct HeatmapTests {
    @Test(
        "has the means of the ledger, by the hours that the clocks showed",
        arguments: ["Europe/London", "Asia/Kolkata"]
    )
    func agreesWithLedger(zone: String) throws {
        // Over the night on which London's clocks go back.
        let site = try RealSite(
            seed: 11,
            zone,
            from: "2026-10-22T03:00:00Z",
            until: "2026-10-31T11:10:00Z",
            pdus: 2,
            every: 900
        )
        let (start, end) = (moment("2026-10-22T05:25:00Z"), moment("2026-10-30T22:40:00Z"))
        let data = try site.data("/api/heatmap?start=\(start.iso8601)&end=\(end.iso8601)")
        let rows = try #require(data["avg_power"] as? [Any]).map(numbers)
        let coverage = try #require(data["coverage"] as? [Any]).map(numbers)
        #expect(data["first_day"] as? String == "monday")
        #expect(rows.map(\.count) == Array(repeating: 24, count: 7))

        // Minute by minute, whose hour it is.
        var spans: [String: [(UnixTime, UnixTime)]] = [:]
        var time = start
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: zone)
        formatter.dateFormat = "c HH"
        while time < end {
            let key = formatter.string(from: Date(timeIntervalSince1970: Double(time.seconds)))
            let next = min(end, (time + 300).floored(to: 300))
            var list = spans[key] ?? []
            if let last = list.last, last.1 == time {
                list[list.count - 1] = (last.0, next)
            } else {
                list.append((time, next))
            }
            spans[key] = list
            time = next
        }
        let units = try site.units
        for (key, stretches) in spans {
            let parts = key.split(separator: " ").compactMap { Int($0) }
            let (day, hour) = ((parts[0] + 5) % 7, parts[1])
            var (mean, known, expected) = (0.0, 0.0, 0.0)
            for unit in units {
                let rollups = try stretches.map {
                    try site.reader.explanation(of: unit, from: $0.0, to: $0.1).rollup
                }
                let seconds = rollups.reduce(0.0) { $0 + Double($1.coveredSeconds) }
                if seconds > 0 {
                    mean += rollups.reduce(0.0) { $0 + Double($1.powerIntegral) } / seconds / 1000
                }
                known += rollups.reduce(0.0) { $0 + Double($1.coveredSeconds + $1.interpolatedSeconds) }
                expected += stretches.reduce(0.0) { $0 + Double($1.1 - $1.0) }
            }
            let cell = rows[day][hour]
            #expect(cell.map { abs($0 - mean) < 0.001 } ?? (mean == 0), "\(key)")
            #expect(abs((coverage[day][hour] ?? -1) - known / expected) < 0.001, "\(key)")
        }
        #expect(spans.count == 168)
    }

    @Test("says nothing of hours that the range does not have")
    func absent() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]
        let hour = asking.calendar.bucket(.hour, containing: moment("2024-01-31T12:00:00Z"))
        asking.history.rollups[1] = [hour: .constant(watts: 700, seconds: 1800, at: hour.start)]

        let data = try asking.data("/api/heatmap?start=2024-01-31T12:00&end=2024-01-31T13:00")

        let rows = try #require(data["avg_power"] as? [Any]).map(numbers)
        let coverage = try #require(data["coverage"] as? [Any]).map(numbers)
        // A Wednesday.
        #expect(rows[2][12] == 700)
        #expect(rows.joined().compactMap { $0 } == [700])
        #expect(coverage[2][12] == 0.5)
        #expect(coverage.joined().compactMap { $0 } == [0.5])
        #expect(asking.response("/api/heatmap?start=2023-01-01&end=2025-01-01").status == 400)
    }
}

@Suite("The parameter group_ids")
struct GroupSelectionTests {
    private func asking() throws -> Asking {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2)]
        asking.history.elements = [
            ElementRecord(id: 1, pdu: .sample(1), element: .wholePDU, name: nil, energyResolution: nil),
            ElementRecord(
                id: 20,
                pdu: .sample(2),
                element: .init(.outlet, 1),
                name: nil,
                energyResolution: nil
            ),
            ElementRecord(
                id: 10,
                pdu: .sample(1),
                element: .init(.outlet, 1),
                name: nil,
                energyResolution: nil
            ),
        ]
        func group(_ id: Int64, _ elements: [Int64]) -> ElementGroup {
            ElementGroup(id: id, name: "G\(id)", colour: nil, description: nil, elementIDs: elements)
        }
        asking.settings.kept.groups = [group(3, [1]), group(4, [20, 99]), group(5, [10]), group(6, [])]
        return asking
    }

    private func series(_ asking: Asking, _ query: String) throws -> [Int?] {
        let hour = "start=2024-01-31T12:00&end=2024-01-31T13:00"
        let data = try asking.data("/api/history?each=1&\(hour)&\(query)")
        return (data["series"] as? [[String: Any]] ?? []).map { $0["element_id"] as? Int }
    }

    @Test("stands for the members' elements, each once, without those that are gone")
    func members() throws {
        let asking = try asking()
        #expect(try series(asking, "group_ids=3,4") == [1, 20])
        #expect(try series(asking, "group_ids[]=4") == [20])
        #expect(try series(asking, "group_ids=6") == [])
        for path in ["consumers", "overview", "heatmap", "readings", "events"] {
            #expect(asking.response("/api/\(path)?group_ids=3").status == 200, "\(path)")
        }
    }

    @Test("is refused where groups overlap, are not there, or others are named as well")
    func refused() throws {
        let asking = try asking()
        #expect(asking.response("/api/history?group_ids=3,5").status == 400)
        #expect(asking.response("/api/history?group_ids=7").text.contains("unknown_group"))
        #expect(asking.response("/api/history?group_ids=7").status == 404)
        #expect(asking.response("/api/history?group_ids=3&pdu_ids=1").status == 400)
        #expect(asking.response("/api/history?group_ids=x").status == 400)
    }

    @Test("gives another answer once the group has other elements")
    func tag() throws {
        let asking = try asking()
        let path = "/api/readings?group_ids=3&start=2024-01-31T12:00&end=2024-01-31T13:00"
        let tag = asking.response(path).field("ETag")
        #expect(asking.response(path, ifNoneMatch: tag).status == 304)
        asking.settings.kept.groups[1].elementIDs = []
        #expect(asking.response(path, ifNoneMatch: tag).status == 304)
        asking.settings.kept.groups[0].elementIDs = [20]
        #expect(asking.response(path, ifNoneMatch: tag).status == 200)
    }

    @Test("means nothing to the endpoints of the contract")
    func contract() throws {
        let asking = try asking()
        let plain = asking.response("/api/power-data")
        #expect(asking.response("/api/power-data?group_ids=99").body == plain.body)
    }
}
