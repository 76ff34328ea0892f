import Basics
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("The interface's first version")
struct VersionOneTests {
    /// The problem that the answer to `target` is.
    private func problem(_ asking: Asking, _ target: String, method: String = "GET") throws -> [String: Any] {
        let response = asking.response(target, method: method)
        #expect(response.field("Content-Type") == "application/problem+json")
        #expect(response.field("Cache-Control") == "no-store")
        let object = try JSONSerialization.jsonObject(with: Data(response.body))
        let problem = try #require(object as? [String: Any])
        #expect(problem["status"] as? Int == response.status)
        for name in ["type", "title", "detail", "code"] {
            let text = try #require(problem[name] as? String)
            #expect(!text.isEmpty)
        }
        return problem
    }

    @Test("has every question in its document, and answers every path that is in it")
    func document() throws {
        let asking = try Asking()
        let document = try asking.json("/api/openapi.json")
        let paths = try #require(document["paths"] as? [String: Any])

        #expect(document["openapi"] as? String == "3.1.0")
        #expect(Set(paths.keys) == Set(Operation.all.map(\.path)))
        #expect(paths.count == Operation.all.count)
        for path in paths.keys {
            let target = "/api/v1" + path.replacing("{id}", with: "7")
            // Whether there is a PDU 7 or what is asked for is enough: the path itself is known.
            #expect(!asking.response(target).text.contains("unknown_path"), "\(target)")
        }
        for operation in Operation.all {
            let item = try #require(paths[operation.path] as? [String: Any])
            let get = try #require(item["get"] as? [String: Any])
            let parameters = try #require(get["parameters"] as? [[String: Any]])
            let names = parameters.filter { $0["in"] as? String == "query" }.compactMap {
                $0["name"] as? String
            }
            #expect(names == operation.parameters.map(\.name))
            #expect(get["operationId"] as? String == operation.id)
        }
        #expect(Set(Operation.all.map(\.id)).count == Operation.all.count)
    }

    @Test("refers to no schema that the document does not have")
    func references() throws {
        let asking = try Asking()
        let text = asking.response("/api/openapi.json").text
        let components = try #require(try asking.json("/api/openapi.json")["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        let pieces = text.components(separatedBy: "#/components/schemas/").dropFirst()
        let named = Set(pieces.map { $0.prefix { $0 != "\"" } }.map(String.init))

        #expect(named.count > 30)
        #expect(named == Set(schemas.keys))
    }

    @Test("says what is wrong with a parameter before the history is asked")
    func parameters() throws {
        let wrong = [
            ("/api/v1/pdus?limit=0", "limit must be a whole number, 1 to 1000"),
            ("/api/v1/pdus?limit=1001", "limit must be"), ("/api/v1/pdus?limit=-1", "limit must be"),
            ("/api/v1/pdus?limit=%2B1", "limit must be"), ("/api/v1/pdus?limit=01", "limit must be"),
            ("/api/v1/pdus?limit=1e2", "limit must be"), ("/api/v1/pdus?limit=", "limit must be"),
            ("/api/v1/pdus?limit=9999999999999999999999", "limit must be"),
            ("/api/v1/pdus?limit=1&limit=1", "limit is given more than once"),
            ("/api/v1/pdus?timezone=Mars%2FBase", "\"timezone\" is no parameter here; known are: fields"),
            ("/api/v1/pdus?fields=", "fields may name"), ("/api/v1/pdus?fields=id,secret", "fields may name"),
            ("/api/v1/pdus?cursor=x", "page.next_cursor"), ("/api/v1/pdus?cursor=1-", "page.next_cursor"),
            ("/api/v1/history?pdu_ids[]=1", "\"pdu_ids[]\" is no parameter"),
            ("/api/v1/history?pdu_ids=1,,2", "pdu_ids must be ids"),
            ("/api/v1/history?pdu_ids=0", "pdu_ids must be ids"),
            ("/api/v1/history?pdu_ids=9007199254740993", "pdu_ids must be ids"),
            ("/api/v1/history?start=yesterday", "start must be a time such as"),
            ("/api/v1/history?start=2026-02-30", "start must be a time such as"),
            ("/api/v1/history?start=2026-01-01T00:00:00%2B25:00", "start must be a time such as"),
            ("/api/v1/history?resolution=second", "resolution must be one of auto, minute"),
            ("/api/v1/history?each=1", "each must be true or false"),
            ("/api/v1/history?period=year", "period must be one of hour, day, month"),
            ("/api/v1/history?%FF=1", "not UTF-8"), ("/api/v1/history?start=%F0%28%8C%28", "not UTF-8"),
            ("/api/v1/history?start=%0", "a percent sign"),
            ("/api/v1/explanation?element=1/socket/3", "element must be"),
            ("/api/v1/explanation?element=../3", "element must be"),
            ("/api/openapi.json?x=1", "known are: none"),
        ]
        for (target, words) in wrong {
            let asking = try Asking()
            let problem = try problem(asking, target)
            #expect(problem["status"] as? Int == 400, "\(target)")
            #expect(problem["code"] as? String == "bad_parameter")
            #expect(
                (problem["detail"] as? String ?? "").contains(words),
                "\(target): \(problem["detail"] ?? "")"
            )
            #expect(asking.history.questions.isEmpty, "\(target)")
        }
    }

    @Test("says 422 of parameters that are right one by one and do not fit together")
    func contradictions() throws {
        let wrong = [
            ("/api/v1/history?start=2026-01-02&end=2026-01-01", "end must be later than start"),
            ("/api/v1/history?start=2026-01-01&end=2026-01-01", "end must be later than start"),
            ("/api/v1/history?start=1990-01-01&end=2026-01-01", "a range may have 3660 days at most"),
            ("/api/v1/history?start=2026-01-01", "give start and end"),
            ("/api/v1/history?at=2026-01-01", "give start and end"),
            ("/api/v1/history?pdu_ids=1&element_ids=2", "give"),
            ("/api/v1/explanation?at=2026-01-01", "give start and end"),
            ("/api/v1/heatmap?start=2020-01-01&end=2026-01-01", "400 days at most"),
            ("/api/v1/pdus?cursor=1-2", "another list"), ("/api/v1/elements?cursor=1", "another list"),
            ("/api/v1/events?cursor=1", "another list"), ("/api/v1/history?cursor=1-1", "another list"),
        ]
        for (target, words) in wrong {
            let problem = try problem(try Asking(), target)
            #expect(problem["status"] as? Int == 422, "\(target)")
            #expect(problem["code"] as? String == "contradiction")
            #expect(
                (problem["detail"] as? String ?? "").contains(words),
                "\(target): \(problem["detail"] ?? "")"
            )
        }
    }

    @Test("says 413 with the limit before a million buckets are worked out")
    func tooMany() throws {
        let asking = try Asking()
        let problem = try problem(asking, "/api/v1/history?start=2020-01-01&end=2022-01-01&resolution=minute")

        #expect(problem["status"] as? Int == 413)
        #expect((problem["detail"] as? String ?? "").contains("100800"))
        #expect(!asking.history.questions.contains("powers"))
    }

    @Test("says 404 of what there is not, 405 of what cannot be done, 414 and 413 of what is too long")
    func others() throws {
        let asking = try Asking()
        #expect(try problem(asking, "/api/v1/nothing")["code"] as? String == "unknown_path")
        #expect(try problem(asking, "/api/v1")["code"] as? String == "unknown_path")
        #expect(try problem(asking, "/api/v1/pdus/7")["code"] as? String == "unknown_pdu")
        #expect(try problem(asking, "/api/v1/elements/7")["code"] as? String == "unknown_element")
        #expect(try problem(asking, "/api/v1/history?group_ids=7")["code"] as? String == "unknown_group")
        #expect(try problem(asking, "/api/v1/pdus", method: "POST")["status"] as? Int == 405)
        #expect(try problem(asking, "/api/v1/pdus", method: "OPTIONS")["status"] as? Int == 405)
        let long = String(repeating: "a", count: 40_000)
        #expect(try problem(asking, "/api/v1/pdus?fields=" + long)["status"] as? Int == 414)
        var request = Request(path: "/api/v1/pdus", contentLength: 1_000_000)
        request.body = []
        #expect(
            asking.router.answer(request, at: asking.now, from: asking.history, asking.settings).status == 413
        )
        // The other version keeps its shape.
        #expect(asking.response("/api/nothing").text.hasPrefix("{\"success\":false"))
    }

    @Test("gives a defect and a history that cannot be read as problems too")
    func failures() throws {
        let asking = try Asking()
        asking.history.problem = StorageError(.busy, path: "/secret/path", "database is locked")
        let busy = asking.response("/api/v1/pdus")
        #expect(busy.status == 503)
        #expect(busy.field("Retry-After") == "1")
        #expect(!busy.text.contains("secret"))

        struct Defect: Error {}
        asking.history.problem = Defect()
        let problem = try problem(asking, "/api/v1/pdus")
        #expect(problem["code"] as? String == "internal")
        #expect(asking.reports.all.count == 2)
    }

    @Test("gives a list page by page, each entry once, and says where the next page is")
    func pages() throws {
        let asking = try Asking()
        asking.history.records = (1...7).map { .sample($0) }
        var (seen, target) = ([Int](), "/api/v1/pdus?limit=3&fields=id")
        for count in [3, 3, 1] {
            let answer = try asking.json(target)
            let rows = try #require(answer["data"] as? [[String: Any]])
            #expect(rows.count == count)
            #expect(rows.allSatisfy { Array($0.keys) == ["id"] })
            seen += rows.compactMap { $0["id"] as? Int }
            let page = try #require(answer["page"] as? [String: Any])
            #expect(page["count"] as? Int == count)
            let link = asking.response(target).field("Link")
            guard let next = page["next_cursor"] as? String else {
                #expect(link == nil)
                break
            }
            #expect(link == "<?limit=3&fields=id&cursor=\(next)>; rel=\"next\"")
            target = "/api/v1/pdus?limit=3&fields=id&cursor=\(next)"
        }
        #expect(seen == [1, 2, 3, 4, 5, 6, 7])
        #expect(try asking.json("/api/v1/pdus?cursor=999999999999")["data"] as? [Int] == [])
    }

    @Test("pages through events of one second without losing any or giving one twice")
    func eventPages() throws {
        let asking = try Asking()
        let times: [Int64] = [900, 800, 800, 800, 800, 800, 700, 700, 600]
        asking.history.eventRecords = times.enumerated().map { index, time in
            EventRecord(
                id: Int64(100 - index),
                at: UnixTime(time),
                pduID: 1,
                elementID: nil,
                kind: "restarted",
                detail: ""
            )
        }
        for limit in 1...10 {
            var (seen, cursor) = ([Int](), String?.none)
            repeat {
                let target = "/api/v1/events?limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? "")
                let answer = try asking.json(target)
                let rows = try #require(answer["data"] as? [[String: Any]])
                #expect(!rows.isEmpty && rows.count <= limit)
                seen += rows.compactMap { $0["id"] as? Int }
                cursor = (answer["page"] as? [String: Any])?["next_cursor"] as? String
            } while cursor != nil && seen.count < 20
            #expect(seen == Array((92...100).reversed()), "pages of \(limit)")
        }
    }

    @Test("may be kept until the next run is due, while the collector runs")
    func cacheControl() throws {
        var asking = try Asking(now: "2024-01-31T14:05:13Z")
        #expect(asking.response("/api/v1/pdus").field("Cache-Control") == "private, no-cache")

        asking.history.run = RunRecord(
            minute: moment("2024-01-31T14:05:00Z"),
            interval: 60,
            pdusRead: 1,
            pdusFailed: 0
        )
        let fresh = asking.response("/api/v1/pdus")
        #expect(fresh.field("Cache-Control") == "private, max-age=47")
        let again = asking.response("/api/v1/pdus", ifNoneMatch: fresh.field("ETag"))
        #expect(again.status == 304)
        #expect(again.field("Cache-Control") == "private, max-age=47")
        #expect(asking.response("/api/pdus").field("Cache-Control") == "private, no-cache")

        asking.now = moment("2024-01-31T14:06:01Z")
        #expect(asking.response("/api/v1/pdus").field("Cache-Control") == "private, no-cache")
    }

    @Test("lets pages of other sites read only where they are named")
    func crossOrigin() throws {
        var asking = try Asking()
        let dashboards = "https://dashboards.example"
        #expect(
            asking.response("/api/v1/pdus", origin: dashboards).field("Access-Control-Allow-Origin") == nil
        )
        #expect(asking.response("/api/v1/pdus").field("Vary") == nil)

        asking.origins = [dashboards]
        let named = asking.response("/api/v1/pdus", origin: dashboards)
        #expect(named.field("Access-Control-Allow-Origin") == dashboards)
        #expect(named.field("Vary") == "Origin")
        let other = asking.response("/api/v1/pdus", origin: "https://other.example")
        #expect(other.field("Access-Control-Allow-Origin") == nil)
        #expect(other.field("Vary") == "Origin")
        // Who is told of a mistake may read it as well.
        let wrong = asking.response("/api/v1/pdus?limit=0", origin: dashboards)
        #expect(wrong.status == 400)
        #expect(wrong.field("Access-Control-Allow-Origin") == dashboards)
        #expect(asking.response("/api/pdus", origin: dashboards).field("Access-Control-Allow-Origin") == nil)

        let preflight = asking.response("/api/v1/pdus", method: "OPTIONS", origin: dashboards)
        #expect(preflight.status == 204)
        #expect(preflight.field("Access-Control-Allow-Methods") == "GET, HEAD")
        #expect(preflight.field("Access-Control-Allow-Origin") == dashboards)
        #expect(asking.response("/api/v1/pdus", method: "OPTIONS", origin: "https://x.example").status == 403)
        #expect(asking.response("/api/v1/nothing", method: "OPTIONS", origin: dashboards).status == 404)

        asking.origins = ["*"]
        let any = asking.response("/api/v1/pdus", origin: "https://other.example")
        #expect(any.field("Access-Control-Allow-Origin") == "*")
    }

    @Test("documents times as they are taken, no others")
    func timePattern() throws {
        let pattern = try Regex(SiteTime.pattern)
        var texts = [
            "", "2026-01-01", "2026-1-1", "1969-12-31", "1970-01-01", "2199-12-31", "2200-01-01",
            "2026-01-01T24:00",
            "2026-01-01T23:59", "2026-01-01t00:00:00z", "2026-01-01 10:00", "2026-01-01T10:00:60",
            "2026-01-01T1:00",
            "2026-01-01T10:00:00.123456789+01:00", "2026-01-01T10:00:00.", "2026-01-01T10:00 01:00",
            "2026-01-01T10:00-23:59", "2026-01-01T10:00-24:00", "2026-01-01Z", "2026-01-01T10:00:00Zx",
            "2026-00-10",
        ]
        for year in 1970...2199 { texts.append("\(year)-02-29") }
        for month in 1...13 {
            for day in 0...32 { texts.append("2027-\(padded(Int64(month)))-\(padded(Int64(day)))") }
        }
        for text in texts {
            let matches = try pattern.wholeMatch(in: text) != nil
            #expect(matches == (SiteTime(text) != nil), "\(text)")
        }
    }

    @Test("documents cursors and elements as they are taken, no others")
    func otherPatterns() throws {
        let cursor = try Regex(Cursor.pattern)
        for text in [
            "0", "1", "01", "12-34", "1-", "-1", "1-0", "1-00", "999999999999", "1000000000000", "a", "",
        ] {
            let matches = try cursor.wholeMatch(in: text) != nil
            #expect(matches == (Cursor(text) != nil), "\(text)")
        }
        let element = try Regex(Parameter.elementPattern)
        let parameter = Parameter("element", .element, "")
        let texts = [
            "1", "0", "01", "1000003", "1/outlet/3", "1/outlet/0", "1/outlet/03", "1/pdu/0", "1/pdu/1",
            "1/outlet",
            "1/bank/1/2", "x", "", "/", "1/outlet/1000000", "999999999999999", "9999999999999999",
            "1/OUTLET/1",
        ]
        for text in texts {
            let matches = try element.wholeMatch(in: text) != nil
            let isTaken = (try? parameter.check(text)) != nil
            #expect(matches == isTaken, "\(text)")
        }
    }
}
