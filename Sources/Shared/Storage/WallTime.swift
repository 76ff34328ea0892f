// Times as the predecessor wrote them: text without a zone, `2024-01-31 14:05:03.123456`. Millions of them are read, so
// they are taken apart byte by byte.

import Basics

/// A time that may not say which clock it is of.
struct WallTime: Hashable {
    /// Seconds since 1970 of the clock that showed it; of UTC where `isAbsolute`.
    let seconds: Int64
    /// Whether it says its offset from UTC itself, or counts seconds since 1970.
    let isAbsolute: Bool

    /// The time in `text`; nil where it is none.
    ///
    /// A date, `T` or a blank, hours, minutes and seconds, perhaps a fraction and an offset; or the seconds since 1970.
    init?(_ text: UnsafeRawBufferPointer) {
        guard text.count >= 19 else {
            guard let seconds = Self.epoch(text) else { return nil }
            (self.seconds, isAbsolute) = (seconds, true)
            return
        }
        guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T"),
            let year = Self.digits(text, 0..<4), let month = Self.digits(text, 5..<7),
            let day = Self.digits(text, 8..<10), let hour = Self.digits(text, 11..<13),
            let minute = Self.digits(text, 14..<16), let second = Self.digits(text, 17..<19)
        else { return nil }
        guard (1970...9999).contains(year), (1...12).contains(month), day >= 1, hour <= 23, minute <= 59,
            second <= 60, day <= Self.length(ofMonth: month, in: year)
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        var rest = text[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst().drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        if rest.isEmpty {
            (self.seconds, isAbsolute) = (seconds, false)
        } else if let offset = Self.offset(rest) {
            (self.seconds, isAbsolute) = (seconds - offset, true)
        } else {
            return nil
        }
    }

    private static func epoch(_ text: UnsafeRawBufferPointer) -> Int64? {
        text.count >= 9 ? digits(text, 0..<min(text.count, 10)) : nil
    }

    private static func length(ofMonth month: Int64, in year: Int64) -> Int64 {
        CivilDate(year: year, month: month + 1, day: 1).daysSince1970
            - CivilDate(year: year, month: month, day: 1).daysSince1970
    }

    /// The number that the digits in `range` write; nil where something else is there.
    private static func digits(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
        var number: Int64 = 0
        for index in range {
            let digit = Int64(text[index]) - 48
            guard (0...9).contains(digit) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Seconds east of UTC, in `Z`, `+01:00` or `+0100`; nil for anything else.
    private static func offset(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
        let bytes = text.filter { $0 != UInt8(ascii: ":") }
        if bytes == [UInt8(ascii: "Z")] { return 0 }
        guard bytes.count == 5, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-") else {
            return nil
        }
        let digits = bytes.dropFirst().map { Int64($0) - 48 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let seconds = (digits[0] * 10 + digits[1]) * 3600 + (digits[2] * 10 + digits[3]) * 60
        return bytes[0] == UInt8(ascii: "-") ? -seconds : seconds
    }
}
