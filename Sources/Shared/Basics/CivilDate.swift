// The proleptic Gregorian calendar as arithmetic: days since 1970 to year, month and day, and back. Without
// tables, locales or time zones; the method is Howard Hinnant's "days_from_civil".

/// A date of the Gregorian calendar.
package struct CivilDate: Hashable, Comparable, Sendable {
    /// The year, astronomical (0 is 1 BC).
    package var year: Int64
    /// The month, 1...12.
    package var month: Int64
    /// The day of the month, 1...31.
    package var day: Int64

    /// The date of these parts.
    ///
    /// A month of 0 or 13 and a day outside the month are accepted, and mean what `daysSince1970` makes of
    /// them, so that "the first of next month" needs no special case.
    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date `days` after 1970-01-01.
    package init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to this date; negative before.
    package var daysSince1970: Int64 {
        let monthsBeyond = month - 1
        let yearCarry = monthsBeyond >= 0 ? monthsBeyond / 12 : (monthsBeyond - 11) / 12
        let normalMonth = monthsBeyond - yearCarry * 12 + 1
        let shiftedYear = year + yearCarry - (normalMonth <= 2 ? 1 : 0)
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (normalMonth + (normalMonth > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }
}
