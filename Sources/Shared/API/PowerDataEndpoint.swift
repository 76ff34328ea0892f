internal import Basics

/// `GET /api/power-data`: energy and power of each bucket of a view.
struct PowerDataEndpoint: Endpoint {
    static let dependsOnTime = true

    private let view: View
    private let selection: Selection

    init(_ parameters: QueryParameters) throws(APIError) {
        view = try View(parameters)
        selection = try Selection(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        let series = try CombinedSeries(view, of: selection, extremes: .ofEachBucket, in: context)
        return Answer { json in
            PowerDataEndpoint.writeColumns(of: series, in: context, into: &json)
            series.writeSelection(in: context, into: &json)
        }
    }

    private static func writeColumns(
        of series: CombinedSeries,
        in context: Context,
        into json: inout JSONWriter
    ) {
        let buckets = series.buckets
        json.column("labels", buckets) { $0.value(View.label(of: $1.bucket, in: context.site.calendar)) }
        json.column("kwh", buckets) { $0.kilowattHours($1.energy) }
        json.column("avg_power", buckets) { $0.value($1.mean) }
        json.column("max_power", buckets) { $0.value($1.extremes?.maximum.power) }
        json.column("min_power", buckets) { $0.value($1.extremes?.minimum.power) }
        json.column("starts", buckets) { $0.value(context.text($1.bucket.start)) }
        json.column("ends", buckets) { $0.value(context.text($1.bucket.end)) }
        json.column("partial", buckets) { $0.value($1.bucket.contains(context.moment.now)) }
        json.column("method", buckets) { $0.value($1.method) }
        json.column("coverage", buckets) { $0.value($1.coverage.share) }
        json.column("seconds_covered", buckets) { $0.value($1.coverage.coveredPerMember) }
        json.column("seconds_interpolated", buckets) { $0.value($1.coverage.interpolatedPerMember) }
        json.column("members_covered", buckets) { $0.value(Int64($1.coverage.membersCovered)) }
        json.column("members_total", buckets) { $0.value(Int64($1.coverage.membersTotal)) }
    }
}

extension CombinedSeries {
    /// What the answer is about: `period`, `timezone`, `pdu_ids`, and `element_ids` where those were named.
    func writeSelection(in context: Context, into json: inout JSONWriter) {
        json.member("period", view.rawValue)
        json.member("timezone", context.site.calendar.zone)
        json.column("pdu_ids", selected.pduIDs) { $0.value($1) }
        if let elements = selected.elementIDs { json.column("element_ids", elements) { $0.value($1) } }
    }
}
