internal import Basics
internal import Energy
internal import Storage

/// `GET /api/v1/history`: energy and power over any range, bucket by bucket.
///
/// A page is worked out by itself, so that it costs what it holds; the resolution is that of the whole range.
struct BucketsEndpoint: Endpoint {
    static let dependsOnTime = true
    /// How many buckets are on a page when nobody says how many, and at the most.
    static let usual: Int64 = 1000
    static let most: Int64 = 10_000

    private let subject: RangeSubject
    private let resolution: Resolution?
    private let each: Bool
    private let limit: Int
    private let cursor: Cursor?

    var groupIDs: [Int64] { subject.selection.groupIDs }

    /// `parameters` have been checked.
    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
        resolution = try Resolution.named(in: parameters)
        each = try parameters.flag("each")
        limit = try parameters.integer("limit") ?? Int(BucketsEndpoint.usual)
        cursor = try parameters.cursor()
    }

    func answer(in context: Context) throws -> Answer {
        let range = try subject.range(in: context, most: HistoryEndpoint.longestDays)
        let resolution = resolution ?? Resolution(suiting: range)
        let selected = try subject.selection.resolved(in: context)
        let grid =
            resolution.period == nil ? try context.history.grid(from: range.start, until: range.end) : nil
        let interval = grid?.interval ?? context.moment.interval
        let (page, next) = try page(of: range, resolution, interval, members: selected.members.count, context)
        let series = try page.map { page in
            try HistorySeries(
                of: selected,
                in: page,
                resolution,
                each: each,
                interval: interval,
                hasExactSum: false,
                context
            )
        }
        let slices = series?.slices ?? []
        let total = Array(zip(slices, series?.total ?? []))
        return Answer(rows: total, next: next) { json, row in
            BucketsEndpoint.write(row.1, of: row.0, in: range, context, into: &json)
        } beside: { json in
            json.member("range") { json in
                json.object { json in
                    json.writeRange(range, in: context)
                    json.member("resolution", resolution.rawValue)
                }
            }
            guard each else { return }
            json.column("series", series?.columns ?? []) { json, column in
                json.object { json in
                    json.writeIdentity(of: column.element)
                    if column.element == nil { json.member("others", column.members) }
                    json.column("buckets", Array(zip(slices, column.buckets))) { json, bucket in
                        json.object {
                            BucketsEndpoint.write(bucket.1, of: bucket.0, in: range, context, into: &$0)
                        }
                    }
                }
            }
        }
    }

    /// The part of `range` that the page is about, nil where nothing is left of it; and where the next page begins.
    private func page(
        of range: TimeRange,
        _ resolution: Resolution,
        _ interval: Int64,
        members: Int,
        _ context: Context
    ) throws -> (TimeRange?, Cursor?) {
        guard cursor?.second == nil else { throw APIError.foreignCursor }
        let count = resolution.mostSlices(of: range, interval: interval)
        guard count <= Int64(HistorySeries.mostPoints) else {
            throw APIError.tooManySlices(slices: count, series: 1, limit: HistorySeries.mostPoints)
        }
        let slices = resolution.slices(of: range, in: context.site.calendar, interval: interval)
        let from = cursor.map { UnixTime($0.first) } ?? range.start
        let left = slices.drop { $0.range.start < from }
        // What is given at once has its bounds, whatever the page was to have.
        let lookedAt = Int64(HistorySeries.mostLookedAt / max(1, members))
        let perBucket = max(1, (resolution.step(interval: interval) ?? 1) / max(1, interval))
        let series = each ? min(max(1, members), HistorySeries.mostColumns + 1) : 1
        let limit = max(1, min(limit, Int(lookedAt / perBucket), HistorySeries.mostPoints / series))
        guard let first = left.first, let last = left.prefix(limit).last else { return (nil, nil) }
        let next = left.dropFirst(limit).first.map { Cursor($0.range.start.seconds) }
        return (TimeRange(start: first.range.start, end: last.range.end), next)
    }

    /// The members that tell what was done in `slice` of the page, where `range` is the whole one.
    private static func write(
        _ bucket: CombinedBucket,
        of slice: Slice,
        in range: TimeRange,
        _ context: Context,
        into json: inout JSONWriter
    ) {
        let (start, end) = (slice.range.start, slice.range.end)
        json.member("start", context.text(start))
        json.member("end", context.text(end))
        json.member("partial", slice.isCut || context.moment.now < end)
        json.member("energy_kwh") { $0.kilowattHours(bucket.energy) }
        json.member("method", bucket.method)
        json.member("power_mean_watts", bucket.mean)
        json.member("power_max_watts", bucket.extremes?.maximum.power)
        json.member("power_max_at", context.text(bucket.extremes?.maximum.at))
        json.member("power_min_watts", bucket.extremes?.minimum.power)
        json.member("power_min_at", context.text(bucket.extremes?.minimum.at))
        json.member("coverage", bucket.coverage.share)
        json.member("seconds_covered", bucket.coverage.coveredPerMember)
        json.member("seconds_interpolated", bucket.coverage.interpolatedPerMember)
        json.member("members_covered", bucket.coverage.membersCovered)
        json.member("members_total", bucket.coverage.membersTotal)
    }
}
