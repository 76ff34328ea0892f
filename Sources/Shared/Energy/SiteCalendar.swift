// The site's calendar: which hour, day and month a moment belongs to, and what its clocks showed. Everything
// that is called "today" anywhere in the product comes from here.

package import Basics

/// What the clocks and the calendar on the wall showed at some moment.
package struct CivilTime: Hashable, Sendable {
    package let date: CivilDate
    /// 0...23.
    package let hour: Int64
    /// 0...59.
    package let minute: Int64
    /// 0...59.
    package let second: Int64
    package let zone: LocalTimeType
}

/// The calendar of one time zone.
package struct SiteCalendar: Sendable {
    /// The zone's IANA name.
    package let zone: String
    private let rules: ZoneRules

    /// The calendar of `zone`, whose rules are `rules`.
    package init(zone: String, rules: ZoneRules) {
        self.zone = zone
        self.rules = rules
    }

    /// A sum over the zone's rules: that of a calendar with other rules differs.
    package var checksum: Int64 { rules.checksum }

    /// Seconds east of UTC at `time`.
    package func offset(at time: UnixTime) -> Int64 {
        rules.type(at: time).offset
    }

    /// What the clocks on the wall showed at `time`.
    package func civil(at time: UnixTime) -> CivilTime {
        let type = rules.type(at: time)
        let local = time + type.offset
        let midnight = local.floored(to: 86_400)
        let second = local - midnight
        return CivilTime(
            date: CivilDate(daysSince1970: midnight.seconds / 86_400),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            zone: type
        )
    }

    /// Whether the clocks show another part of the same hour of the same date a second time, as they do when they go
    /// back, for some of `hour`, a bucket of that period.
    package func isRepeated(_ hour: Bucket) -> Bool {
        [hour.start, hour.end - 1].contains { time in
            let index = rules.index(at: time)
            let local = time + rules.spans[index].type.offset
            return [index - 1, index + 1].contains { other in
                rules.spans.indices.contains(other)
                    && rules.index(at: UnixTime(local.seconds - rules.spans[other].type.offset)) == other
            }
        }
    }

    /// `time` as RFC 3339 text with the site's offset: `2024-06-01T14:05:00+01:00`.
    package func iso8601(_ time: UnixTime) -> String {
        time.iso8601(offset: offset(at: time))
    }

    /// The bucket of `period` that contains `time`.
    package func bucket(_ period: Period, containing time: UnixTime) -> Bucket {
        switch period {
        case .hour: hour(containing: time)
        case .day: day(containing: time)
        case .month: month(containing: time)
        }
    }

    /// The `count` buckets of `period` that end with the one containing `time`, oldest first.
    package func buckets(_ period: Period, count: Int, endingWith time: UnixTime) -> [Bucket] {
        var buckets: [Bucket] = []
        var next = time
        while buckets.count < count {
            let bucket = bucket(period, containing: next)
            buckets.append(bucket)
            next = bucket.start - 1
        }
        return buckets.reversed()
    }

    /// The hour that contains `time`: the time for which the clocks show one hour number without being changed.
    ///
    /// Sixty minutes, but for the parts that a change by half an hour cuts off. An hour that is repeated when
    /// clocks go back is two hours.
    private func hour(containing time: UnixTime) -> Bucket {
        let index = rules.index(at: time)
        let offset = rules.spans[index].type.offset
        var start = UnixTime((time + offset).floored(to: 3600).seconds - offset)
        var end = start + 3600
        // Spans that differ only in name do not cut an hour.
        var before = index
        while before > 0, rules.spans[before].start > start {
            if rules.spans[before - 1].type.offset != offset { start = rules.spans[before].start }
            before -= 1
        }
        var after = index + 1
        while after < rules.spans.count, rules.spans[after].start < end {
            if rules.spans[after].type.offset != offset { end = rules.spans[after].start }
            after += 1
        }
        return Bucket(.hour, start: start, end: end)
    }

    /// The day that contains `time`: from the first moment of its date to the first moment of the next date
    /// that this zone has.
    private func day(containing time: UnixTime) -> Bucket {
        var date = (time + offset(at: time)).floored(to: 86_400).seconds / 86_400
        // Clocks that go back over midnight show yesterday's date once more; that time is the new day's.
        while firstMoment(ofDay: date + 1) <= time { date += 1 }
        let start = firstMoment(ofDay: date)
        var next = date + 1
        while firstMoment(ofDay: next) == start { next += 1 }
        return Bucket(.day, start: start, end: firstMoment(ofDay: next))
    }

    private func month(containing time: UnixTime) -> Bucket {
        let day = day(containing: time)
        var first = civil(at: day.start).date
        first.day = 1
        var next = first
        next.month += 1
        return Bucket(
            .month,
            start: firstMoment(ofDay: first.daysSince1970),
            end: firstMoment(ofDay: next.daysSince1970)
        )
    }

    /// The first moment at which clocks show `second` seconds after midnight of `date`, or a later time.
    ///
    /// Of a time that clocks show twice that is the first; for one that they skip, the moment of the skip.
    package func firstMoment(on date: CivilDate, second: Int64 = 0) -> UnixTime {
        firstMoment(showing: date.daysSince1970 * 86_400 + second)
    }

    /// The first moment at which clocks show a time at or after midnight of the day `days` after 1970-01-01.
    ///
    /// Where midnight is skipped that is later than 00:00; where the whole day is, it is the next day's.
    private func firstMoment(ofDay days: Int64) -> UnixTime {
        firstMoment(showing: days * 86_400)
    }

    /// The first moment at which clocks show `local`, in seconds after 1970-01-01 00:00 of their own, or later.
    private func firstMoment(showing local: Int64) -> UnixTime {
        // No zone is further than 26 hours from UTC, so that no earlier moment can have reached it.
        var index = rules.index(at: UnixTime(local - 30 * 3600))
        while true {
            let span = rules.spans[index]
            let moment = max(span.start, UnixTime(local - span.type.offset))
            guard index + 1 < rules.spans.count, rules.spans[index + 1].start <= moment else { return moment }
            index += 1
        }
    }
}

/// Finds buckets for times that mostly come in order, without working out the same bucket again.
package struct BucketCursor: Sendable {
    package let calendar: SiteCalendar
    private var recent: [Bucket?] = [nil, nil, nil]

    /// A cursor over the buckets of `calendar`.
    package init(_ calendar: SiteCalendar) {
        self.calendar = calendar
    }

    /// The bucket of `period` that contains `time`.
    package mutating func bucket(_ period: Period, containing time: UnixTime) -> Bucket {
        let slot =
            switch period {
            case .hour: 0
            case .day: 1
            case .month: 2
            }
        if let bucket = recent[slot], bucket.contains(time) { return bucket }
        let bucket = calendar.bucket(period, containing: time)
        recent[slot] = bucket
        return bucket
    }
}
