import Basics
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("GET /api/pdus/{id}/polls")
struct PollsTests {
    @Test("gives the last 96 quarters of an hour, the one at hand the last")
    func slots() throws {
        let asking = try Asking()
        asking.history.states = [.sample(1, readAt: asking.now)]
        var quarter = PollQuarter(start: moment("2024-01-31T14:00:00Z"))
        quarter.polls = 6
        quarter.failures = 2
        quarter.worst = .wrongAuthPassphrase
        quarter.meanLatency = 12
        quarter.longestLatency = 40
        asking.history.quarters[1] = [quarter]

        let data = try asking.data("/api/pdus/1/polls")

        #expect(data["start"] as? String == "2024-01-30T14:15:00Z")
        #expect(data["end"] as? String == "2024-01-31T14:15:00Z")
        let slots = try #require(data["slots"] as? [[String: Any]])
        #expect(slots.count == 96)
        #expect(slots[95]["start"] as? String == "2024-01-31T14:00:00Z")
        #expect(slots[95]["polls"] as? Int == 6 && slots[95]["failures"] as? Int == 2)
        #expect(slots[95]["worst_reason"] as? String == "wrong_auth_passphrase")
        #expect(slots[95]["latency_ms_mean"] as? Int == 12 && slots[95]["latency_ms_max"] as? Int == 40)
        #expect(slots[0]["polls"] as? Int == 0)
        #expect(slots[0]["latency_ms_mean"] is NSNull && slots[0]["worst_reason"] is NSNull)
        #expect(asking.response("/api/pdus/2/polls").status == 404)
    }
}
