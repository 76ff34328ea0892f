// A moment, as the whole product holds it: whole seconds since 1970 in UTC, without leap seconds. Calendars
// begin where `Energy.SiteCalendar` does; nothing else knows a time zone.

/// A moment: whole seconds since 1970-01-01T00:00:00Z.
package struct UnixTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    package var seconds: Int64

    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    package init(_ seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.seconds < right.seconds
    }

    /// The moment `seconds` later.
    package static func + (time: UnixTime, seconds: Int64) -> UnixTime {
        UnixTime(time.seconds + seconds)
    }

    /// The moment `seconds` earlier.
    package static func - (time: UnixTime, seconds: Int64) -> UnixTime {
        UnixTime(time.seconds - seconds)
    }

    /// The seconds from `earlier` to `later`; negative when they are the other way round.
    package static func - (later: UnixTime, earlier: UnixTime) -> Int64 {
        later.seconds - earlier.seconds
    }

    /// The last moment, at or before this one, that is a whole number of `interval` seconds after 1970:
    /// with 60, the minute that a poll was due.
    package func floored(to interval: Int64) -> UnixTime {
        let remainder = seconds % interval
        return UnixTime(seconds - (remainder < 0 ? remainder + interval : remainder))
    }
}
