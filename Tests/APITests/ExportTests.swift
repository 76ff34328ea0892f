import Basics
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("Exports")
struct ExportTests {
    private static let zone = "Europe/London"

    /// Over the night in which clocks go back.
    private static func site() throws -> RealSite {
        try RealSite(seed: 43, zone, from: "2026-10-24T20:00:00Z", until: "2026-10-26T16:30:00Z")
    }

    private static func router(_ site: RealSite, threads: Int = 2) -> Router {
        let path = site.directory.file("history.db")
        return Router(
            site: Site(name: "Real", calendar: site.calendar, pollInterval: site.interval, version: "1"),
            slowQuestions: SlowQuestions(threads: 2),
            exports: Exports(threads: threads, source: HistoryReader.Source(path: path, zone: zone)),
            report: { _ in }
        )
    }

    private static func ask(_ router: Router, _ site: RealSite, _ target: String) -> Response {
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = Request(path: String(parts[0]), query: parts.count > 1 ? Array(parts[1].utf8) : [])
        return router.answer(request, at: site.newest + 30, from: site.reader, FakeSettings())
    }

    /// The whole of a file, and how long its pieces were.
    private static func file(_ response: Response) throws -> (text: String, pieces: [Int]) {
        let stream = try #require(response.pieces, "\(response.text)")
        var (bytes, pieces) = ([UInt8](), [Int]())
        while let piece = try stream.next() {
            bytes += piece
            pieces.append(piece.count)
        }
        let after = try stream.next()
        #expect(after == nil)
        return (String(decoding: bytes, as: UTF8.self), pieces)
    }

    @Test(
        "has what the history has of each element, bucket by bucket",
        arguments: ["minute", "quarter_hour", "hour", "day"]
    )
    func values(resolution: String) throws {
        let site = try Self.site()
        let range = "start=2026-10-24T22:17:31Z&end=2026-10-26T09:40:10Z&resolution=\(resolution)"
        let router = Self.router(site)
        let (text, _) = try Self.file(
            Self.ask(router, site, "/api/v1/export.json?\(range)&kind=outlet&pdu_ids=1")
        )
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let rows = try #require(object?["data"] as? [[String: Any]])
        for outlet in try site.outlets(of: 1) {
            let history = try site.data("/api/history?\(range)&element_ids=\(outlet)")
            let total = try #require(history["total"] as? [String: Any])
            let mine = rows.filter { ($0["element_id"] as? NSNumber)?.int64Value == outlet }
            let starts = try #require(history["starts"] as? [String]).map(moment)
            #expect(mine.compactMap { $0["start_utc"] as? String }.map(moment) == starts)
            for (name, column) in [
                ("energy_kwh", "kwh"), ("power_mean_watts", "avg_power"), ("power_max_watts", "max_power"),
                ("power_min_watts", "min_power"), ("seconds_covered", "seconds_covered"),
            ] {
                let values = mine.map { ($0[name] as? NSNumber)?.doubleValue }
                #expect(values == numbers(total[column]), "\(name) of \(outlet)")
                #expect(values.contains { $0 != nil })
            }
        }
    }

    @Test("is a table with a header, the site's clocks beside UTC, and nothing for what is unknown")
    func table() throws {
        let site = try Self.site()
        let columns = "start_utc,start_local,utc_offset,number,energy_kwh"
        let target = "/api/v1/export.csv?start=2026-10-25&end=2026-10-27&kind=outlet&fields=\(columns)"
        let response = Self.ask(Self.router(site), site, target)
        let lines = try Self.file(response).text.components(separatedBy: "\r\n")

        #expect(response.field("Content-Type") == "text/csv; charset=utf-8; header=present")
        #expect(response.field("X-Accel-Expires") == "0")
        #expect(
            response.field("Content-Disposition")
                == "attachment; filename=\"pdu-monitor-2026-10-25-to-2026-10-27-hour.csv\""
        )
        #expect(lines.first == columns)
        #expect(lines.last == "")
        let cells = lines.dropFirst().dropLast().map { $0.components(separatedBy: ",") }
        #expect(cells.allSatisfy { $0.count == 5 })
        let first = Array(cells.filter { $0[3] == "1" }.prefix(3))
        #expect(first[0].prefix(3) == ["2026-10-24T23:00:00Z", "2026-10-25 00:00:00", "+01:00"])
        // Of the hour that clocks show twice, the offset tells which one it is.
        let twice = cells.filter { $0[1] == "2026-10-25 01:00:00" }.map { $0[2] }
        #expect(Set(twice) == ["+01:00", "+00:00"])
    }

    @Test("ends at the present and begins with the first reading, however wide the range")
    func ends() throws {
        let site = try Self.site()
        let target = "/api/v1/export.csv?start=2020-01-01&end=2029-12-31&resolution=minute&fields=start_utc"
        let lines = try Self.file(Self.ask(Self.router(site), site, target)).text
            .components(separatedBy: "\r\n").dropFirst().dropLast()
        let first = try #require(lines.first)
        let last = try #require(lines.last)

        #expect(moment(first) == site.oldest)
        #expect(moment(last) == site.newest)
    }

    @Test("comes in pieces that stay short however much there is")
    func pieces() throws {
        let site = try Self.site()
        let target = "/api/v1/export.json?start=2026-10-24&end=2026-10-27&resolution=minute&kind=outlet"
        let (text, pieces) = try Self.file(Self.ask(Self.router(site), site, target))

        #expect(pieces.count > 3)
        #expect(pieces.allSatisfy { $0 < 200_000 })
        #expect(pieces.reduce(0, +) == text.utf8.count)
    }

    @Test("lets half of the threads' number be under way, and the next one when one is given up")
    func slots() throws {
        let site = try Self.site()
        let router = Self.router(site, threads: 4)
        var held = [
            Self.ask(router, site, "/api/v1/export.csv"), Self.ask(router, site, "/api/v1/export.csv"),
        ]
        #expect(held.allSatisfy { $0.status == 200 })
        let refused = Self.ask(router, site, "/api/v1/export.csv")
        #expect(refused.status == 429)
        #expect(refused.field("Retry-After") == "1")

        held.removeLast()
        #expect(Self.ask(router, site, "/api/v1/export.csv").status == 200)
    }

    @Test("refuses what does not fit together before anything is sent")
    func refusals() throws {
        let site = try Self.site()
        let router = Self.router(site)
        let wrong = [
            ("/api/v1/export.csv?resolution=auto", 400), ("/api/v1/export.csv?limit=5", 400),
            ("/api/v1/export.csv?kind=outlet&element_ids=1", 422), ("/api/v1/export.csv?pdu_ids=99", 404),
            ("/api/v1/export.csv?start=2000-01-01&end=2026-01-01", 422), ("/api/v1/export.xml", 404),
        ]
        for (target, status) in wrong {
            let response = Self.ask(router, site, target)
            #expect(response.status == status, "\(target)")
            #expect(response.pieces == nil)
        }
    }

    @Test("writes names so that a spreadsheet takes none for a formula and none for two cells")
    func fields() {
        let cases = [
            ("web-1", "web-1"), ("=1+1", "\"'=1+1\""), ("+49", "\"'+49\""), ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""), ("\rx", "\"'\rx\""), ("\r\nx", "\"'\r\nx\""), ("a,b", "\"a,b\""),
            ("a \"b\"", "\"a \"\"b\"\"\""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("", ""), ("a=b", "a=b"),
            (" x", "\" x\""),
            ("a\r\nb", "\"a\r\nb\""), ("\u{FF1D}1", "\"'\u{FF1D}1\""), ("Gerät", "Gerät"),
        ]
        for (text, field) in cases { #expect(ExportText.csvField(text) == field) }
    }

    @Test("gives names as they are in JSON, where nothing is a formula")
    func names() {
        #expect(ExportText.written(.foreign("=1+\"1\""), as: .json) == Array("\"=1+\\\"1\\\"\"".utf8))
        #expect(ExportText.written(.foreign("=1"), as: .csv) == Array("\"'=1\"".utf8))
        #expect(ExportText.written(.unknown, as: .csv).isEmpty)
        #expect(ExportText.written(.unknown, as: .json) == Array("null".utf8))
        #expect(ExportText.written(.millionths(-1500), as: .csv) == Array("-0.0015".utf8))
    }
}
