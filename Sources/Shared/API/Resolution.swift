internal import Basics
internal import Energy

/// How finely an answer about a range of time is divided: the `resolution` of the interface.
enum Resolution: String, CaseIterable {
    /// Minutes, or as many as runs are apart; from readings.
    case minute
    /// Quarters of an hour, or as long as runs are apart; from readings.
    case quarterHour = "quarter_hour"
    case hour
    case day
    case month

    /// The resolution that the parameter `resolution` names; nil for the one that suits the range.
    static func named(in parameters: QueryParameters) throws(APIError) -> Resolution? {
        guard let name = try parameters.single("resolution"), name != "auto" else { return nil }
        guard let resolution = Resolution(rawValue: name) else {
            throw .badParameter("resolution must be auto, minute, quarter_hour, hour, day or month")
        }
        return resolution
    }

    /// The one that suits `range`: months for more than 92 days, days for more than 3, hours for more than 6 hours.
    init(suiting range: TimeRange) {
        switch range.seconds {
        // Clocks that went back make a quarter of a year, or three days, an hour longer.
        case (92 * 86_400 + 3601)...: self = .month
        case (3 * 86_400 + 3601)...: self = .day
        case (6 * 3600 + 1)...: self = .hour
        default: self = .minute
        }
    }

    /// The period of its buckets; absent where they are worked out from readings.
    var period: Period? {
        switch self {
        case .minute, .quarterHour: nil
        case .hour: .hour
        case .day: .day
        case .month: .month
        }
    }

    /// Seconds of its slices, with runs `interval` seconds apart; absent where they are buckets of the calendar.
    func step(interval: Int64) -> Int64? {
        let least: Int64
        switch self {
        case .minute: least = 60
        case .quarterHour: least = 900
        case .hour, .day, .month: return nil
        }
        // None of them lies between two runs.
        return max(1, (interval + least - 1) / least) * least
    }

    /// How many slices `range` may have at the most.
    func mostSlices(of range: TimeRange, interval: Int64) -> Int64 {
        let shortest =
            switch self {
            case .minute, .quarterHour: step(interval: interval) ?? 60
            // A zone may cut an hour in two.
            case .hour: Int64(1800)
            case .day: Int64(22 * 3600)
            case .month: Int64(27 * 86_400)
            }
        return range.seconds / shortest + 2
    }

    /// The bucket that holds `time`: by `calendar`, or one of so many seconds with runs `interval` seconds apart.
    func bucket(at time: UnixTime, in calendar: SiteCalendar, interval: Int64) -> TimeRange {
        if let period { return TimeRange(calendar.bucket(period, containing: time)) }
        let step = step(interval: interval) ?? 60
        let start = time.floored(to: step)
        return TimeRange(start: start, end: start + step)
    }

    /// `range` in slices, in order: by `calendar`, or every so many seconds with runs `interval` seconds apart.
    func slices(of range: TimeRange, in calendar: SiteCalendar, interval: Int64) -> [Slice] {
        var slices: [Slice] = []
        var time = range.start
        while time < range.end {
            let whole = bucket(at: time, in: calendar, interval: interval)
            slices.append(Slice(whole, in: range))
            time = whole.end
        }
        return slices
    }
}

/// One slice of a range.
struct Slice {
    /// What of it lies in the range.
    let range: TimeRange
    /// Whether the range cuts some of it off.
    let isCut: Bool

    /// What of `whole` lies in `range`.
    init(_ whole: TimeRange, in range: TimeRange) {
        self.range = TimeRange(start: max(whole.start, range.start), end: min(whole.end, range.end))
        isCut = self.range != whole
    }
}
