import Basics
import Foundation
import Storage
import Testing

@testable import API

@Suite("The probes")
struct ProbeTests {
    private func asking(newestRun minute: String?) throws -> Asking {
        let asking = try Asking()
        asking.history.run = minute.map {
            RunRecord(minute: moment($0), interval: 60, pdusRead: 2, pdusFailed: 0)
        }
        return asking
    }

    @Test("say that the process answers, whatever the history is like")
    func health() throws {
        let asking = try asking(newestRun: nil)
        asking.history.problem = StorageError(.corrupt, path: "/secret/history.db", "damaged")

        let response = asking.response("/healthz")

        #expect(response.status == 200)
        #expect(response.field("Cache-Control") == "no-store")
        #expect(response.field("Content-Type") == "application/json; charset=utf-8")
        let json = try asking.json("/healthz")
        #expect(json["status"] as? String == "ok")
        #expect(json["version"] as? String == "1.2.3")
        #expect(asking.history.questions == [])
    }

    @Test("say ready while runs are stored, up to 2.5 intervals after the newest")
    func ready() throws {
        for minute in ["2024-01-31T14:05:00Z", "2024-01-31T14:03:00Z"] {
            let asking = try asking(newestRun: minute)

            #expect(asking.response("/readyz").status == 200)
            let json = try asking.json("/readyz")
            #expect(json["status"] as? String == "ready")
            #expect(json["newest_run"] as? String == minute)
            #expect(json["age_seconds"] as? Int == (minute.contains("14:05") ? 30 : 150))
        }
    }

    @Test("say why not, and when to ask again")
    func notReady() throws {
        let none = try asking(newestRun: nil)
        #expect(none.response("/readyz").status == 503)
        #expect(none.response("/readyz").field("Retry-After") == "60")
        #expect(try none.json("/readyz")["code"] as? String == "no_run")

        let stopped = try asking(newestRun: "2024-01-31T14:02:59Z")
        #expect(stopped.response("/readyz").status == 503)
        #expect(stopped.response("/readyz").field("Retry-After") == "60")
        let json = try stopped.json("/readyz")
        #expect(json["status"] as? String == "not_ready")
        #expect(json["code"] as? String == "collector_stopped")
        #expect(json["newest_run"] as? String == "2024-01-31T14:02:59Z")
        #expect((json["reason"] as? String ?? "").contains("for 151 s"))
    }

    @Test("say that the history cannot be read, without saying where it lies")
    func unreadable() throws {
        let asking = try asking(newestRun: "2024-01-31T14:05:00Z")
        asking.history.runProblem = StorageError(.corrupt, path: "/secret/history.db", "damaged")

        let response = asking.response("/readyz")

        #expect(response.status == 503)
        #expect(response.field("Retry-After") == "60")
        #expect(response.text.contains("\"code\":\"history_damaged\""))
        #expect(!response.text.contains("secret"))
    }

    @Test("are only asked", arguments: ["/healthz", "/readyz", "/metrics"])
    func methods(path: String) throws {
        let asking = try asking(newestRun: "2024-01-31T14:05:00Z")

        #expect(asking.response(path, method: "POST").status == 405)
        #expect(asking.response(path, method: "HEAD") == asking.response(path))
        #expect(asking.response("/api\(path)").status == 404)
    }
}
