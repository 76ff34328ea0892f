import Basics
import Storage
import Testing

@testable import API

@Suite("The router")
struct RouterTests {
    static let paths = ["/api/pdus", "/api/current-status", "/api/power-data", "/api/statistics"]

    @Test(
        "answers every path of the contract in its envelope, even with nothing stored yet",
        arguments: paths
    )
    func envelope(path: String) throws {
        let asking = try Asking()

        let response = asking.response(path)

        #expect(response.status == 200)
        #expect(response.field("Content-Type") == "application/json; charset=utf-8")
        #expect(response.field("Cache-Control") == "private, no-cache")
        #expect(response.field("X-Content-Type-Options") == "nosniff")
        #expect(try asking.json(path)["success"] as? Bool == true)
        #expect(try asking.json(path)["data"] != nil)
    }

    @Test("answers a path that it does not know with 404, and names those it knows")
    func unknownPath() throws {
        let paths = [
            "/api/", "/api", "", "/api/pdus/", "/api/PDUS", "/etc/passwd", "/api/pdus/1/",
            "/api/pdus/1/anything",
            "/api/pdus/1/outlets/2", "/api/pdus//outlets", "/api/pdus/x", "/api/pdus/0", "/api/pdus/-1",
            "/api/pdus/+1",
            "/api/pdus/01", "/api/pdus/1.0", "/api/pdus/{id}", "/api/pdus/99999999999999999999",
            "/api/pdus/\u{0661}",
        ]
        for path in paths {
            let response = try Asking().response(path)

            #expect(response.status == 404)
            #expect(response.text.contains("\"success\":false"))
            #expect(response.text.contains("/api/power-data"))
        }
    }

    @Test(
        "answers any other method with 405, and says which are allowed",
        arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", ""]
    )
    func method(method: String) throws {
        let response = try Asking().response("/api/pdus", method: method)

        #expect(response.status == 405)
        #expect(response.field("Allow") == "GET, HEAD")
    }

    @Test("answers HEAD as it answers GET")
    func head() throws {
        let asking = try Asking()

        #expect(asking.response("/api/pdus", method: "HEAD") == asking.response("/api/pdus"))
    }

    @Test("refuses a long body with 413")
    func longBody() throws {
        let asking = try Asking()
        let request = Request(path: "/api/pdus", contentLength: Router.longestBody + 1)

        #expect(
            asking.router.answer(request, at: asking.now, from: asking.history, asking.settings).status == 413
        )
    }

    @Test(
        "refuses what is not allowed in a parameter, and says what is",
        arguments: [
            ("period=decade", "day, week, month or year"), ("period=", "day, week, month or year"),
            ("period=Day", "day, week, month or year"), ("period=day&period=day", "more than once"),
            ("pdu_ids=", "positive whole numbers"), ("pdu_ids[]=", "positive whole numbers"),
            ("pdu_ids=0", "positive whole numbers"), ("pdu_ids=-1", "positive whole numbers"),
            ("pdu_ids=+1", "positive whole numbers"), ("pdu_ids=1.5", "positive whole numbers"),
            ("pdu_ids=1,", "positive whole numbers"), ("pdu_ids=0x1", "positive whole numbers"),
            ("pdu_ids=99999999999999999999", "positive whole numbers"),
            ("pdu_ids=%D9%A1", "positive whole numbers"),
            ("pdu_ids[]=1%00", "positive whole numbers"), ("pdu_ids[0]=1", "pdu_ids[]=1"),
            ("pdu_idss=1", "pdu_ids[]=1"),
            ("pdu_ids=" + String(repeating: "1,", count: 1000) + "1", "1000 PDUs at most"),
            ("a=%", "percent sign"),
        ]
    )
    func badParameter(query: String, words: String) throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]
        for path in ["/api/power-data", "/api/statistics"] {
            let response = asking.response("\(path)?\(query)")

            #expect(response.status == 400)
            #expect(response.text.contains(words), "\(response.text)")
            #expect(response.field("Cache-Control") == "no-store")
        }
        #expect(asking.history.questions.isEmpty)
    }

    @Test("answers an id that no PDU has with 404")
    func unknownPDU() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]

        #expect(asking.response("/api/power-data?pdu_ids=1,7").status == 404)
        #expect(asking.response("/api/power-data?pdu_ids=7").text.contains("no PDU 7"))
    }

    @Test("ignores parameters that it does not know")
    func unknownParameter() throws {
        #expect(try Asking().response("/api/power-data?_=1700000000&utm_source=x").status == 200)
    }

    @Test("answers 503 with Retry-After while the history cannot be read, and says neither path nor SQL")
    func unavailable() throws {
        let asking = try Asking()
        let codes: [StorageError.Code] = [
            .busy, .full, .missing, .noAccess, .corrupt, .foreign, .schemaTooNew, .schemaTooOld, .zoneChanged,
            .inputOutput,
        ]
        for code in codes {
            asking.history.problem = StorageError(code, path: "/var/lib/secret", "SELECT secret")

            let response = asking.response("/api/pdus")

            #expect(response.status == 503)
            #expect(response.field("Retry-After").flatMap(Int.init) ?? 0 > 0)
            #expect(response.text.contains("\"code\":\"history_"))
            #expect(!response.text.contains("secret"))
        }
        #expect(asking.reports.all.count == codes.count - 1)
    }

    @Test("does not ask the history for a request that is wrong anyway")
    func wrongAnyway() throws {
        let asking = try Asking()
        asking.history.problem = StorageError(.missing, path: "x", "missing")

        #expect(asking.response("/api/none").status == 404)
        #expect(asking.response("/api/pdus", method: "POST").status == 405)
        #expect(asking.response("/api/power-data?period=x").status == 400)
    }

    @Test("answers 500, not 503, when the store finds a defect of its own")
    func defect() throws {
        let asking = try Asking()
        asking.history.problem = StorageError(.unexpected, path: "/var/lib/secret", "no such column")

        #expect(asking.response("/api/pdus").status == 500)
    }

    @Test(
        "answers 500 without a detail when something unexpected fails, and reports it under the same number"
    )
    func unexpected() throws {
        struct Surprise: Error { let path = "/var/lib/secret" }
        let asking = try Asking()
        asking.history.problem = Surprise()

        let response = asking.response("/api/pdus")

        #expect(response.status == 500)
        #expect(!response.text.contains("secret") && !response.text.contains("Surprise"))
        let report = try #require(asking.reports.all.first)
        let incident = try #require(report.firstMatch(of: /incident=([0-9a-f]+)/))
        #expect(response.text.contains(incident.1))
    }
}

@Suite("An answer that the browser has already")
struct NotModifiedTests {
    @Test(
        "is a 304 without a body and without a question, as long as nothing is new",
        arguments: RouterTests.paths
    )
    func notModified(path: String) throws {
        var asking = try Asking(now: "2024-01-31T14:05:31Z")
        asking.history.run = RunRecord(minute: asking.now, interval: 60, pdusRead: 1, pdusFailed: 0)
        let tag = asking.response(path).field("ETag")
        let questions = asking.history.questions.count
        asking.now = asking.now + 29

        let response = asking.response(path, ifNoneMatch: tag)

        #expect(response.status == 304)
        #expect(response.body.isEmpty)
        #expect(response.field("ETag") == tag)
        #expect(asking.history.questions.count == questions)
    }

    @Test("is a 304 even of a history that can say nothing but its version", arguments: RouterTests.paths)
    func versionOnly(path: String) throws {
        let asking = try Asking()
        let tag = asking.response(path).field("ETag")
        asking.history.problem = StorageError(
            .unexpected,
            path: "history.db",
            "asked for more than the version"
        )

        #expect(asking.response(path).status == 500)
        #expect(asking.response(path, ifNoneMatch: tag).status == 304)
    }

    @Test("is sent again when a history that was restored has come to the same version by another run")
    func restored() throws {
        let asking = try Asking()
        asking.history.run = RunRecord(minute: asking.now - 60, interval: 60, pdusRead: 1, pdusFailed: 0)
        let tag = asking.response("/api/pdus").field("ETag")
        asking.history.run = RunRecord(minute: asking.now, interval: 60, pdusRead: 1, pdusFailed: 0)

        #expect(asking.response("/api/pdus", ifNoneMatch: tag).status == 200)
    }

    @Test(
        "is sent again when the data is new, and when the question is another",
        arguments: RouterTests.paths
    )
    func modified(path: String) throws {
        let asking = try Asking()
        let tag = asking.response(path).field("ETag")

        #expect(asking.response(path + "?x=1", ifNoneMatch: tag).status == 200)
        asking.history.version = 2
        #expect(asking.response(path, ifNoneMatch: tag).status == 200)
    }

    @Test("is sent again when a reading has become stale meanwhile")
    func stale() throws {
        var asking = try Asking(now: "2024-01-31T14:05:00Z")
        asking.history.run = RunRecord(minute: asking.now, interval: 60, pdusRead: 1, pdusFailed: 0)
        asking.history.states = [.sample(1, readAt: asking.now)]
        asking.now = moment("2024-01-31T14:07:30Z")
        let fresh = asking.response("/api/current-status")
        asking.now = asking.now + 1

        let later = asking.response("/api/current-status", ifNoneMatch: fresh.field("ETag"))

        #expect(fresh.text.contains("\"online\""))
        #expect(later.status == 200)
        #expect(later.text.contains("\"stale\""))
    }
}
