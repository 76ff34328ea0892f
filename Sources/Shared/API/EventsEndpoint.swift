internal import Basics
internal import Storage

/// `GET /api/events`: what happened, the newest first.
struct EventsEndpoint: Endpoint {
    static let dependsOnTime = false
    /// How many events are listed when nobody says how many, and at the most.
    private static let usual = 100
    private static let most = 1000

    private let selection: Selection
    private let start: SiteTime?
    private let end: SiteTime?
    private let limit: Int

    init(_ parameters: QueryParameters) throws(APIError) {
        selection = try Selection(parameters)
        start = try parameters.time("start")
        end = try parameters.time("end")
        guard let text = try parameters.single("limit") else {
            limit = EventsEndpoint.usual
            return
        }
        guard let limit = Int(text), (1...EventsEndpoint.most).contains(limit) else {
            throw .badParameter("limit must be 1 to \(EventsEndpoint.most)")
        }
        self.limit = limit
    }

    func answer(in context: Context) throws -> [UInt8] {
        let calendar = context.site.calendar
        let start = start?.moment(in: calendar) ?? UnixTime(0)
        let end = end?.moment(in: calendar) ?? UnixTime(Int64(Int32.max) * 4)
        guard start < end else { throw APIError.badParameter("end must be later than start") }
        let pdus = try selection.named(among: context.history.pdus())
        let events =
            try pdus.map { pdus in
                let lists = try pdus.map { pdu in
                    try context.history.events(of: pdu.id, from: start, to: end, limit: limit)
                }
                let all = lists.flatMap { $0 }.sorted { ($1.at, $1.id) < ($0.at, $0.id) }
                return Array(all.prefix(limit))
            } ?? context.history.events(of: nil, from: start, to: end, limit: limit)
        return success { json in
            json.array { json in
                for event in events { json.object { $0.write(event, in: context.site) } }
            }
        }
    }
}
