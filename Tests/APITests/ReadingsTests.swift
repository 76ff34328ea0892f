import Basics
import Metering
import Storage
import Testing

@testable import API

@Suite("GET /api/readings")
struct ReadingsTests {
    private func asking() throws -> Asking {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2)]
        asking.history.powers = [1: [moment("2024-01-31T14:01:00Z"): FixedPoint(thousandths: 1_248_500)]]
        return asking
    }

    @Test("gives a place for each time, and null where nothing was read")
    func gaps() throws {
        let data = try asking().data(
            "/api/readings?pdu_ids=1&start=2024-01-31T14:00:00Z&end=2024-01-31T14:03:00Z"
        )

        #expect(
            data["times"] as? [String] == [
                "2024-01-31T14:00:00Z", "2024-01-31T14:01:00Z", "2024-01-31T14:02:00Z",
            ]
        )
        #expect(data["interval_seconds"] as? Int == 60)
        let series = try #require(data["series"] as? [[String: Any]])
        #expect(series.map { $0["element_id"] as? Int } == [1])
        #expect(series[0]["pdu"] as? String == "PDU 1")
        #expect(series[0]["kind"] as? String == "pdu")
        let powers = try #require(series[0]["power_watts"] as? [Any])
        #expect(powers.map { $0 as? Double } == [nil, 1248.5, nil])
    }

    @Test("is about every PDU and the last day when nobody says otherwise")
    func usual() throws {
        let data = try asking().data("/api/readings")

        #expect((data["series"] as? [Any])?.count == 2)
        #expect((data["times"] as? [Any])?.count == 1440)
        #expect(data["end"] as? String == "2024-01-31T14:05:30Z")
    }

    @Test("refuses more points than are given at once, before it reads any")
    func tooMany() throws {
        let asking = try asking()

        let most = asking.response("/api/readings?start=2024-01-01&end=2024-02-05")
        let more = asking.response("/api/readings?start=2024-01-01&end=2024-02-06")

        #expect(most.status == 200)
        #expect(more.status == 413)
        #expect(more.text.contains("too_many_points") && more.text.contains("100800"))
        #expect(asking.history.questions.filter { $0 == "powers" }.count == 1)
    }

    @Test(
        "refuses what it cannot understand",
        arguments: [
            "start=2024-01-02&end=2024-01-01", "start=2024-01-01", "period=year", "pdu_ids=1&element_ids=2",
        ]
    )
    func refused(query: String) throws {
        #expect(try asking().response("/api/readings?\(query)").status == 400)
    }

    @Test("knows no PDU that there is not")
    func unknown() throws {
        #expect(try asking().response("/api/readings?pdu_ids=7").status == 404)
    }
}
