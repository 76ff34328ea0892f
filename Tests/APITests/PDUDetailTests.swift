import Basics
import Energy
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("One PDU")
struct PDUDetailTests {
    /// PDU 1 with two outlets, a phase, a bank and a probe, read half a minute ago.
    private func asking(failure: FailureReason? = nil, age: Int64 = 30) throws -> Asking {
        let asking = try Asking()
        let history = asking.history
        let read = asking.now - age
        history.run = RunRecord(minute: asking.now - 30, interval: 60, pdusRead: 1, pdusFailed: 0)
        var state = PDUStatus.sample(1, readAt: read, failure: failure)
        state.pdu.identity.serial = "5A1"
        state.pdu.identity.name = "rack-7"
        state.latencyMilliseconds = 42
        history.states = [state]
        history.records = [state.pdu]
        var whole = ElementReading(.wholePDU)
        whole.activePower = FixedPoint(1250)
        whole.current = FixedPoint(thousandths: 5435)
        whole.energy = FixedPoint(thousandths: 1_234_500_000)
        whole.energySince = "1 March"
        whole.ratedCurrent = FixedPoint(16)
        var outlet = ElementReading(Element(.outlet, 1))
        outlet.name = "router"
        outlet.state = .on
        outlet.activePower = FixedPoint(100)
        outlet.powerIsEstimate = true
        outlet.ratedPower = FixedPoint(3000)
        outlet.warningCurrent = FixedPoint(12)
        outlet.criticalCurrent = FixedPoint(15)
        outlet.bank = 1
        outlet.phase = 2
        var switched = ElementReading(Element(.outlet, 2))
        switched.state = .off
        history.parts[1] = [
            ElementStatus(id: 1_000_001, reading: ElementReading(Element(.bank, 1)), measuredAt: read),
            ElementStatus(id: 1_000_002, reading: outlet, measuredAt: read, stateSince: read - 3600),
            ElementStatus(id: 1_000_003, reading: switched, measuredAt: nil),
            ElementStatus(id: 1, reading: whole, measuredAt: read),
            ElementStatus(id: 1_000_000, reading: ElementReading(Element(.phase, 1)), measuredAt: read),
        ]
        var probe = SensorReading(number: 1)
        probe.temperature = FixedPoint(thousandths: 23_400)
        history.probes[1] = [SensorStatus(id: 9, reading: probe, readAt: read)]
        let hour = asking.calendar.bucket(.hour, containing: asking.now)
        for id: Int64 in [1, 1_000_002] {
            history.rollups[id] = [hour: .constant(watts: id == 1 ? 1200 : 90, seconds: 300, at: hour.start)]
        }
        return asking
    }

    @Test("is told with what it is, how it is, what it measures and what it has")
    func whole() throws {
        let asking = try asking()
        asking.history.records.append(.sample(2))
        asking.history.records[1].hostID = 1
        asking.history.records[1].unit = 2

        let pdu = try asking.data("/api/pdus/1")

        #expect(pdu["id"] as? Int == 1 && pdu["element_id"] as? Int == 1)
        #expect(pdu["serial"] as? String == "5A1" && pdu["device_name"] as? String == "rack-7")
        #expect(pdu["host_id"] is NSNull && pdu["unit"] is NSNull && pdu["failure"] is NSNull)
        #expect(pdu["linked_ids"] as? [Int] == [2])
        #expect(pdu["status"] as? String == "online")
        #expect(pdu["latency_ms"] as? Int == 42)
        #expect(pdu["last_reading"] as? String == "2024-01-31T14:05:00Z")
        #expect(pdu["last_attempt"] as? String == "2024-01-31T14:05:00Z")
        #expect(pdu["power_watts"] as? Double == 1250)
        #expect(pdu["power_is_estimate"] as? Bool == false)
        #expect(
            pdu["apparent_power_va"] is NSNull && pdu["voltage_volts"] is NSNull
                && pdu["power_factor"] is NSNull
        )
        #expect(pdu["energy_kwh"] as? Double == 1234.5)
        #expect(pdu["energy_since"] as? String == "1 March")
        #expect(pdu["load_percent"] as? Double == 34)
        #expect(numbers(pdu["hourly_watts"]) == Array(repeating: nil, count: 23) + [1200])
        #expect(pdu["counts"] as? [String: Int] == ["phases": 1, "banks": 1, "outlets": 2, "sensors": 1])
    }

    @Test("has outlets in their order, with state, ratings and what feeds them")
    func outlets() throws {
        let outlets = try asking().list("/api/pdus/1/outlets")

        #expect(outlets.map { $0["element_id"] as? Int } == [1_000_002, 1_000_003])
        #expect(outlets.map { $0["number"] as? Int } == [1, 2])
        #expect(outlets.map { $0["state"] as? String } == ["on", "off"])
        let first = outlets[0]
        #expect(first["name"] as? String == "router")
        #expect(first["state_since"] as? String == "2024-01-31T13:05:00Z")
        #expect(first["power_is_estimate"] as? Bool == true)
        #expect(
            first["warning_current_amps"] as? Double == 12 && first["critical_current_amps"] as? Double == 15
        )
        #expect(first["bank"] as? Int == 1 && first["phase"] as? Int == 2)
        // Of the rated current nothing is known, so that the power says how loaded it is.
        #expect(first["load_percent"] as? Double == 3.3)
        #expect(numbers(first["hourly_watts"])[23] == 90)
        #expect(outlets[1]["state_since"] is NSNull && outlets[1]["power_watts"] is NSNull)
        #expect(outlets[1]["last_reading"] as? String == "2024-01-31T14:05:00Z")
        #expect(outlets[1]["load_percent"] is NSNull)
    }

    @Test("has phases, banks and probes")
    func otherParts() throws {
        let asking = try asking()

        #expect(try asking.list("/api/pdus/1/phases").map { $0["element_id"] as? Int } == [1_000_000])
        let bank = try #require(try asking.list("/api/pdus/1/banks").first)
        #expect(bank["element_id"] as? Int == 1_000_001 && bank["state"] is NSNull)
        let probe = try #require(try asking.list("/api/pdus/1/sensors").first)
        #expect(probe["sensor_id"] as? Int == 9 && probe["number"] as? Int == 1)
        #expect(probe["temperature_celsius"] as? Double == 23.4 && probe["humidity_percent"] is NSNull)
    }

    @Test(
        "that is not online has no measured value, but what it is, when it was read, and its past",
        arguments: [(151, nil, "stale"), (151, FailureReason.timeout, "offline")]
    )
    func notOnline(age: Int64, failure: FailureReason?, status: String) throws {
        let asking = try asking(failure: failure, age: age)

        let pdu = try asking.data("/api/pdus/1")
        let outlet = try asking.list("/api/pdus/1/outlets")[0]
        let probe = try asking.list("/api/pdus/1/sensors")[0]

        #expect(pdu["status"] as? String == status)
        for key in ["power_watts", "current_amps", "energy_kwh", "load_percent"] {
            #expect(pdu[key] is NSNull)
        }
        #expect(pdu["rated_current_amps"] as? Double == 16)
        #expect(numbers(pdu["hourly_watts"])[23] == 1200)
        for key in ["power_watts", "state", "state_since", "load_percent"] { #expect(outlet[key] is NSNull) }
        #expect(outlet["power_is_estimate"] as? Bool == false)
        #expect(outlet["warning_current_amps"] as? Double == 12)
        #expect(probe["temperature_celsius"] is NSNull)
        for object in [pdu, outlet, probe] {
            #expect(object["last_reading"] as? String == "2024-01-31T14:02:59Z")
        }
    }

    @Test("has no value of an outlet that was not among those read last, while the others have theirs")
    func missingOutlet() throws {
        let asking = try asking()
        asking.history.parts[1]?[1].measuredAt = asking.now - 7200

        let outlet = try asking.list("/api/pdus/1/outlets")[0]

        #expect(outlet["power_watts"] is NSNull && outlet["state"] is NSNull)
        #expect(outlet["last_reading"] as? String == "2024-01-31T12:05:30Z")
        #expect(try asking.data("/api/pdus/1")["power_watts"] as? Double == 1250)
    }

    @Test("that was never read has nothing, under the same names")
    func neverRead() throws {
        let asking = try asking()
        let known = Set(try asking.data("/api/pdus/1").keys)
        asking.history.states = [.sample(1, watts: nil, readAt: nil, failure: .timeout)]
        asking.history.parts = [:]
        asking.history.probes = [:]

        let pdu = try asking.data("/api/pdus/1")

        #expect(Set(pdu.keys) == known)
        #expect(pdu["status"] as? String == "offline" && pdu["failure"] as? String == "timeout")
        #expect(pdu["element_id"] is NSNull && pdu["power_watts"] is NSNull && pdu["last_reading"] is NSNull)
        #expect(numbers(pdu["hourly_watts"]) == Array(repeating: nil, count: 24))
        #expect(try asking.list("/api/pdus/1/outlets").isEmpty && asking.list("/api/pdus/1/sensors").isEmpty)
    }

    @Test(
        "that does not exist is a 404 that names it",
        arguments: ["", "/outlets", "/phases", "/banks", "/sensors"]
    )
    func unknown(part: String) throws {
        let response = try asking().response("/api/pdus/77" + part)

        #expect(response.status == 404)
        #expect(response.text.contains("no PDU 77"))
        #expect(response.text.contains("unknown_pdu"))
    }

    @Test(
        "is sent again when there is a new run, or it became stale, and else not",
        arguments: ["", "/outlets", "/sensors"]
    )
    func tags(part: String) throws {
        var asking = try asking()
        let path = "/api/pdus/1" + part
        let tag = asking.response(path).field("ETag")
        let questions = asking.history.questions.count

        #expect(asking.response(path, ifNoneMatch: tag).status == 304)
        #expect(asking.history.questions.count == questions)
        #expect(asking.response(path, method: "POST").status == 405)
        #expect(asking.response(path + "?a=%", ifNoneMatch: tag).status == 400)
        asking.now = asking.now + 180
        #expect(asking.response(path, ifNoneMatch: tag).status == 200)
        asking.now = asking.now - 180
        asking.history.version = 2
        #expect(asking.response(path, ifNoneMatch: tag).status == 200)
    }

    @Test("loaded beyond its rating is so, and without a rating, or with one of 0, nobody knows")
    func load() throws {
        let asking = try asking()
        for (amperes, rated, percent) in [
            (20.0, 16, 125.0), (0.01, 16, 0.1), (0, 16, 0), (8, 0, nil), (8, nil, nil),
        ]
            as [(Double, Int?, Double?)]
        {
            asking.history.parts[1]?[3].reading.current = FixedPoint(amperes)
            asking.history.parts[1]?[3].reading.ratedCurrent = rated.map { FixedPoint($0) }

            #expect(try asking.data("/api/pdus/1")["load_percent"] as? Double == percent)
        }
    }
}

@Suite("Elements named by their ids")
struct ElementSelectionTests {
    /// PDUs 1 and 2 with outlets 1 and 2 each, PDU 1 also with a bank, and 100 W of each in the hour before the current
    /// one.
    private func asking() throws -> (Asking, Bucket) {
        let asking = try Asking()
        let hour = asking.calendar.bucket(.hour, containing: asking.now - 3600)
        let places: [(Int64, Int64, Element)] = [
            (1, 1, .wholePDU), (2, 2, .wholePDU), (1_000_000, 1, Element(.outlet, 1)),
            (1_000_001, 1, Element(.outlet, 2)), (1_000_002, 1, Element(.bank, 1)),
            (1_000_003, 2, Element(.outlet, 1)), (1_000_004, 2, Element(.outlet, 2)),
        ]
        asking.history.records = [.sample(1), .sample(2)]
        for (id, pdu, element) in places {
            asking.history.elements.append(
                ElementRecord(id: id, pdu: .sample(pdu), element: element, name: nil, energyResolution: nil)
            )
            asking.history.rollups[id] = [hour: .constant(watts: 100, seconds: 3600, at: hour.start)]
        }
        asking.history.sums[hour] = SumExtremes(
            minimum: PowerExtreme(power: FixedPoint(150), at: hour.start),
            maximum: PowerExtreme(power: FixedPoint(180), at: hour.start + 60),
            members: 2
        )
        return (asking, hour)
    }

    @Test("add up as PDUs do, with extremes of same-minute sums")
    func sums() throws {
        let (asking, _) = try asking()
        for query in [
            "element_ids[]=1000000&element_ids[]=1000003", "element_ids=1000003,1000000,1000003",
            "element_ids%5B%5D=1000000&element_ids=1000003",
        ] {
            let data = try asking.data("/api/power-data?\(query)")
            let statistics = try asking.data("/api/statistics?\(query)")

            #expect(numbers(data["kwh"])[22] == 0.2)
            #expect(numbers(data["avg_power"])[22] == 200)
            #expect(numbers(data["max_power"])[22] == 180)
            #expect(numbers(data["min_power"])[22] == 150)
            #expect(numbers(data["coverage"])[22] == 1)
            #expect(numbers(data["members_total"])[22] == 2)
            #expect(data["element_ids"] as? [Int] == [1_000_000, 1_000_003])
            #expect(data["pdu_ids"] as? [Int] == [1, 2])
            #expect(statistics["max_power_watts"] as? Double == 180)
            #expect(statistics["peak_hour"] as? String == "2024-01-31 13:00")
            #expect(statistics["element_ids"] as? [Int] == [1_000_000, 1_000_003])
        }
    }

    @Test("of one is its own rollup, of any kind")
    func one() throws {
        let (asking, _) = try asking()
        for id in [1, 1_000_000, 1_000_002] {
            let data = try asking.data("/api/power-data?element_ids=\(id)")
            #expect(numbers(data["max_power"])[22] == 100)
            #expect(data["element_ids"] as? [Int] == [id])
        }
        #expect(try asking.data("/api/power-data")["element_ids"] == nil)
    }

    @Test(
        "that may contain each other are refused, with both named; of different PDUs they are not",
        arguments: [
            ("1,1000000", "1 (the whole PDU) and 1000000 (outlet 1)"),
            ("1000000,1000002", "1000000 (outlet 1) and 1000002 (bank 1)"),
            ("2,1000001,1000002", "1000001 (outlet 2) and 1000002 (bank 1)"), ("2,1000001", nil),
            ("1,2", nil),
            ("1000000,1000001", nil), ("1000002,1000004", nil),
        ] as [(String, String?)]
    )
    func overlap(ids: String, words: String?) throws {
        let (asking, _) = try asking()
        for path in ["/api/power-data", "/api/statistics"] {
            let response = asking.response("\(path)?element_ids=\(ids)")

            #expect(response.status == (words == nil ? 200 : 400))
            if let words { #expect(response.text.contains(words), "\(response.text)") }
        }
        #expect(asking.response("/api/events?element_ids=\(ids)").status == 200)
    }

    @Test(
        "are refused where they are not ids, too many, or beside PDUs, before the history is asked",
        arguments: [
            ("element_ids=", "positive whole numbers"), ("element_ids=1/outlet/3", "positive whole numbers"),
            ("element_ids[0]=1", "element_ids[]=1"), ("element_ids=1&pdu_ids=1", "not both"),
            ("element_ids=" + String(repeating: "1,", count: 1000) + "1", "1000 elements at most"),
        ]
    )
    func refused(query: String, words: String) throws {
        let (asking, _) = try asking()
        for path in ["/api/power-data", "/api/statistics", "/api/events"] {
            let response = asking.response("\(path)?\(query)")
            #expect(response.status == 400)
            #expect(response.text.contains(words), "\(response.text)")
        }
        #expect(asking.history.questions.isEmpty)
    }

    @Test("that do not exist are a 404 with the id")
    func unknown() throws {
        let (asking, _) = try asking()
        for path in ["/api/power-data", "/api/statistics", "/api/events"] {
            let response = asking.response("\(path)?element_ids=1000000,5")
            #expect(response.status == 404)
            #expect(response.text.contains("no element 5"))
        }
    }

    @Test("have their own events, the newest first")
    func events() throws {
        let (asking, hour) = try asking()
        for (id, element) in [(1, 1_000_000), (2, nil), (3, 1_000_003), (4, 1_000_001)] as [(Int64, Int64?)] {
            asking.history.eventRecords.append(
                EventRecord(
                    id: id,
                    at: hour.start + id,
                    pduID: 1,
                    elementID: element,
                    kind: "counter_reset",
                    detail: "It was reset."
                )
            )
        }

        let events = try asking.list("/api/events?element_ids=1000000,1000003")

        #expect(events.map { $0["id"] as? Int } == [3, 1])
    }
}
