import Basics
import Energy
import Foundation
import Metering
import Storage
import TestSupport
import Testing

@testable import API

@Suite("GET /api/consumers")
struct ConsumersTests {
    @Test("has what the ledger has of each element, wherever the range is cut", arguments: 0..<3)
    func agreesWithLedger(index: Int) throws {
        let zones = ["Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"]
        let starts = ["2026-10-24T12:00:00Z", "2026-04-04T02:00:00Z", "2026-01-31T00:00:00Z"]
        let ends = ["2026-10-26T11:40:00Z", "2026-04-06T00:20:00Z", "2026-02-02T03:05:00Z"]
        let site = try RealSite(
            seed: UInt64(40 + index),
            zones[index],
            from: starts[index],
            until: ends[index]
        )
        var generator = SeededGenerator(seed: UInt64(index))
        for kind in ["outlet", "pdu", "outlet", "outlet"] {
            let start = UnixTime(
                Int64.random(in: site.oldest.seconds - 3600...site.newest.seconds, using: &generator)
            )
            let end = start + Int64.random(in: 60...200_000, using: &generator)
            let path = "/api/consumers?kind=\(kind)&start=\(start.iso8601)&end=\(end.iso8601)"
            let data = try site.data(path)
            let rows = try #require(data["rows"] as? [[String: Any]])
            let units = try site.units
            let expected = kind == "pdu" ? units : try units.flatMap { try site.outlets(of: $0) }
            #expect(rows.map { $0["element_id"] as? Int64 } == expected, "\(path)")
            var sum: Int64 = 0
            var accounts: [Int64: Rollup] = [:]
            for (row, id) in zip(rows, expected) {
                let rollup = try site.reader.explanation(of: id, from: start, to: end).rollup
                accounts[id] = rollup
                let energy = EnergyParts([rollup.energy]).total
                sum += energy ?? 0
                #expect(row["kwh"] as? Double == energy.map { Double($0) / 1_000_000 }, "\(path) \(id)")
                #expect(
                    row["max_power_watts"] as? Double == rollup.maximum?.power.doubleValue,
                    "\(path) \(id)"
                )
                #expect(
                    row["min_power_watts"] as? Double == rollup.minimum?.power.doubleValue,
                    "\(path) \(id)"
                )
                #expect(
                    row["max_power_at"] as? String == rollup.maximum.map { site.calendar.iso8601($0.at) }
                )
                let mean = rollup.meanWatts.flatMap { FixedPoint($0) }?.doubleValue
                #expect(row["avg_power_watts"] as? Double == mean, "\(path) \(id)")
            }
            for row in rows {
                guard let kwh = row["kwh"] as? Double else { continue }
                let share = try #require(row["share"] as? Double)
                #expect(abs(share - kwh * 1_000_000 / Double(sum)) < 0.000_001)
            }
            let residual = try #require(data["residual"] as? [[String: Any]])
            #expect(residual.map { $0["pdu_id"] as? Int64 } == (kind == "pdu" ? [] : units))
            for one in residual {
                let unit = try #require(one["pdu_id"] as? Int64)
                let whole = try site.reader.explanation(of: unit, from: start, to: end).rollup
                let known = EnergyParts([whole.energy]).total.map { Double($0) / 1_000_000 }
                #expect(one["unit_kwh"] as? Double == known)
                let parts = EnergyParts(try site.outlets(of: unit).compactMap { accounts[$0]?.energy }).total
                #expect(one["parts_kwh"] as? Double == parts.map { Double($0) / 1_000_000 })
                guard let rest = one["residual_kwh"] as? Double, let known, let parts else { continue }
                #expect(abs(rest - (known - Double(parts) / 1_000_000)) < 1e-9)
            }
        }
    }

    /// One PDU with a unit and two outlets, both measured, and the hour before the one at hand.
    private func asking(secondIsMetered: Bool = true, secondSeconds: Int64 = 3600) throws -> Asking {
        let asking = try Asking()
        let now = moment("2024-01-31T14:05:00Z")
        asking.history.records = [.sample(1), .sample(2, isConfigured: false)]
        asking.history.run = RunRecord(minute: now, interval: 60, pdusRead: 1, pdusFailed: 0)
        asking.history.states = [.sample(1, readAt: now), .sample(2, readAt: now, isConfigured: false)]
        let hour = asking.calendar.bucket(.hour, containing: moment("2024-01-31T12:00:00Z"))
        func part(_ id: Int64, _ element: Element, isMetered: Bool = true) -> ElementStatus {
            var reading = ElementReading(element)
            reading.name = "<b>\(id)</b>"
            reading.bank = element.number
            reading.state = .off
            reading.activePower = isMetered ? FixedPoint(0) : nil
            return ElementStatus(id: id, reading: reading, measuredAt: isMetered ? now : nil)
        }
        asking.history.parts = [
            1: [
                part(10, Element(.bank, 1)), part(11, Element(.outlet, 1)),
                part(12, Element(.outlet, 2), isMetered: secondIsMetered), part(1, .wholePDU),
            ],
            2: [part(21, Element(.outlet, 1)), part(2, .wholePDU)],
        ]
        asking.history.elements = [
            ElementRecord(
                id: 10,
                pdu: .sample(1),
                element: Element(.bank, 1),
                name: nil,
                energyResolution: nil
            ),
            ElementRecord(
                id: 12,
                pdu: .sample(1),
                element: Element(.outlet, 2),
                name: nil,
                energyResolution: nil
            ),
            ElementRecord(id: 1, pdu: .sample(1), element: .wholePDU, name: nil, energyResolution: nil),
        ]
        asking.history.rollups = [
            1: [hour: .constant(watts: 1000, seconds: 3600, at: hour.start)],
            11: [hour: .constant(watts: 600, seconds: 3600, at: hour.start)],
        ]
        if secondIsMetered {
            asking.history.rollups[12] = [
                hour: .constant(watts: 300, seconds: secondSeconds, at: hour.start)
            ]
        }
        return asking
    }

    private static let hour = "start=2024-01-31T12:00&end=2024-01-31T13:00"

    @Test("tells what no outlet accounts for, when all are measured")
    func residual() throws {
        let data = try asking().data("/api/consumers?kind=outlet&\(Self.hour)")
        let residual = try #require((data["residual"] as? [[String: Any]])?.first)

        #expect(residual["unit_kwh"] as? Double == 1)
        #expect(residual["parts_kwh"] as? Double == 0.9)
        #expect(residual["residual_kwh"] as? Double == 0.1)
    }

    @Test("does not call unmetered outlets, or gaps, a residual")
    func unknownResidual() throws {
        for asking in [try asking(secondIsMetered: false), try asking(secondSeconds: 3500)] {
            let data = try asking.data("/api/consumers?kind=outlet&\(Self.hour)")
            let residual = try #require((data["residual"] as? [[String: Any]])?.first)
            #expect(residual["unit_kwh"] as? Double == 1)
            #expect(residual["residual_kwh"] is NSNull)
        }
    }

    @Test("tells off from not metered, and a measured zero from unknown")
    func states() throws {
        let data = try asking(secondIsMetered: false).data("/api/consumers?kind=outlet&\(Self.hour)")
        let rows = try #require(data["rows"] as? [[String: Any]])

        #expect(rows.map { $0["element_id"] as? Int } == [11, 12])
        #expect(rows[0]["now_watts"] as? Int == 0)
        #expect(rows[0]["metered"] as? Bool == true)
        #expect(rows[0]["state"] as? String == "off")
        #expect(rows[0]["share"] as? Double == 1)
        #expect(rows[0]["name"] as? String == "<b>11</b>")
        #expect(rows[1]["now_watts"] is NSNull)
        #expect(rows[1]["metered"] as? Bool == false)
        #expect(rows[1]["kwh"] is NSNull && rows[1]["share"] is NSNull)
        #expect(rows[1]["pdu"] as? String == "PDU 1")
    }

    @Test("lists a PDU that is no longer configured only where it has data")
    func retired() throws {
        let asking = try asking()
        let hour = asking.calendar.bucket(.hour, containing: moment("2024-01-31T12:00:00Z"))
        asking.history.rollups[21] = [hour: .constant(watts: 100, seconds: 3600, at: hour.start)]

        let with = try asking.data("/api/consumers?kind=outlet&\(Self.hour)")
        let without = try asking.data(
            "/api/consumers?kind=outlet&start=2024-01-31T11:00&end=2024-01-31T12:00"
        )

        #expect((with["rows"] as? [[String: Any]])?.map { $0["element_id"] as? Int } == [11, 12, 21])
        #expect((without["rows"] as? [[String: Any]])?.map { $0["element_id"] as? Int } == [11, 12])
    }

    @Test("takes a bank for the outlets behind it, and a PDU for all of its own")
    func scopes() throws {
        func ids(_ query: String) throws -> [Int?] {
            let data = try asking().data("/api/consumers?\(Self.hour)&\(query)")
            return (data["rows"] as? [[String: Any]] ?? []).map { $0["element_id"] as? Int }
        }
        #expect(try ids("kind=outlet&element_ids=10") == [11])
        #expect(try ids("kind=outlet&element_ids=10,12") == [11, 12])
        #expect(try ids("kind=outlet&element_ids=1") == [11, 12])
        #expect(try ids("kind=bank&element_ids=10") == [10])
        #expect(try ids("kind=outlet&pdu_ids=1") == [11, 12])
        #expect(try ids("") == [1])
        let data = try asking().data("/api/consumers?\(Self.hour)&kind=outlet&element_ids=12")
        #expect((data["residual"] as? [Any])?.isEmpty == true)
    }

    @Test(
        "refuses what it cannot understand",
        arguments: ["kind=rack", "start=2024-01-02&end=2024-01-01", "pdu_ids=1&element_ids=1"]
    )
    func refused(query: String) throws {
        #expect(try Asking().response("/api/consumers?\(query)").status == 400)
    }
}
