import Basics
import Energy
import Foundation
import Storage
import Testing

@testable import API

@Suite("Statistics")
struct StatisticsTests {
    @Test("are null throughout without data")
    func empty() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1)]

        let data = try asking.data("/api/statistics")

        for key in [
            "total_kwh", "avg_power_watts", "max_power_watts", "min_power_watts", "peak_hour", "max_power_at",
        ] {
            #expect(data[key] is NSNull, "\(key)")
        }
        #expect(data["coverage"] as? Double == 0)
    }

    @Test("have a total that is the sum of the bars to the last digit")
    func additive() throws {
        let asking = try Asking()
        asking.history.records = [.sample(1), .sample(2)]
        var energy: Int64 = 1_234_567
        for id: Int64 in [1, 2] {
            for bucket in asking.calendar.buckets(.hour, count: 24, endingWith: asking.now) {
                energy = energy &* 7919 % 9_000_000_000
                var rollup = Rollup.constant(watts: 1, seconds: 60, at: bucket.start)
                rollup.energy.integrated = energy
                asking.history.rollups[id, default: [:]][bucket] = rollup
            }
        }

        let bars = numbers(try asking.data("/api/power-data")["kwh"]).compactMap { $0 }
        let total = try #require(try asking.data("/api/statistics")["total_kwh"] as? Double)

        let millionths = bars.map { Int64(($0 * 1_000_000).rounded()) }
        #expect(millionths.count == 24)
        #expect(Int64((total * 1_000_000).rounded()) == millionths.reduce(0, +))
        #expect(zip(bars, millionths).allSatisfy { $0 == Double($1) / 1_000_000 })
    }

    @Test("average over the time that is known, not over buckets")
    func mean() throws {
        let asking = try Asking()
        let hours = asking.calendar.buckets(.hour, count: 2, endingWith: asking.now - 3600)
        asking.history.records = [.sample(1), .sample(2)]
        asking.history.rollups[1] = [
            hours[0]: .constant(watts: 1000, seconds: 3600, at: hours[0].start),
            hours[1]: .constant(watts: 100, seconds: 1200, at: hours[1].start),
        ]
        asking.history.rollups[2] = [hours[1]: .constant(watts: 50, seconds: 60, at: hours[1].start)]

        #expect(try asking.data("/api/statistics?pdu_ids=1")["avg_power_watts"] as? Double == 775)
        #expect(try asking.data("/api/statistics")["avg_power_watts"] as? Double == 825)
    }

    @Test("name the hour of the highest power in the site's time")
    func peakHour() throws {
        let asking = try Asking("Asia/Kolkata", now: "2024-01-31T14:05:30Z")
        let hours = asking.calendar.buckets(.hour, count: 24, endingWith: asking.now)
        asking.history.records = [.sample(1)]
        var peak = Rollup.constant(watts: 500, seconds: 3600, at: hours[3].start)
        peak.maximum = PowerExtreme(power: FixedPoint(900), at: moment("2024-01-30T18:40:00Z"))
        asking.history.rollups[1] = [
            hours[3]: peak, hours[4]: .constant(watts: 700, seconds: 3600, at: hours[4].start),
        ]

        let data = try asking.data("/api/statistics")

        #expect(data["max_power_watts"] as? Double == 900)
        #expect(data["max_power_at"] as? String == "2024-01-31T00:10:00+05:30")
        #expect(data["peak_hour"] as? String == "2024-01-31 00:00")
        #expect(data["min_power_watts"] as? Double == 500)
    }

    @Test("take the lowest sum from where most PDUs were read, so that a silent PDU is not a dip in the load")
    func minimumOfTheMost() throws {
        let asking = try Asking()
        let hours = asking.calendar.buckets(.hour, count: 24, endingWith: asking.now)
        asking.history.records = [.sample(1), .sample(2)]
        for (hour, watts, members) in [(hours[0], 300, 1), (hours[1], 800, 2), (hours[2], 700, 2)]
            as [(Bucket, Int64, Int64)]
        {
            var rollup = Rollup.constant(watts: watts, seconds: 3600, at: hour.start)
            rollup.members = members
            asking.history.site[hour] = rollup
        }

        let data = try asking.data("/api/statistics")

        #expect(data["min_power_watts"] as? Double == 700)
        #expect(data["max_power_watts"] as? Double == 800)
        #expect(data["min_power_at"] as? String == "2024-01-30T17:00:00Z")
    }

    @Test("count every PDU that is in the sum, though it is in another bucket than the next")
    func members() throws {
        let asking = try Asking()
        let hours = asking.calendar.buckets(.hour, count: 24, endingWith: asking.now)
        asking.history.records = [.sample(1), .sample(2), .sample(3)]
        asking.history.rollups[1] = [hours[3]: .constant(watts: 100, seconds: 3600, at: hours[3].start)]
        asking.history.rollups[2] = [hours[5]: .constant(watts: 100, seconds: 3600, at: hours[5].start)]

        let data = try asking.data("/api/statistics")

        #expect(data["members_covered"] as? Int == 2)
        #expect(data["members_total"] as? Int == 3)
        #expect(numbers(try asking.data("/api/power-data")["members_covered"])[2...5] == [0, 1, 0, 1])
    }
}
