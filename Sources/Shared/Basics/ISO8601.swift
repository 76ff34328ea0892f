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
        let minutes = abs(offset) / 60
        var text: [UInt8] = []
        text.reserveCapacity(25)
        text.append(decimal: date.year, width: 4)
        text.append(UInt8(ascii: "-"), decimal: date.month)
        text.append(UInt8(ascii: "-"), decimal: date.day)
        text.append(UInt8(ascii: "T"), decimal: second / 3600)
        text.append(UInt8(ascii: ":"), decimal: second / 60 % 60)
        text.append(UInt8(ascii: ":"), decimal: second % 60)
        if offset == 0 {
            text.append(UInt8(ascii: "Z"))
        } else {
            text.append(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"), decimal: minutes / 60)
            text.append(UInt8(ascii: ":"), decimal: minutes % 60)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends `sign` and two digits.
    fileprivate mutating func append(_ sign: UInt8, decimal number: Int64) {
        append(sign)
        append(decimal: number, width: 2)
    }
}
