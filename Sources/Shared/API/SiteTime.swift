// Times as people and programs write them to the interface: RFC 3339, or what the site's clocks show.

package import Basics
package import Energy

/// A time that somebody wrote: a moment, or what the site's clocks show then.
package enum SiteTime: Hashable, Sendable {
    /// A moment, from RFC 3339 with its offset.
    case moment(UnixTime)
    /// Seconds after midnight of a date, by the site's clocks.
    case local(CivilDate, second: Int64)

    /// What is taken, for who wrote something else.
    package static let forms = """
        a time such as 2026-03-29T14:00:00Z or 2026-03-29T14:00:00+01:00 (RFC 3339), or a date or time of the site's \
        clocks such as 2026-03-29 or 2026-03-29T14:00, of the years 1970 to 2199
        """

    /// The same as a regular expression, for programs.
    static let pattern =
        "^("
        // A date that there is, of the years 1970 to 2199.
        + "(19[7-9][0-9]|2[01][0-9]{2})-("
        + "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
        + "|(19(7[26]|8[048]|9[26])|2000|2[01](0[48]|[2468][048]|[13579][26]))-02-29"
        // A time of the day, and an offset.
        + ")([Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?"
        + "([Zz]|[+ -]([01][0-9]|2[0-3]):[0-5][0-9])?)?$"

    /// The time that `text` writes; nil when it is none, or not of the years 1970 to 2199.
    ///
    /// Fractions of a second are cut off. A blank in the place of an offset's plus sign is one: that is what a query
    /// makes of a plus sign.
    package init?(_ text: String) {
        var rest = text.utf8[...]
        guard let year = rest.takeNumber(digits: 4), rest.take("-"), let month = rest.takeNumber(digits: 2),
            rest.take("-"), let day = rest.takeNumber(digits: 2), (1970...2199).contains(year)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard CivilDate(daysSince1970: date.daysSince1970) == date else { return nil }
        if rest.isEmpty {
            self = .local(date, second: 0)
            return
        }
        guard rest.take("T") || rest.take("t") || rest.take(" "), let second = rest.takeSecondOfDay() else {
            return nil
        }
        if rest.isEmpty {
            self = .local(date, second: second)
            return
        }
        guard let offset = rest.takeOffset(), rest.isEmpty else { return nil }
        self = .moment(UnixTime(date.daysSince1970 * 86_400 + second - offset))
    }

    /// The moment that is meant.
    ///
    /// Of a time that clocks show twice when they go back, it is the first; of one that they skip, the moment of the
    /// skip, which is the first moment after.
    package func moment(in calendar: SiteCalendar) -> UnixTime {
        switch self {
        case .moment(let time): time
        case .local(let date, let second): calendar.firstMoment(on: date, second: second)
        }
    }
}

extension Substring.UTF8View {
    /// Takes `character` off the front; whether it was there.
    fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard first == UInt8(ascii: character) else { return false }
        removeFirst()
        return true
    }

    /// Takes a number of exactly so many digits off the front.
    fileprivate mutating func takeNumber(digits count: Int) -> Int64? {
        let digits = prefix(count)
        guard digits.count == count,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// Takes `14:05`, `14:05:30` or `14:05:30.25` off the front, as seconds after midnight.
    fileprivate mutating func takeSecondOfDay() -> Int64? {
        guard let hour = takeNumber(digits: 2), take(":"), let minute = takeNumber(digits: 2),
            hour < 24, minute < 60
        else { return nil }
        guard take(":") else { return hour * 3600 + minute * 60 }
        guard let second = takeNumber(digits: 2), second < 60 else { return nil }
        if take(".") {
            guard takeNumber(digits: 1) != nil else { return nil }
            while takeNumber(digits: 1) != nil {}
        }
        return hour * 3600 + minute * 60 + second
    }

    /// Takes `Z` or `+01:00` off the front, as seconds east of UTC.
    fileprivate mutating func takeOffset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+") || take(" "), let hours = takeNumber(digits: 2), take(":"),
            let minutes = takeNumber(digits: 2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
