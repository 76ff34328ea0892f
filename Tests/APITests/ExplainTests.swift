import Basics
import Energy
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("An explanation")
struct ExplainTests {
    static let day = "start=2024-01-30&end=2024-01-31"

    /// A history in which the whole unit 1 and its outlet 3 (1000003) were read, and the unit's day is `explanation`.
    static func asking(_ change: (inout Explanation) -> Void = { _ in }) throws -> Asking {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2)]
        asking.history.elements = [
            ElementRecord(
                id: 1,
                pdu: .sample(1),
                element: .wholePDU,
                name: nil,
                energyResolution: FixedPoint(100)
            ),
            ElementRecord(
                id: 1_000_003,
                pdu: .sample(1),
                element: Element(.outlet, 3),
                name: "web-1",
                energyResolution: nil
            ),
        ]
        var explanation = Explanation(
            start: moment("2024-01-30T00:00:00Z"),
            end: moment("2024-01-31T00:00:00Z")
        )
        change(&explanation)
        asking.history.explanations[1] = explanation
        return asking
    }

    @Test("is refused while as many as may are under way, and other questions are not")
    func tooManyAtOnce() throws {
        let asking = try ExplainTests.asking()
        let question = "/api/explain?element=1&\(ExplainTests.day)"
        // Of two threads one may explain.
        let (refused, other) = try asking.slowQuestions.workOut {
            (asking.response(question), asking.response("/api/pdus"))
        }

        #expect(refused.status == 429)
        #expect(refused.fields.contains { $0.name == "Retry-After" && $0.value == "1" })
        #expect(refused.text.contains("too_many_at_once"))
        #expect(other.status == 200)
        #expect(asking.response(question).status == 200)
    }

    @Test("knows nothing and says so, without zeros, where nothing was read")
    func unknown() throws {
        let data = try ExplainTests.asking().data("/api/explain?element=1&\(ExplainTests.day)")

        for key in ["energy_kwh", "method", "opening_counter", "closing_counter", "drift_percent"] {
            #expect(data[key] is NSNull, "\(key)")
        }
        #expect((data["methods"] as? [String: Any])?.values.allSatisfy { $0 is NSNull } == true)
        #expect(data["coverage"] as? Double == 0)
        #expect(data["readings"] as? Int == 0)
        let sentences = try #require(data["sentences"] as? [String])
        #expect(sentences.first?.hasSuffix("is not known.") == true)
        #expect(sentences.last == "No power was read in that time.")
    }

    @Test("gives energy by method, in parts that add up to the total exactly")
    func methods() throws {
        let asking = try ExplainTests.asking { explanation in
            explanation.rollup.readings = 1000
            explanation.rollup.coveredSeconds = 60_000
            explanation.rollup.interpolatedSeconds = 26_400
            // Thirds of millionths of a kWh, which all are rounded the same way.
            explanation.rollup.energy.counted = 7_200_001_200
            explanation.rollup.energy.integrated = 3_600_001_200
            explanation.rollup.energy.interpolated = 1_200
            explanation.rollup.energy.corrected = 1_800_000_000
        }

        let data = try asking.data("/api/explain?element=1&\(ExplainTests.day)")

        #expect(data["energy_kwh"] as? Double == 3.500001)
        #expect(data["method"] as? String == "mixed")
        let methods = try #require(data["methods"] as? [String: [String: Double]])
        #expect(methods.keys.sorted() == ["corrected", "counted", "integrated", "interpolated"])
        let millionths = methods.values.map { Int((($0["kwh"] ?? 0) * 1_000_000).rounded()) }
        #expect(millionths.reduce(0, +) == 3_500_001)
        let shares = methods.values.compactMap { $0["share"] }.reduce(0, +)
        #expect(abs(shares - 1) < 0.000_003)
        #expect(data["coverage"] as? Double == 1)
        #expect(data["seconds_covered"] as? Int == 60_000)
        #expect(data["seconds_interpolated"] as? Int == 26_400)
        #expect(data["seconds"] as? Int == 86_400)
    }

    @Test("gives the counter at both ends, what was noticed, gaps, drift, corrections and events")
    func everything() throws {
        let noon = moment("2024-01-30T12:00:00Z")
        let asking = try ExplainTests.asking { explanation in
            explanation.rollup.readings = 1380
            explanation.rollup.energy.counted = 3_600_000_000 * 20
            explanation.opening = .init(at: noon - 43_200, value: FixedPoint(1_000_000))
            explanation.closing = .init(at: noon + 43_140, value: FixedPoint(20_000))
            let reset = LedgerRemark.counterReset(from: FixedPoint(1_010_500), to: FixedPoint(0))
            explanation.remarks = [.init(at: noon, remark: reset)]
            explanation.gaps = [
                .init(start: noon, end: noon + 3600, energy: 3_600_000_000),
                .init(start: noon + 7200, end: noon + 7800, energy: nil),
            ]
            explanation.comparedCounted = 3_600_000_000 * 10
            explanation.comparedIntegral = 3_600_000_000 * 100
        }
        asking.history.correctionRecords = [
            CorrectionRecord(
                id: 7,
                elementID: 1,
                correction: Correction(start: noon, end: noon + 60, energy: nil),
                reason: "bench test",
                author: "jane",
                madeAt: noon + 90_000
            )
        ]
        asking.history.eventRecords = [
            EventRecord(id: 3, at: noon, pduID: 1, elementID: 1, kind: "counter_reset", detail: "It fell.")
        ]

        let data = try asking.data("/api/explain?element=1&\(ExplainTests.day)")

        let opening = try #require(data["opening_counter"] as? [String: Any])
        #expect(opening["kwh"] as? Double == 1000)
        #expect(opening["at"] as? String == "2024-01-30T00:00:00Z")
        let remark = try #require((data["remarks"] as? [[String: Any]])?.first)
        #expect(remark["kind"] as? String == "counter_reset")
        #expect((remark["detail"] as? String)?.contains("from 1010.5 kWh back to 0 kWh") == true)
        let gaps = try #require(data["gaps"] as? [[String: Any]])
        #expect(gaps.map { $0["seconds"] as? Int } == [3600, 600])
        #expect(gaps.map { $0["kwh"] as? Double } == [1, nil])
        #expect(gaps.map { $0["bridged"] as? Bool } == [true, false])
        #expect(data["drift_percent"] as? Double == 900)
        #expect(data["compared_counted_kwh"] as? Double == 10)
        #expect(data["compared_integrated_kwh"] as? Double == 100)
        let correction = try #require((data["corrections"] as? [[String: Any]])?.first)
        #expect(correction["action"] as? String == "exclude")
        #expect(correction["kwh"] is NSNull)
        #expect(correction["author"] as? String == "jane")
        let event = try #require((data["events"] as? [[String: Any]])?.first)
        #expect(event["kind"] as? String == "counter_reset")
    }

    @Test("names an element by its id, and by its PDU, kind and number")
    func naming() throws {
        let asking = try ExplainTests.asking()

        for name in ["1000003", "1/outlet/3", "1%2Foutlet%2F3"] {
            let data = try asking.data("/api/explain?element=\(name)&\(ExplainTests.day)")
            let element = try #require(data["element"] as? [String: Any])
            #expect(element["id"] as? Int == 1_000_003)
            #expect(element["pdu"] as? String == "PDU 1")
            #expect(element["kind"] as? String == "outlet")
            #expect(element["number"] as? Int == 3)
            #expect(element["name"] as? String == "web-1")
            let sentences = try #require(data["sentences"] as? [String])
            #expect(sentences.first?.hasPrefix("What Outlet 3 of PDU 1 (\"web-1\") used from") == true)
        }
        let whole = try asking.data("/api/explain?element=1/pdu/0&\(ExplainTests.day)")
        #expect((whole["element"] as? [String: Any])?["id"] as? Int == 1)
    }

    @Test("takes the bucket that holds a time instead of a range, in the site's calendar")
    func bucket() throws {
        let asking = try ExplainTests.asking()

        let spans = try ["period=hour&at=2024-01-30T12:34", "period=month&at=2024-01-30", "period=day"].map {
            query in
            let data = try asking.data("/api/explain?element=1&\(query)")
            return [data["start"] as? String, data["end"] as? String]
        }

        #expect(
            spans == [
                ["2024-01-30T12:00:00Z", "2024-01-30T13:00:00Z"],
                ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"],
                ["2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z"],
            ]
        )
    }

    @Test(
        "refuses what it cannot answer and says what it takes",
        arguments: [
            ("element=1", 400, "start and end, or period and at"),
            ("element=1&start=2024-01-30", 400, "start and end"),
            ("element=1&start=2024-01-30&end=2024-01-31&period=day", 400, "start and end, or"),
            ("element=1&start=x&end=2024-01-31", 400, "RFC 3339"),
            ("element=1&start=2024-01-31&end=2024-01-31", 400, "later than start"),
            ("element=1&start=2022-01-01&end=2024-01-31", 400, "400 days"),
            ("element=1&period=year", 400, "hour, day or month"),
            ("element=left&period=day", 400, "1/outlet/3"),
            ("element=0&period=day", 400, "1/outlet/3"),
            ("element=99999999999999999999&period=day", 400, "1/outlet/3"),
            ("element=99&period=day", 404, "no such element"),
            ("element=1/outlet/9&period=day", 404, "no such element"),
            ("element=1&element=2&period=day", 400, "more than once"),
        ]
    )
    func refusals(query: String, status: Int, words: String) throws {
        let response = try ExplainTests.asking().response("/api/explain?\(query)")

        #expect(response.status == status)
        #expect(response.text.contains(words), "\(response.text)")
    }

    @Test("is not sent again while nothing has changed")
    func entityTag() throws {
        let asking = try ExplainTests.asking()
        let target = "/api/explain?element=1&\(ExplainTests.day)"
        let tag = try #require(asking.response(target).field("ETag"))

        #expect(asking.response(target, ifNoneMatch: tag).status == 304)
        asking.history.version += 1
        #expect(asking.response(target, ifNoneMatch: tag).status == 200)
    }
}

@Suite("An explanation of the whole site")
struct ExplainSiteTests {
    @Test("lists members whose energies add up to the total exactly, and leaves out none")
    func members() throws {
        let asking = try Asking()
        let hours = asking.calendar.buckets(.hour, count: 2, endingWith: moment("2024-01-30T13:00:00Z"))
        asking.history.records = [.sample(1), .sample(2), .sample(3)]
        for id: Int64 in [1, 2] {
            for hour in hours {
                var rollup = Rollup.constant(watts: 1000, seconds: 3600, at: hour.start)
                rollup.energy.integrated = 3_600_001_200
                asking.history.rollups[id, default: [:]][hour] = rollup
            }
        }

        let data = try asking.data("/api/explain?start=2024-01-30T12:00&end=2024-01-30T14:00")

        #expect(data["element"] is NSNull)
        #expect(data["energy_kwh"] as? Double == 4.000001)
        let members = try #require(data["members"] as? [[String: Any]])
        #expect(members.map { $0["energy_kwh"] as? Double } == [2.000001, 2, nil])
        #expect(members.map { $0["method"] as? String } == ["integrated", "integrated", nil])
        #expect(data["members_covered"] as? Int == 2)
        #expect(data["members_total"] as? Int == 3)
        #expect(data["coverage"] as? Double == 0.666)
        let sentences = try #require(data["sentences"] as? [String])
        #expect(sentences[0].hasPrefix("The 3 PDUs together used 4.000 kWh from 2024-01-30 12:00 GMT to "))
        #expect(sentences[1].hasPrefix("Of them, 2 are known"))
    }

    @Test("is the total of the bars of the same days")
    func bars() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2)]
        let days = asking.calendar.buckets(.day, count: 7, endingWith: asking.now)
        for (index, day) in days.enumerated() {
            for id: Int64 in [1, 2] {
                asking.history.rollups[id, default: [:]][day] =
                    .constant(watts: 500 + Int64(index) * id * 100, seconds: 86_400, at: day.start)
            }
        }

        let bars = numbers(try asking.data("/api/power-data?period=week")["kwh"]).compactMap { $0 }
        let data = try asking.data("/api/explain?start=2024-01-25&end=2024-02-01")

        #expect(bars.count == 7)
        #expect(data["energy_kwh"] as? Double == bars.reduce(0, +))
    }

    @Test("is given of a few elements, of a group and of chosen PDUs, with the share of each")
    func selections() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2)]
        let outlets = [10, 11].map { (id: Int64) in
            ElementRecord(
                id: id,
                pdu: .sample(1),
                element: .init(.outlet, Int(id - 9)),
                name: id == 10 ? "web-1" : nil,
                energyResolution: nil
            )
        }
        asking.history.elements = outlets
        let group = ElementGroup(id: 4, name: "G4", colour: nil, description: nil, elementIDs: [10, 11])
        asking.settings.kept.groups = [group]
        let hour = asking.calendar.bucket(.hour, containing: moment("2024-01-30T12:00:00Z"))
        for (id, watts): (Int64, Int64) in [(1, 900), (10, 300), (11, 500)] {
            asking.history.rollups[id] = [hour: .constant(watts: watts, seconds: 3600, at: hour.start)]
        }
        let range = "start=2024-01-30T12:00&end=2024-01-30T13:00"

        let data = try asking.data("/api/explain?element_ids=10,11&\(range)")
        #expect(data["element"] is NSNull)
        #expect(data["energy_kwh"] as? Double == 0.8)
        let members = try #require(data["members"] as? [[String: Any]])
        #expect(members.map { $0["element_id"] as? Int } == [10, 11])
        #expect(members.map { $0["kind"] as? String } == ["outlet", "outlet"])
        #expect(members.map { $0["name"] as? String } == ["web-1", nil])
        #expect(members.map { $0["energy_kwh"] as? Double } == [0.3, 0.5])
        let sentences = try #require(data["sentences"] as? [String])
        #expect(sentences[0].hasPrefix("The 2 outlets together used 0.800 kWh"))
        #expect(sentences.contains { $0.hasPrefix("Outlet 1 of PDU 1 (\"web-1\") used 0.300 kWh (37.5 %)") })

        let ofGroup = try asking.data("/api/explain?group_ids=4&\(range)")
        #expect(ofGroup["energy_kwh"] as? Double == 0.8)
        let ofPDU = try asking.data("/api/explain?pdu_ids=1&\(range)")
        #expect(ofPDU["energy_kwh"] as? Double == 0.9)
        #expect((ofPDU["members"] as? [[String: Any]])?.map { $0["name"] as? String } == ["PDU 1"])
    }

    @Test("is refused for an element and several at once, and for what is not there")
    func refusals() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]
        let range = "start=2024-01-30T12:00&end=2024-01-30T13:00"
        #expect(asking.response("/api/explain?element=1&pdu_ids=1&\(range)").status == 400)
        #expect(asking.response("/api/explain?group_ids=9&\(range)").status == 404)
        #expect(asking.response("/api/explain?pdu_ids=9&\(range)").status == 404)
    }

    @Test("asks the ledger only for the parts of hours at both ends")
    func pieces() throws {
        let calendar = try Asking().calendar
        let range = try TimeRange(from: moment("2024-01-30T22:30:00Z"), to: moment("2024-03-02T01:00:10Z"))

        let cover = RangeCover(range, in: calendar)

        #expect(cover.pieces.map(\.seconds) == [1800, 10])
        #expect(
            cover.buckets[.hour]?.map(\.start.iso8601) == ["2024-01-30T23:00:00Z", "2024-03-02T00:00:00Z"]
        )
        #expect(
            cover.buckets[.day]?.map(\.start.iso8601) == ["2024-01-31T00:00:00Z", "2024-03-01T00:00:00Z"]
        )
        #expect(cover.buckets[.month]?.map(\.start.iso8601) == ["2024-02-01T00:00:00Z"])
        let seconds = cover.buckets.values.joined().reduce(0) { $0 + $1.seconds }
        #expect(seconds + 1810 == range.seconds)
    }
}

@Suite("The events")
struct EventsTests {
    @Test("are those of the PDUs that are asked for, the newest first, as many as are wanted")
    func choice() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2), .sample(3)]
        asking.history.eventRecords = (0..<9).map { index in
            EventRecord(
                id: 9 - index,
                at: asking.now - index * 60,
                pduID: index % 3 + 1,
                elementID: nil,
                kind: "unit_replaced",
                detail: "Event \(9 - index)."
            )
        }

        #expect(try asking.list("/api/events").map { $0["id"] as? Int } == (1...9).reversed())
        #expect(try asking.list("/api/events?pdu_ids=1,2&limit=3").map { $0["id"] as? Int } == [9, 8, 6])
        #expect(asking.response("/api/events?pdu_ids=4").status == 404)
        #expect(asking.response("/api/events?limit=0").status == 400)
        #expect(asking.response("/api/events?start=2024-02-01&end=2024-01-01").status == 400)
    }
}
