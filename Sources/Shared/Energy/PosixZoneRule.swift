// The rule at the end of a zone file, for the years that its table does not reach: `GMT0BST,M3.5.0/1,M10.5.0`
// (POSIX.1-2024, 8.3 "TZ"; RFC 9636, section 3.3.2).

import Basics

/// A zone's present rule: standard time, perhaps daylight saving time, and when they change each year.
struct PosixZoneRule: Sendable {
    /// When, in some year, clocks change: a day and the local seconds of that day.
    private struct Change {
        enum Day {
            /// `Jn`: the nth day, 1...365, never counting 29 February.
            case withoutLeapDay(Int64)
            /// `n`: the nth day, 0...365, counting 29 February.
            case dayOfYear(Int64)
            /// `Mm.w.d`: weekday `d` (0 is Sunday) of week `w` (5 is the last) of month `m`.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        var day: Day
        var seconds: Int64 = 7200
    }

    private let standard: LocalTimeType
    private let daylight: LocalTimeType?
    private var toDaylight = Change(day: .weekday(month: 3, week: 2, day: 0))
    private var toStandard = Change(day: .weekday(month: 11, week: 1, day: 0))

    /// The last year for which changes are worked out.
    private static let horizon: Int64 = 2200

    /// The rule in `text`; nil when there is none.
    ///
    /// Throws `ZoneError` when it is not a rule.
    init?(_ text: String) throws(ZoneError) {
        guard !text.isEmpty else { return nil }
        var scanner = Scanner(text)
        guard let name = scanner.name(), let west = scanner.clock() else { throw scanner.error() }
        standard = LocalTimeType(offset: -west, isDaylightSaving: false, abbreviation: name)
        guard !scanner.isAtEnd else {
            daylight = nil
            return
        }
        guard let daylightName = scanner.name() else { throw scanner.error() }
        let daylightOffset = scanner.next == UInt8(ascii: ",") ? nil : scanner.clock().map(-)
        daylight = LocalTimeType(
            offset: daylightOffset ?? standard.offset + 3600,
            isDaylightSaving: true,
            abbreviation: daylightName
        )
        guard !scanner.isAtEnd else { return }
        toDaylight = try PosixZoneRule.change(&scanner)
        toStandard = try PosixZoneRule.change(&scanner)
        guard scanner.isAtEnd else { throw scanner.error() }
    }

    /// Every change after `time`, in order, up to the end of the year 2200.
    func changes(after time: UnixTime) -> [ZoneRules.Span] {
        guard let daylight else { return [ZoneRules.Span(start: time, type: standard)] }
        let base = max(time.seconds, 0)
        let firstYear = CivilDate(daysSince1970: base / 86_400).year
        guard firstYear <= PosixZoneRule.horizon else { return [] }
        var changes: [ZoneRules.Span] = []
        for year in firstYear...PosixZoneRule.horizon {
            let forward = UnixTime(localSeconds(toDaylight, in: year) - standard.offset)
            let back = UnixTime(localSeconds(toStandard, in: year) - daylight.offset)
            changes.append(ZoneRules.Span(start: forward, type: daylight))
            changes.append(ZoneRules.Span(start: back, type: standard))
        }
        return changes.filter { $0.start > time }.sorted { $0.start < $1.start }
    }

    private func localSeconds(_ change: Change, in year: Int64) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
        switch change.day {
        case .dayOfYear(let number):
            return (newYear + number) * 86_400 + change.seconds
        case .withoutLeapDay(let number):
            let march = CivilDate(year: year, month: 3, day: 1).daysSince1970
            let isLeap = march - newYear == 60
            return (newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)) * 86_400 + change.seconds
        case .weekday(let month, let week, let day):
            let first = CivilDate(year: year, month: month, day: 1).daysSince1970
            let next = CivilDate(year: year, month: month + 1, day: 1).daysSince1970
            // 1970-01-01 was a Thursday: day 4.
            let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
            var date = first + (day - weekdayOfFirst + 7) % 7 + (week - 1) * 7
            while date >= next { date -= 7 }
            return date * 86_400 + change.seconds
        }
    }

    private static func change(_ scanner: inout Scanner) throws(ZoneError) -> Change {
        guard scanner.take(",") else { throw scanner.error() }
        var change: Change
        if scanner.take("M") {
            guard let month = scanner.number(), scanner.take("."), let week = scanner.number(),
                scanner.take("."),
                let day = scanner.number(), 1...12 ~= month, 1...5 ~= week, 0...6 ~= day
            else { throw scanner.error() }
            change = Change(day: .weekday(month: month, week: week, day: day))
        } else if scanner.take("J") {
            guard let number = scanner.number(), 1...365 ~= number else { throw scanner.error() }
            change = Change(day: .withoutLeapDay(number))
        } else {
            guard let number = scanner.number(), 0...365 ~= number else { throw scanner.error() }
            change = Change(day: .dayOfYear(number))
        }
        if scanner.take("/") {
            guard let seconds = scanner.clock() else { throw scanner.error() }
            change.seconds = seconds
        }
        return change
    }
}

/// Reads the rule's text from left to right.
private struct Scanner {
    private let text: String
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        self.text = text
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }
    var next: UInt8? { rest.first }

    func error() -> ZoneError { ZoneError("zone file with a rule that is none: \(text)") }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// `GMT`, or `<+0330>`.
    mutating func name() -> String? {
        let isQuoted = take("<")
        let name = rest.prefix { byte in
            isQuoted
                ? byte != UInt8(ascii: ">")
                : byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
        }
        rest = rest.dropFirst(name.count)
        guard !name.isEmpty, !isQuoted || take(">") else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    mutating func number() -> Int64? {
        let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        rest = rest.dropFirst(digits.count)
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// `[+-]hh[:mm[:ss]]`, in seconds.
    mutating func clock() -> Int64? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard var seconds = number().map({ $0 * 3600 }) else { return nil }
        for unit: Int64 in [60, 1] where take(":") {
            guard let part = number() else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }
}
