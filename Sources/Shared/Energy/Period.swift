package import Basics

/// The lengths of time that rollups are kept for.
package enum Period: String, CaseIterable, Sendable {
    case hour
    case day
    case month
}

/// A half-open span [start, end) of the site's calendar.
///
/// A day is 23, 24 or 25 hours.
package struct Bucket: Hashable, Sendable {
    package let period: Period
    /// The first moment inside.
    package let start: UnixTime
    /// The first moment after.
    package let end: UnixTime

    /// The bucket of `period` from `start` up to, not including, `end`.
    package init(_ period: Period, start: UnixTime, end: UnixTime) {
        self.period = period
        self.start = start
        self.end = end
    }

    /// Its length in seconds.
    package var seconds: Int64 { end - start }

    /// Whether `time` lies inside.
    package func contains(_ time: UnixTime) -> Bool {
        start <= time && time < end
    }
}
