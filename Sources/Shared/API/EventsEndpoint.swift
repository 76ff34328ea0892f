internal import Basics
internal import Storage

/// `GET /api/events`: what happened, the newest first.
struct EventsEndpoint: Endpoint {
    static let dependsOnTime = false
    /// How many events are listed when nobody says how many, and at the most.
    static let usual = 100
    static let most = 1000

    private let selection: Selection
    private let start: SiteTime?
    private let end: SiteTime?
    private let limit: Int
    /// What the page begins after: an event's time and id; absent for the first page.
    private var cursor: Cursor?

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

    /// The same, going on where the parameter `cursor` says; it has been checked.
    init(paged parameters: QueryParameters) throws(APIError) {
        try self.init(parameters)
        cursor = try parameters.cursor()
        if let cursor, cursor.second == nil { throw .foreignCursor }
    }

    func answer(in context: Context) throws -> Answer {
        let calendar = context.site.calendar
        let start = start?.moment(in: calendar) ?? UnixTime(0)
        let end = end?.moment(in: calendar) ?? UnixTime(Int64(Int32.max) * 4)
        guard start < end else { throw APIError.badParameter("end must be later than start") }
        let events = try page(in: context, from: start, to: end)
        let next = events.count > limit ? events[limit - 1] : nil
        return Answer(
            rows: Array(events.prefix(limit)),
            next: next.map { Cursor($0.at.seconds, $0.id) }
        ) { json, event in json.write(event, in: context.site) }
    }

    /// The events of the page, and one more where there is one.
    private func page(in context: Context, from start: UnixTime, to end: UnixTime) throws -> [EventRecord] {
        guard let cursor, let id = cursor.second else {
            return try events(in: context, from: start, to: end, limit: limit + 1)
        }
        let last = UnixTime(cursor.first)
        let end = min(end, last + 1)
        guard start < end else { return [] }
        var wanted = limit + 1
        while true {
            let found = try events(in: context, from: start, to: end, limit: wanted)
            // Of those of the same second, the page before has had some.
            let rest = found.drop { $0.at == last && $0.id >= id }
            if rest.count > limit || found.count < wanted { return Array(rest) }
            wanted *= 2
        }
    }

    private func events(
        in context: Context,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
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
