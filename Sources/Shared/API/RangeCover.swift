internal import Basics
internal import Energy

/// A range of time as the largest buckets that lie in it, and what is left before, between and after them.
struct RangeCover {
    /// The buckets by period; none lies in another.
    private(set) var buckets: [Period: [Bucket]] = [:]
    /// What lies in no whole hour.
    private(set) var pieces: [TimeRange] = []

    /// The cover of `range` by the buckets of `calendar`.
    init(_ range: TimeRange, in calendar: SiteCalendar) {
        var time = range.start
        while time < range.end {
            let whole = [Period.month, .day, .hour].lazy
                .map { calendar.bucket($0, containing: time) }
                .first { $0.start == time && $0.end <= range.end }
            if let whole {
                buckets[whole.period, default: []].append(whole)
                time = whole.end
            } else {
                let end = min(range.end, calendar.bucket(.hour, containing: time).end)
                pieces.append(TimeRange(start: time, end: end))
                time = end
            }
        }
    }
}
