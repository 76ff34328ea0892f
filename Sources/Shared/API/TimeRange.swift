package import Basics
internal import Energy

/// A half-open range of time that is asked about: from `start` up to, not including, `end`.
package struct TimeRange: Hashable, Sendable {
    /// The longest that is answered, in days.
    package static let longestDays: Int64 = 400

    /// The first moment inside.
    package let start: UnixTime
    /// The first moment after.
    package let end: UnixTime

    /// The range from `start` up to `end`.
    ///
    /// Throws 400 when it is empty, the wrong way round or longer than `days`, without it 400.
    package init(
        from start: UnixTime,
        to end: UnixTime,
        most days: Int64 = TimeRange.longestDays
    ) throws(APIError) {
        guard start < end else { throw .badParameter("end must be later than start") }
        // Clocks that go back make the last of those days longer.
        guard end - start <= days * 86_400 + 7200 else {
            throw .badParameter("a range may have \(days) days at most")
        }
        self.start = start
        self.end = end
    }

    /// The range from `start` up to `end`, which is later.
    init(start: UnixTime, end: UnixTime) {
        self.start = start
        self.end = end
    }

    /// The range of `bucket`.
    init(_ bucket: Bucket) {
        start = bucket.start
        end = bucket.end
    }

    /// Its length in seconds.
    var seconds: Int64 { end - start }
}

/// A range as the parameters of a query name it, before the calendar has been asked.
enum RangeParameters {
    /// `start` and `end`.
    case between(SiteTime, SiteTime)
    /// `period` and `at`: the bucket that holds a time, absent the present.
    case bucket(Period, holding: SiteTime?)

    /// The range that `parameters` name; absent when they name none.
    ///
    /// Throws 400.
    init?(_ parameters: QueryParameters) throws(APIError) {
        let (start, end) = (try parameters.time("start"), try parameters.time("end"))
        let (name, at) = (try parameters.single("period"), try parameters.time("at"))
        switch (start, end, name) {
        case (let start?, let end?, nil) where at == nil:
            self = .between(start, end)
        case (nil, nil, let name?):
            guard let period = Period(rawValue: name) else {
                throw .badParameter("period must be hour, day or month here")
            }
            self = .bucket(period, holding: at)
        case (nil, nil, nil) where at == nil:
            return nil
        default:
            throw .badParameter("give start and end, or period and at")
        }
    }

    /// The range, by `calendar` and at `now`, of at most so many `days`.
    func range(
        in calendar: SiteCalendar,
        at now: UnixTime,
        most days: Int64 = TimeRange.longestDays
    ) throws(APIError) -> TimeRange {
        switch self {
        case .between(let start, let end):
            try TimeRange(from: start.moment(in: calendar), to: end.moment(in: calendar), most: days)
        case .bucket(let period, let time):
            TimeRange(calendar.bucket(period, containing: time?.moment(in: calendar) ?? now))
        }
    }
}

extension QueryParameters {
    /// The time that the parameter `name` writes; absent when it is not there.
    ///
    /// Throws 400.
    func time(_ name: String) throws(APIError) -> SiteTime? {
        guard let text = try single(name) else { return nil }
        guard let time = SiteTime(text) else { throw .badParameter("\(name) must be \(SiteTime.forms)") }
        return time
    }
}
