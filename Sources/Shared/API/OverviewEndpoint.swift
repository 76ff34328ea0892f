internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// `GET /api/overview`: the present, today and this month in a few numbers, each with what it is to be compared with.
struct OverviewEndpoint: Endpoint {
    static let dependsOnTime = true

    private let selection: Selection

    var groupIDs: [Int64] { selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        selection = try Selection(parameters, groups: true)
    }

    func answer(in context: Context) throws -> Answer {
        let selected = try selection.resolved(in: context)
        let present = try Present(of: selected, in: context)
        let elapsed = try ElapsedEnergy(of: selected, in: context)
        return Answer { json in
            json.member("now") { $0.object { OverviewEndpoint.write(present, in: context, into: &$0) } }
            json.member("today") {
                $0.object { OverviewEndpoint.writeToday(elapsed, in: context, into: &$0) }
            }
            json.member("month") {
                $0.object { OverviewEndpoint.writeMonth(elapsed, in: context, into: &$0) }
            }
            json.member("peak_today") { json in
                json.object { json in
                    json.member("watts", elapsed.peak?.power)
                    json.member("at", context.text(elapsed.peak?.at))
                }
            }
            json.member("fullest") { OverviewEndpoint.write(present.fullest, into: &$0) }
        }
    }

    private static func write(_ present: Present, in context: Context, into json: inout JSONWriter) {
        json.member("watts", present.power)
        json.member("members_covered", present.membersCovered)
        json.member("members_total", present.membersTotal)
        json.member("at", context.text(present.at))
        json.member("trend_watts_per_hour", present.trend)
        json.column("sparkline_watts", present.hourlyWatts) { $0.value($1) }
    }

    private static func writeToday(
        _ elapsed: ElapsedEnergy,
        in context: Context,
        into json: inout JSONWriter
    ) {
        json.member("kwh") { $0.kilowattHours(elapsed.today.energy) }
        json.member("usual_kwh") { $0.kilowattHours(elapsed.usual) }
        json.member("usual_days", elapsed.usualDays)
        json.member("start", context.text(elapsed.today.range.start))
        json.member("elapsed_seconds", elapsed.seconds)
        json.member("coverage", elapsed.today.coverage.share)
    }

    private static func writeMonth(
        _ elapsed: ElapsedEnergy,
        in context: Context,
        into json: inout JSONWriter
    ) {
        json.member("kwh") { $0.kilowattHours(elapsed.month.energy) }
        json.member("previous_same_part_kwh") { $0.kilowattHours(elapsed.previousMonth) }
        json.member("start", context.text(elapsed.month.range.start))
        json.member("coverage", elapsed.month.coverage.share)
    }

    private static func write(_ fullest: Present.Load?, into json: inout JSONWriter) {
        guard let fullest else {
            json.null()
            return
        }
        json.object { json in
            json.writeIdentity(of: fullest.element)
            json.member("load_percent", fullest.percent)
            json.member("current_amps", fullest.reading.current)
            json.member("rated_current_amps", fullest.reading.ratedCurrent)
        }
    }
}
