internal import Basics
internal import Energy

/// How far back an answer reaches, and in what steps: the `period` of the interface.
enum View: String, CaseIterable {
    /// 24 hours, ending with the current one.
    case day
    /// 7 days, ending with today.
    case week
    /// 30 days, ending with today.
    case month
    /// 12 months, ending with the current one.
    case year

    /// The view that the parameter `period` names; `day` without one.
    init(_ parameters: QueryParameters) throws(APIError) {
        guard let name = try parameters.single("period") else {
            self = .day
            return
        }
        guard let view = View(rawValue: name) else {
            throw .badParameter("period must be day, week, month or year")
        }
        self = view
    }

    /// The buckets of the view at `now`, oldest first.
    func buckets(in calendar: SiteCalendar, at now: UnixTime) -> [Bucket] {
        switch self {
        case .day: calendar.buckets(.hour, count: 24, endingWith: now)
        case .week: calendar.buckets(.day, count: 7, endingWith: now)
        case .month: calendar.buckets(.day, count: 30, endingWith: now)
        case .year: calendar.buckets(.month, count: 12, endingWith: now)
        }
    }

    /// What the interface calls a bucket: `14:00`, `2024-01-01` or `2024-01`.
    ///
    /// An hour that the clocks repeat is told from the other by its zone's abbreviation: `01:00 BST`, `01:00 GMT`.
    static func label(of bucket: Bucket, in calendar: SiteCalendar) -> String {
        let time = calendar.civil(at: bucket.start)
        let month = "\(padded(time.date.year, to: 4))-\(padded(time.date.month))"
        return switch bucket.period {
        case .hour where calendar.isRepeated(bucket): "\(padded(time.hour)):00 \(time.zone.abbreviation)"
        case .hour: "\(padded(time.hour)):00"
        case .day: "\(month)-\(padded(time.date.day))"
        case .month: month
        }
    }
}
