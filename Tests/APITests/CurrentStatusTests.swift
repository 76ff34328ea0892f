import Basics
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("The current status")
struct CurrentStatusTests {
    @Test(
        "is online up to two and a half intervals, then stale when nobody tried, offline when trying failed",
        arguments: [
            (0, nil, "online"), (60, nil, "online"), (150, nil, "online"), (151, nil, "stale"),
            (86_400, nil, "stale"),
            (60, FailureReason.timeout, "online"), (150, .timeout, "online"), (151, .timeout, "offline"),
        ]
    )
    func health(age: Int64, failure: FailureReason?, status: String) throws {
        let asking = try Asking()
        asking.history.run = RunRecord(minute: asking.now - age, interval: 60, pdusRead: 1, pdusFailed: 0)
        asking.history.states = [.sample(1, readAt: asking.now - age, failure: failure)]

        let pdu = try #require(try asking.list("/api/current-status").first)

        #expect(pdu["status"] as? String == status)
        #expect(pdu["current_power_watts"] as? Double == (status == "online" ? 1250 : nil))
        #expect(pdu["current_power_kw"] as? Double == (status == "online" ? 1.25 : nil))
        #expect(pdu["age_seconds"] as? Int64 == age)
    }

    @Test("is offline, with the reason, for a PDU that was never read")
    func neverRead() throws {
        let asking = try Asking()
        asking.history.states = [.sample(1, watts: nil, readAt: nil, failure: .unknownUser)]

        let pdu = try #require(try asking.list("/api/current-status").first)

        #expect(pdu["status"] as? String == "offline")
        #expect(pdu["last_reading"] is NSNull)
        #expect(pdu["age_seconds"] is NSNull)
        #expect(pdu["failure"] as? String == "unknown_user")
        #expect(pdu["failure_detail"] as? String == "It failed: unknown_user.")
    }

    @Test("has no power for a PDU that is read but measures none, and 0 for one that draws none")
    func unknownIsNotZero() throws {
        let asking = try Asking()
        asking.history.states = [
            .sample(1, watts: nil, readAt: asking.now), .sample(2, watts: 0, readAt: asking.now),
        ]

        let pdus = try asking.list("/api/current-status")

        #expect(pdus[0]["status"] as? String == "online")
        #expect(pdus[0]["current_power_watts"] is NSNull)
        #expect(pdus[1]["current_power_watts"] as? Double == 0)
    }

    @Test("gives times with the site's offset")
    func times() throws {
        let asking = try Asking("Europe/London", now: "2024-07-01T12:00:30Z")
        asking.history.states = [.sample(1, readAt: moment("2024-07-01T12:00:00Z"))]

        let pdu = try #require(try asking.list("/api/current-status").first)

        #expect(pdu["last_reading"] as? String == "2024-07-01T13:00:00+01:00")
        #expect(pdu["stale_after"] as? String == "2024-07-01T13:02:30+01:00")
    }

    @Test("leaves out PDUs that are no longer configured, which the list of PDUs keeps and marks")
    func removed() throws {
        let asking = try Asking()
        asking.history.states = [
            .sample(1, readAt: asking.now), .sample(2, readAt: asking.now, isConfigured: false),
        ]
        asking.history.records = [.sample(1), .sample(2, isConfigured: false)]

        let pdus = try asking.list("/api/pdus")

        #expect(try asking.list("/api/current-status").map { $0["id"] as? Int } == [1])
        #expect(pdus.map { $0["id"] as? Int } == [1, 2])
        #expect(pdus.map { $0["configured"] as? Bool } == [true, false])
        #expect(pdus.map { $0["ip"] as? String } == ["192.0.2.1", "192.0.2.2"])
    }

    @Test(
        "says how the collector is",
        arguments: [(nil, "never"), (0, "running"), (150, "running"), (151, "stopped"), (-3600, "running")]
    )
    func collector(age: Int64?, state: String) throws {
        let asking = try Asking()
        asking.history.run = age.map {
            RunRecord(minute: asking.now - $0, interval: 60, pdusRead: 1, pdusFailed: 0)
        }

        let meta = try #require(try asking.json("/api/current-status")["meta"] as? [String: Any])

        #expect(meta["collector"] as? String == state)
        #expect(meta["site_name"] as? String == "Test site")
        #expect(meta["timezone"] as? String == "Europe/London")
        #expect(meta["server_time"] as? String == "2024-01-31T14:05:30Z")
        #expect(meta["poll_interval"] as? Int == 60)
        #expect(meta["version"] as? String == "1.2.3")
    }
}
