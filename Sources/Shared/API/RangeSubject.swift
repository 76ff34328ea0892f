internal import Basics
internal import Storage

/// What a question about the past is about: some elements, and a range of time.
struct RangeSubject {
    let selection: Selection
    /// Absent where nobody named one.
    private let range: RangeParameters?

    /// What `parameters` name; throws 400.
    init(_ parameters: QueryParameters) throws(APIError) {
        selection = try Selection(parameters, groups: true)
        range = try RangeParameters(parameters)
    }

    /// The range that is named, or else the last `days` up to now.
    ///
    /// Throws 400 for one of more than `most` days.
    func range(
        in context: Context,
        orLast days: Int64 = 1,
        most: Int64 = TimeRange.longestDays
    ) throws(APIError) -> TimeRange {
        let now = context.moment.now
        guard let range else { return try TimeRange(from: now - days * 86_400, to: now) }
        return try range.range(in: context.site.calendar, at: now, most: most)
    }
}
