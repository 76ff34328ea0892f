// What the charts of the system before this one got wrong, each as it was seen there.

import Basics
import Energy
import Foundation
import Storage
import Testing

@testable import API

@Suite("Not like the predecessor:")
struct PredecessorTests {
    @Test("the chart of two PDUs at 1 kW is 2 kW and 2 kWh an hour, not their average")
    func adds() throws {
        let asking = try Asking()
        let hour = asking.calendar.bucket(.hour, containing: asking.now - 3600)
        for id: Int64 in 1...2 {
            asking.history.records.append(.sample(id))
            asking.history.rollups[id] = [hour: .constant(watts: 1000, seconds: 3600, at: hour.start)]
        }

        let data = try asking.data("/api/power-data")

        #expect(numbers(data["kwh"])[22] == 2)
        #expect(numbers(data["avg_power"])[22] == 2000)
    }

    @Test("a year is twelve months of the calendar, not twelve blocks of thirty days, and loses no day")
    func calendarMonths() throws {
        let data = try Asking(now: "2024-12-31T12:00:00Z").data("/api/power-data?period=year")

        let starts = try #require(data["starts"] as? [String])
        let ends = try #require(data["ends"] as? [String])
        #expect(data["labels"] as? [String] == (1...12).map { "2024-" + ($0 < 10 ? "0\($0)" : "\($0)") })
        #expect(starts.first == "2024-01-01T00:00:00Z")
        #expect(Array(starts.dropFirst()) == Array(ends.dropLast()))
        #expect(ends.last == "2025-01-01T00:00:00Z")
    }

    @Test("today is the same day everywhere, also in the hour when UTC and the site disagree")
    func today() throws {
        let asking = try Asking(now: "2024-07-01T23:30:00Z")
        let today = asking.calendar.bucket(.day, containing: asking.now)
        asking.history.records = [.sample(1)]
        asking.history.rollups[1] = [today: .constant(watts: 1000, seconds: 1800, at: today.start)]

        let chart = try asking.data("/api/power-data?period=week")
        let tile = try asking.data("/api/statistics?period=week")

        #expect((chart["labels"] as? [String])?.last == "2024-07-02")
        #expect(numbers(chart["kwh"]).last == 0.5)
        #expect(tile["total_kwh"] as? Double == 0.5)
        #expect(tile["end"] as? String == "2024-07-03T00:00:00+01:00")
    }
}
