// Times as text, in the one form that the databases and the API use: RFC 3339, to the second.

extension UnixTime {
    /// `2024-01-31T14:05:00Z`.
    package var iso8601: String {
        iso8601(offset: 0)
    }

    /// The time as RFC 3339 text at `offset` seconds east of UTC: `2024-01-31T15:05:00+01:00`.
    ///
    /// An offset of zero is written as `Z`; seconds of an offset, which RFC 3339 cannot say, are cut to the
    /// minute.
    package func iso8601(offset: Int64) -> String {
        let local = seconds + offset
        let time = UnixTime(local).floored(to: 86_400)
        let date = CivilDate(daysSince1970: time.seconds / 86_400)
        let second = local - time.seconds
        let clock = "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        let day = "\(padded(date.year, to: 4))-\(padded(date.month))-\(padded(date.day))"
        guard offset != 0 else { return "\(day)T\(clock)Z" }
        let minutes = abs(offset) / 60
        return "\(day)T\(clock)\(offset < 0 ? "-" : "+")\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}

/// `number` in decimal, with zeros in front up to `width` digits.
package func padded(_ number: Int64, to width: Int = 2) -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
