import Basics
import Energy
import Foundation
import Testing

@testable import API

@Suite("GET /api/v1/history")
struct VersionOneHistoryTests {
    /// All buckets of `query`, page by page.
    private func pages(_ site: RealSite, _ query: String, limit: Int) throws -> [[String: Any]] {
        var (rows, cursor) = ([[String: Any]](), String?.none)
        repeat {
            let target = "/api/v1/history?\(query)&limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? "")
            let answer = try site.json(target)
            let page = try #require(answer["data"] as? [[String: Any]])
            #expect(page.count <= limit)
            rows += page
            cursor = (answer["page"] as? [String: Any])?["next_cursor"] as? String
        } while cursor != nil && rows.count < 10_000
        return rows
    }

    @Test(
        "says page by page what the other version says at once, over the night in which clocks go back",
        arguments: ["minute", "quarter_hour", "hour", "day"]
    )
    func pages(resolution: String) throws {
        let site = try RealSite(
            seed: 41,
            "Europe/London",
            from: "2026-10-24T20:00:00Z",
            until: "2026-10-26T16:30:00Z"
        )
        let query = "start=2026-10-24T21:17:31Z&end=2026-10-26T09:40:10Z&resolution=\(resolution)"
        let whole = try site.data("/api/history?\(query)")
        let total = try #require(whole["total"] as? [String: Any])
        let rows = try pages(site, query, limit: resolution == "minute" ? 700 : 7)

        #expect(rows.compactMap { $0["start"] as? String } == whole["starts"] as? [String])
        #expect(rows.compactMap { $0["end"] as? String } == whole["ends"] as? [String])
        #expect(rows.compactMap { $0["partial"] as? Bool } == whole["partial"] as? [Bool])
        let columns = [
            ("energy_kwh", "kwh"), ("power_mean_watts", "avg_power"), ("power_max_watts", "max_power"),
            ("power_min_watts", "min_power"), ("coverage", "coverage"),
            ("seconds_covered", "seconds_covered"),
        ]
        for (name, column) in columns {
            let values = rows.map { ($0[name] as? NSNumber)?.doubleValue }
            #expect(values == numbers(total[column]), "\(name)")
            #expect(values.contains { $0 != nil })
        }
    }
}
