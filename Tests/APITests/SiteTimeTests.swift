import Basics
import Energy
import Testing

@testable import API

@Suite("A time as people write it")
struct SiteTimeTests {
    @Test(
        "is a moment where it has an offset",
        arguments: [
            ("2026-03-29T14:00:00Z", "2026-03-29T14:00:00Z"),
            ("2026-03-29T14:00:00+01:00", "2026-03-29T13:00:00Z"),
            ("2026-03-29t14:00:00.75z", "2026-03-29T14:00:00Z"),
            ("2026-03-29 14:00-05:30", "2026-03-29T19:30:00Z"),
            // What a query makes of a plus sign.
            ("2026-03-29T14:00:00 01:00", "2026-03-29T13:00:00Z"),
        ]
    )
    func moments(text: String, expected: String) throws {
        #expect(SiteTime(text) == .moment(moment(expected)))
    }

    @Test(
        "is by the site's clocks where it has none",
        arguments: [
            ("2026-06-01", "2026-05-31T23:00:00Z"),
            ("2026-06-01T14:05", "2026-06-01T13:05:00Z"),
            ("2026-01-01 14:05:30", "2026-01-01T14:05:30Z"),
            // Skipped: the clocks go from 01:00 to 02:00.
            ("2026-03-29T01:30", "2026-03-29T01:00:00Z"),
            // Twice: the first time counts.
            ("2026-10-25T01:30", "2026-10-25T00:30:00Z"),
            ("2026-10-25T02:00", "2026-10-25T02:00:00Z"),
        ]
    )
    func local(text: String, expected: String) throws {
        let calendar = try Asking("Europe/London").calendar

        #expect(SiteTime(text)?.moment(in: calendar) == moment(expected))
    }

    @Test("of a day that the zone skipped is the next day's beginning")
    func skippedDay() throws {
        let calendar = try Asking("Pacific/Apia").calendar

        let skipped = try #require(SiteTime("2011-12-30"))
        let next = try #require(SiteTime("2011-12-31"))

        #expect(skipped.moment(in: calendar) == next.moment(in: calendar))
        #expect(next.moment(in: calendar) == moment("2011-12-30T10:00:00Z"))
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "2026", "2026-3-29", "2026-02-30", "2026-13-01", "2026-03-29T24:00", "2026-03-29T14",
            "yesterday",
            "2026-03-29T14:00:60Z", "2026-03-29T14:00:00.Z", "2026-03-29T14:00:00+0100",
            "2026-03-29T14:00:00Z ",
            "1969-12-31", "2200-01-01", "99999999999", "２026-03-29",
        ]
    )
    func nothing(text: String) {
        #expect(SiteTime(text) == nil)
    }
}
