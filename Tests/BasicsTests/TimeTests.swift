import Basics
import Testing

@Suite("Times and dates")
struct TimeTests {
    @Test("dates count days and back, through leap years and before 1970")
    func civilDates() {
        #expect(CivilDate(daysSince1970: 0) == CivilDate(year: 1970, month: 1, day: 1))
        #expect(CivilDate(year: 2024, month: 2, day: 29).daysSince1970 == 19_782)
        #expect(CivilDate(year: 2024, month: 13, day: 1).daysSince1970 == 20_089)
        #expect(CivilDate(year: 2024, month: 0, day: 1) == CivilDate(year: 2024, month: 0, day: 1))
        #expect(CivilDate(year: 2025, month: 0, day: 1).daysSince1970 == 20_058)
        for days in stride(from: Int64(-800_000), to: 800_000, by: 37) {
            #expect(CivilDate(daysSince1970: days).daysSince1970 == days)
        }
    }

    @Test(
        "print as RFC 3339",
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (1_717_247_100, 3600, "2024-06-01T14:05:00+01:00"),
            (1_717_247_100, -12_600, "2024-06-01T09:35:00-03:30"), (-1, 0, "1969-12-31T23:59:59Z"),
        ]
    )
    func iso8601(seconds: Int64, offset: Int64, text: String) {
        #expect(UnixTime(seconds).iso8601(offset: offset) == text)
    }

    @Test("the minute a poll was due lies at or before it")
    func floored() {
        #expect(UnixTime(119).floored(to: 60) == UnixTime(60))
        #expect(UnixTime(120).floored(to: 60) == UnixTime(120))
        #expect(UnixTime(-1).floored(to: 60) == UnixTime(-60))
    }
}
