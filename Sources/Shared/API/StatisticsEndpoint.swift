internal import Basics
internal import Storage

/// `GET /api/statistics`: a view in a few numbers.
struct StatisticsEndpoint: Endpoint {
    static let dependsOnTime = true

    private let view: View
    private let selection: Selection

    init(_ parameters: QueryParameters) throws(APIError) {
        view = try View(parameters)
        selection = try Selection(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let series = try CombinedSeries(view, of: selection, extremes: .ofTheWholeView, in: context)
        return Answer { json in
            StatisticsEndpoint.write(series, in: context, into: &json)
            series.writeSelection(in: context, into: &json)
        }
    }

    private static func write(_ series: CombinedSeries, in context: Context, into json: inout JSONWriter) {
        let known = series.buckets.compactMap(\.energy)
        let extreme = series.extremes
        var coverage = Coverage()
        for bucket in series.buckets { coverage.add(bucket.coverage) }
        json.member("total_kwh") { $0.kilowattHours(known.isEmpty ? nil : known.reduce(0, +)) }
        json.member("avg_power_watts", series.mean)
        json.member("max_power_watts", extreme?.maximum.power)
        json.member("min_power_watts", extreme?.minimum.power)
        json.member("peak_hour", (extreme?.maximum.at).map { peakHour(of: $0, in: context) })
        json.member("max_power_at", context.text(extreme?.maximum.at))
        json.member("min_power_at", context.text(extreme?.minimum.at))
        json.member("coverage", coverage.share)
        json.member("seconds_covered", series.buckets.reduce(0) { $0 + $1.coverage.coveredPerMember })
        json.member(
            "seconds_interpolated",
            series.buckets.reduce(0) { $0 + $1.coverage.interpolatedPerMember }
        )
        json.member("members_covered", coverage.membersCovered)
        json.member("members_total", coverage.membersTotal)
        json.member("start", context.text(series.buckets.first?.bucket.start))
        json.member("end", context.text(series.buckets.last?.bucket.end))
    }

    /// The hour in which the highest power was seen, by the site's clocks: `2024-01-01 14:00`.
    private static func peakHour(of time: UnixTime, in context: Context) -> String {
        let civil = context.site.calendar.civil(at: time)
        let date = "\(padded(civil.date.year, to: 4))-\(padded(civil.date.month))-\(padded(civil.date.day))"
        return "\(date) \(padded(civil.hour)):00"
    }
}
