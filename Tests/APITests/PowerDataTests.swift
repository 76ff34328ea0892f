import Basics
import Energy
import Foundation
import Storage
import Testing

@testable import API

@Suite("Power data")
struct PowerDataTests {
    /// One hour of `watts` for each PDU, in the hour before the current one.
    private func asking(watts: [Int64]) throws -> (Asking, Bucket) {
        let asking = try Asking()
        let hour = asking.calendar.bucket(.hour, containing: asking.now - 3600)
        for (index, watts) in watts.enumerated() {
            let id = Int64(index + 1)
            asking.history.records.append(.sample(id))
            asking.history.rollups[id] = [hour: .constant(watts: watts, seconds: 3600, at: hour.start)]
        }
        return (asking, hour)
    }

    @Test(
        "has the contract's number of buckets, labelled in the site's time",
        arguments: [
            ("day", 24, "15:00", "14:00"), ("week", 7, "2024-01-25", "2024-01-31"),
            ("month", 30, "2024-01-02", "2024-01-31"), ("year", 12, "2023-02", "2024-01"),
        ]
    )
    func labels(period: String, count: Int, first: String, last: String) throws {
        let data = try Asking().data("/api/power-data?period=\(period)")

        let labels = try #require(data["labels"] as? [String])
        #expect(labels.count == count)
        #expect(labels.first == first)
        #expect(labels.last == last)
        for column in ["kwh", "avg_power", "max_power", "min_power", "starts", "ends", "coverage", "partial"]
        {
            #expect((data[column] as? [Any])?.count == count)
        }
        #expect(data["partial"] as? [Bool] == Array(repeating: false, count: count - 1) + [true])
    }

    @Test("is of the day when no period is given")
    func defaultPeriod() throws {
        #expect(try Asking().data("/api/power-data")["period"] as? String == "day")
    }

    @Test("gives null, not 0, for buckets without data")
    func gaps() throws {
        let (asking, _) = try asking(watts: [0])

        let data = try asking.data("/api/power-data")

        for column in ["kwh", "avg_power", "max_power", "min_power"] {
            let values = numbers(data[column])
            #expect(values[22] == 0)
            #expect(values.count { $0 == nil } == 23)
        }
    }

    @Test("of one PDU is its own rollup")
    func onePDU() throws {
        let (asking, _) = try asking(watts: [1500, 700])

        let data = try asking.data("/api/power-data?pdu_ids[]=1")

        #expect(numbers(data["kwh"])[22] == 1.5)
        #expect(numbers(data["avg_power"])[22] == 1500)
        #expect(numbers(data["max_power"])[22] == 1500)
        #expect(data["pdu_ids"] as? [Int] == [1])
        #expect(!asking.history.questions.contains("siteRollups"))
        #expect(!asking.history.questions.contains("sumExtremes"))
    }

    @Test(
        "of several PDUs adds energy and means, and takes extremes from same-minute sums, not from sums of extremes"
    )
    func severalPDUs() throws {
        let (asking, hour) = try asking(watts: [1000, 500, 9000])
        asking.history.sums[hour] = SumExtremes(
            minimum: PowerExtreme(power: FixedPoint(1400), at: hour.start),
            maximum: PowerExtreme(power: FixedPoint(1600), at: hour.start),
            members: 2
        )

        for query in ["pdu_ids[]=1&pdu_ids[]=2", "pdu_ids=1,2", "pdu_ids=2,1,2", "pdu_ids=2&pdu_ids[]=1"] {
            let data = try asking.data("/api/power-data?\(query)")
            #expect(numbers(data["kwh"])[22] == 1.5)
            #expect(numbers(data["avg_power"])[22] == 1500)
            #expect(numbers(data["max_power"])[22] == 1600)
            #expect(numbers(data["min_power"])[22] == 1400)
            #expect(data["pdu_ids"] as? [Int] == [1, 2])
        }
    }

    @Test("of every PDU, named or not, takes extremes from the site's rollup")
    func everyPDU() throws {
        let (asking, hour) = try asking(watts: [1000, 500])
        asking.history.site[hour] = .constant(watts: 1444, seconds: 3600, at: hour.start)

        for target in ["/api/power-data", "/api/power-data?pdu_ids=1,2"] {
            #expect(numbers(try asking.data(target)["max_power"])[22] == 1444)
        }
        #expect(!asking.history.questions.contains("sumExtremes"))
    }

    @Test("knows the energy of the PDUs it knows, and says of how many that is")
    func partlyKnown() throws {
        let (asking, _) = try asking(watts: [1000, 500])
        asking.history.rollups[2] = [:]

        let data = try asking.data("/api/power-data")

        #expect(numbers(data["kwh"])[22] == 1)
        #expect(numbers(data["members_covered"])[22] == 1)
        #expect(numbers(data["members_total"])[22] == 2)
        #expect(numbers(data["coverage"])[22] == 0.5)
        #expect(numbers(data["seconds_covered"])[22] == 1800)
    }

    @Test("expects nothing of a PDU before it was there, or after it was taken out")
    func membership() throws {
        let (asking, hour) = try asking(watts: [1000])
        asking.history.records.append(.sample(2, createdAt: hour.end + 60))
        asking.history.records.append(.sample(3, isConfigured: false))

        let data = try asking.data("/api/power-data")

        #expect(numbers(data["members_total"])[22] == 1)
        #expect(numbers(data["coverage"])[22] == 1)
        #expect(numbers(data["members_total"])[23] == 2)
    }

    @Test("covers the running bucket wholly when nothing is missing up to the newest run")
    func runningBucket() throws {
        let asking = try Asking(now: "2024-01-31T14:05:45Z")
        let hour = asking.calendar.bucket(.hour, containing: asking.now)
        asking.history.records = [.sample(1)]
        asking.history.run = RunRecord(minute: hour.start + 300, interval: 60, pdusRead: 1, pdusFailed: 0)
        asking.history.rollups[1] = [hour: .constant(watts: 100, seconds: 300, at: hour.start)]

        #expect(numbers(try asking.data("/api/power-data")["coverage"])[23] == 1)
        // When the collector has stopped, the time since counts as missing.
        asking.history.run?.minute = hour.start - 3600
        #expect(numbers(try asking.data("/api/power-data")["coverage"])[23] == 0.869)
    }

    @Test("says how the energy is known, and counts time that only the counter bridges as covered")
    func method() throws {
        let (asking, hour) = try asking(watts: [1000])
        var bridged = Rollup.constant(watts: 1000, seconds: 1800, at: hour.start, isCounted: true)
        bridged.interpolatedSeconds = 1800
        bridged.energy.interpolated = 1_800_000_000
        asking.history.rollups[1]?[hour] = bridged

        let data = try asking.data("/api/power-data")

        #expect((data["method"] as? [Any])?[22] as? String == "mixed")
        #expect(numbers(data["kwh"])[22] == 1)
        #expect(numbers(data["coverage"])[22] == 1)
        #expect(numbers(data["seconds_interpolated"])[22] == 1800)
    }

    @Test("names energy that a person set")
    func corrected() throws {
        let (asking, hour) = try asking(watts: [1000])
        asking.history.rollups[1]?[hour]?.energy = EnergyAccount()
        asking.history.rollups[1]?[hour]?.energy.corrected = 1_800_000_000

        let data = try asking.data("/api/power-data")

        #expect((data["method"] as? [Any])?[22] as? String == "corrected")
        #expect(numbers(data["kwh"])[22] == 0.5)
    }

    @Test(
        "of the night when clocks go back has 24 real hours, the repeated ones told apart by the zone's name"
    )
    func autumn() throws {
        let data = try Asking(now: "2024-10-27T05:30:00Z").data("/api/power-data")

        let labels = try #require(data["labels"] as? [String])
        let starts = try #require(data["starts"] as? [String])
        #expect(labels.suffix(6) == ["01:00 BST", "01:00 GMT", "02:00", "03:00", "04:00", "05:00"])
        #expect(starts.contains("2024-10-27T01:00:00+01:00") && starts.contains("2024-10-27T01:00:00Z"))
        #expect(labels.first == "07:00")
    }

    @Test(
        "names each of its hours once, wherever clocks go back",
        arguments: [
            ("Europe/London", "2024-10-27T12:30:00Z"), ("Australia/Lord_Howe", "2024-04-07T01:30:00Z"),
            ("Antarctica/Troll", "2024-10-27T12:30:00Z"), ("America/Havana", "2024-11-03T15:30:00Z"),
            ("America/St_Johns", "2006-10-29T14:30:00Z"),
        ]
    )
    func distinctLabels(zone: String, now: String) throws {
        let labels = try #require(Asking(zone, now: now).data("/api/power-data")["labels"] as? [String])

        #expect(labels.count == 24)
        #expect(Set(labels).count == 24)
        #expect(labels.contains { $0.count > 5 })
    }

    @Test("of the night when clocks go forward leaves out the hour that does not exist")
    func spring() throws {
        let data = try Asking(now: "2024-03-31T05:30:00Z").data("/api/power-data")

        let labels = try #require(data["labels"] as? [String])
        #expect(labels.suffix(6) == ["00:00", "02:00", "03:00", "04:00", "05:00", "06:00"])
        #expect(labels.count == 24)
    }

    @Test("of the week has a day of 25 hours when clocks go back")
    func longDay() throws {
        let data = try Asking(now: "2024-10-28T12:00:00Z").data("/api/power-data?period=week")

        let starts = try #require(data["starts"] as? [String])
        let ends = try #require(data["ends"] as? [String])
        #expect(starts[5] == "2024-10-27T00:00:00+01:00")
        #expect(ends[5] == "2024-10-28T00:00:00Z")
    }

    @Test("begins the day at the site's midnight, not at UTC's")
    func siteMidnight() throws {
        let data = try Asking("Asia/Kathmandu", now: "2024-01-31T18:20:00Z").data(
            "/api/power-data?period=week"
        )

        #expect((data["labels"] as? [String])?.last == "2024-02-01")
        #expect((data["starts"] as? [String])?.last == "2024-02-01T00:00:00+05:45")
    }

    @Test("leaves out an energy that is beyond all numbers instead of ending the process")
    func damaged() throws {
        let (asking, hour) = try asking(watts: [1, 1])
        for id: Int64 in [1, 2] {
            asking.history.rollups[id]?[hour]?.energy.counted = .max
            asking.history.rollups[id]?[hour]?.powerIntegral = .max
        }

        for target in ["/api/power-data", "/api/statistics", "/api/statistics?pdu_ids=1"] {
            #expect(asking.response(target).status == 200)
        }
        #expect(numbers(try asking.data("/api/power-data")["kwh"])[22] == nil)
    }
}
