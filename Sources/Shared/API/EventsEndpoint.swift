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

    var groupIDs: [Int64] { selection.groupIDs }

    init(_ parameters: QueryParameters) throws(APIError) {
        selection = try Selection(parameters, groups: true)
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
        let events = try events(in: context, from: start, to: end)
        return success { json in
            json.array { json in
                for event in events { json.object { $0.write(event, in: context.site) } }
            }
        }
    }

    private func events(
        in context: Context,
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [EventRecord] {
        let history = context.history
        let lists: [[EventRecord]]
        switch selection {
        case .everyPDU:
            return try history.events(of: nil, from: start, to: end, limit: limit)
        case .pdus(let ids):
            lists = try Selection.pdus(ids, in: history).map { pdu in
                try history.events(of: pdu.id, from: start, to: end, limit: limit)
            }
        case .elements(let ids):
            lists = try Selection.elements(ids, in: history).map { element in
                try history.events(ofElement: element.id, from: start, to: end, limit: limit)
            }
        case .groups(let ids):
            // Who has put a PDU into a group means it with its parts.
            lists = try Selection.elements(ofGroups: ids, in: context).map { element in
                element.element.kind == .pdu
                    ? try history.events(of: element.pdu.id, from: start, to: end, limit: limit)
                    : try history.events(ofElement: element.id, from: start, to: end, limit: limit)
            }
        }
        let all = lists.flatMap { $0 }.sorted { ($1.at, $1.id) < ($0.at, $0.id) }
        return Array(all.prefix(limit))
    }
}
