internal import Basics
internal import Storage

/// `GET /api/current-status`: the latest of every PDU that is configured, and how the collector is.
struct CurrentStatusEndpoint: Endpoint {
    static let dependsOnTime = true

    init(_ parameters: QueryParameters) {}

    func answer(in context: Context) throws -> Answer {
        try CurrentStatusEndpoint.rows(in: context) { json in
            json.member("meta") { $0.object { CurrentStatusEndpoint.writeMeta(of: context, into: &$0) } }
        }
    }

    /// The latest of every PDU that is configured, with what `writeBeside` writes beside them.
    static func rows(
        in context: Context,
        beside writeBeside: @escaping (inout JSONWriter) -> Void = { _ in }
    ) throws -> Answer {
        let states = try context.history.status().filter(\.pdu.isConfigured)
        return Answer(
            rows: states,
            { json, state in write(state, in: context, into: &json) },
            beside: writeBeside
        )
    }

    private static func write(_ state: PDUStatus, in context: Context, into json: inout JSONWriter) {
        let moment = context.moment
        let health = moment.freshness.health(of: state)
        let power = health == .online ? state.power : nil
        json.member("id", state.pdu.id)
        json.member("name", state.pdu.name)
        json.member("ip", state.pdu.host)
        json.member("address", state.pdu.address)
        json.member("current_power_watts", power)
        json.member("current_power_kw", inThousands: power)
        json.member("last_reading", context.text(state.lastReadingAt))
        json.member("status", health.rawValue)
        json.member("age_seconds", state.lastReadingAt.map { max(0, moment.now - $0) })
        json.member("stale_after", context.text(state.lastReadingAt.map { $0 + moment.freshness.staleAfter }))
        json.member("power_is_estimate", power != nil && state.powerIsEstimate)
        json.member("last_attempt", context.text(state.lastAttemptAt))
        json.member("failure", state.failure?.rawValue)
        json.member("failure_detail", state.failureDetail)
        json.member("configured", state.pdu.isConfigured)
    }

    /// The members that tell of the place, the moment and the collector.
    static func writeMeta(of context: Context, into json: inout JSONWriter) {
        let (site, moment) = (context.site, context.moment)
        json.member("site_name", site.name)
        json.member("timezone", site.calendar.zone)
        json.member("timezone_abbreviation", site.calendar.civil(at: moment.now).zone.abbreviation)
        json.member("server_time", context.text(moment.now))
        json.member("newest_run", context.text(moment.newestRun?.minute))
        json.member("poll_interval", moment.interval)
        json.member("collector", moment.collector.rawValue)
        json.member("version", site.version)
    }
}
