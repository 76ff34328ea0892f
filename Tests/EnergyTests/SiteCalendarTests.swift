import Basics
import Energy
import Foundation
import TestSupport
import Testing

@Suite("The site's calendar")
struct SiteCalendarTests {
    @Test(
        "days have the length that the clocks give them",
        arguments: [
            ("Europe/London", "2024-01-15T12:00:00Z", "2024-01-15T00:00:00Z", 24.0),
            ("Europe/London", "2024-03-31T12:00:00Z", "2024-03-31T00:00:00Z", 23.0),
            ("Europe/London", "2024-10-27T12:00:00Z", "2024-10-26T23:00:00Z", 25.0),
            ("Australia/Lord_Howe", "2024-04-06T15:10:00Z", "2024-04-06T13:00:00Z", 24.5),
            ("Australia/Lord_Howe", "2024-10-06T00:00:00Z", "2024-10-05T13:30:00Z", 23.5),
            ("Asia/Kolkata", "2024-06-01T00:00:00Z", "2024-05-31T18:30:00Z", 24.0),
            ("Asia/Kathmandu", "2024-06-01T00:00:00Z", "2024-05-31T18:15:00Z", 24.0),
            // Midnight does not exist: clocks went from 24:00 to 01:00.
            ("America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", 23.0),
            // 30 December 2011 does not exist.
            ("Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z", 24.0),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", 24.0),
            // Clocks went back from 00:01 to 23:01: the day had begun already.
            ("America/St_Johns", "2010-11-07T02:40:00Z", "2010-11-07T02:30:00Z", 25.0),
        ]
    )
    func dayLength(zone: String, at text: String, start: String, hours: Double) throws {
        let day = try calendar(zone).bucket(.day, containing: time(text))

        #expect(try day.start == time(start))
        #expect(Double(day.seconds) / 3600 == hours)
    }

    @Test("an hour that is repeated is two hours, told apart by their offset")
    func repeatedHour() throws {
        let london = try calendar("Europe/London")

        let first = try london.bucket(.hour, containing: time("2024-10-27T00:30:00Z"))
        let second = try london.bucket(.hour, containing: time("2024-10-27T01:30:00Z"))

        #expect(first.end == second.start)
        #expect(london.civil(at: first.start).hour == 1)
        #expect(london.civil(at: second.start).hour == 1)
        #expect(london.iso8601(first.start) == "2024-10-27T01:00:00+01:00")
        #expect(london.iso8601(second.start) == "2024-10-27T01:00:00Z")
        #expect(london.civil(at: first.start).zone.abbreviation == "BST")
        #expect(london.civil(at: second.start).zone.abbreviation == "GMT")
    }

    @Test("a change by half an hour cuts an hour in two")
    func halfHourShift() throws {
        let lordHowe = try calendar("Australia/Lord_Howe")

        let whole = try lordHowe.bucket(.hour, containing: time("2024-04-06T14:30:00Z"))
        let half = try lordHowe.bucket(.hour, containing: time("2024-04-06T15:10:00Z"))

        #expect(whole.seconds == 3600)
        #expect(half.seconds == 1800)
        #expect(whole.end == half.start)
    }

    @Test("the last buckets end with the present one and leave nothing out")
    func lastBuckets() throws {
        let london = try calendar("Europe/London")
        let now = try time("2024-11-15T10:20:00Z")

        let hours = london.buckets(.hour, count: 24, endingWith: now)
        let months = london.buckets(.month, count: 12, endingWith: now)

        #expect(hours.count == 24 && months.count == 12)
        #expect(try hours.last?.start == time("2024-11-15T10:00:00Z"))
        #expect(try months.first?.start == time("2023-12-01T00:00:00Z"))
        #expect(zip(months, months.dropFirst()).allSatisfy { $0.end == $1.start })
    }

    @Test(
        "offsets agree with the C library's, far past the end of the zone's table",
        arguments: [
            "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza",
        ]
    )
    func agreesWithTheSystem(zone: String) throws {
        let site = try calendar(zone)
        var random = SeededGenerator(seed: 7)
        let times = (0..<200).map { _ in UnixTime(Int64.random(in: 0..<4_500_000_000, using: &random)) }

        let expected = try systemOffsets(zone: zone, times: times)

        #expect(times.map { site.offset(at: $0) } == expected)
    }

    @Test(
        "in every zone of the world hours tile days and days tile months",
        arguments: [("2011-12-20T00:00:00Z", 20), ("2024-03-01T00:00:00Z", 60), ("2024-10-01T00:00:00Z", 60)]
    )
    func bucketsTile(from text: String, days: Int64) throws {
        let start = try time(text)
        for name in TimeZone.knownTimeZoneIdentifiers {
            guard let site = try? calendar(name) else { continue }
            var moment = start
            while moment < start + days * 86_400 {
                let hour = site.bucket(.hour, containing: moment)
                let day = site.bucket(.day, containing: hour.start)
                let month = site.bucket(.month, containing: day.start)
                guard hour.contains(moment), day.start <= hour.start, hour.end <= day.end,
                    month.start <= day.start, day.end <= month.end, hour.seconds <= 3600,
                    site.bucket(.day, containing: day.end - 1) == day
                else {
                    Issue.record("\(name) at \(moment.iso8601): \(hour) \(day) \(month)")
                    break
                }
                moment = hour.end
            }
        }
    }

    /// What `date` says, which asks the C library.
    private func systemOffsets(zone: String, times: [UnixTime]) throws -> [Int64] {
        let date = Process()
        date.executableURL = URL(fileURLWithPath: "/usr/bin/date")
        date.arguments = ["-f", "-", "+%:z"]
        date.environment = ["TZ": zone]
        let input = Pipe()
        let output = Pipe()
        date.standardInput = input
        date.standardOutput = output
        try date.run()
        input.fileHandleForWriting.write(Data(times.map { "@\($0.seconds)\n" }.joined().utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: "\n").map { line in
            let parts = line.dropFirst().split(separator: ":").compactMap { Int64($0) }
            let seconds = parts[0] * 3600 + parts[1] * 60
            return line.hasPrefix("-") ? -seconds : seconds
        }
    }
}
