// What files of the spool are called: after the minute of their run, so that a list of them is in the order of time
// and a person sees which minutes wait.

package import Basics

/// A file with a run that waits.
package struct SpoolFile: Hashable, Comparable, Sendable {
    private static let suffix = ".run"

    /// The minute of the run.
    package let minute: UnixTime
    /// 1 for the first run of the minute, 2 for the second.
    let number: Int
    /// Bytes that it has.
    package let length: Int64

    init(minute: UnixTime, number: Int, length: Int64) {
        self.minute = minute
        self.number = number
        self.length = length
    }

    /// The file called `name`; nil where that is none of such a file.
    init?(name: String, length: Int64) {
        guard name.hasSuffix(Self.suffix) else { return nil }
        let parts = name.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard let stamp = parts.first, parts.count <= 2, let minute = UnixTime(stamp: stamp) else {
            return nil
        }
        var number = 1
        if parts.count == 2 {
            guard let written = Int(parts[1]), written > 1 else { return nil }
            number = written
        }
        self.init(minute: minute, number: number, length: length)
        guard self.name == name else { return nil }
    }

    /// `20260302T120500Z.run`, or `20260302T120500Z-2.run`.
    package var name: String {
        minute.stamp + (number == 1 ? "" : "-\(number)") + Self.suffix
    }

    /// In the order in which runs are to be entered.
    package static func < (left: SpoolFile, right: SpoolFile) -> Bool {
        (left.minute, left.number) < (right.minute, right.number)
    }
}

extension UnixTime {
    /// `20260302T120500Z`.
    fileprivate var stamp: String {
        iso8601.filter { $0 != "-" && $0 != ":" }
    }

    /// The time that `stamp` is of; nil for anything else.
    fileprivate init?(stamp: Substring) {
        let digits = Array(stamp.utf8)
        guard digits.count == 16, digits[8] == UInt8(ascii: "T"), digits[15] == UInt8(ascii: "Z") else {
            return nil
        }
        func value(_ range: Range<Int>) -> Int64? { Int64(String(decoding: digits[range], as: UTF8.self)) }
        guard let year = value(0..<4), let month = value(4..<6), let day = value(6..<8),
            let hour = value(9..<11), let minute = value(11..<13), let second = value(13..<15),
            (1...12).contains(month)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        self.init(date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second)
        // What no clock shows would come out as another time.
        guard self.stamp == stamp else { return nil }
    }
}
