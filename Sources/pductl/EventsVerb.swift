// `pductl events`: what happened, the newest first.

import API
import Basics
import Configuration
import Energy
import Storage

extension Verb {
    private static let since = Arguments.Option(
        "--since",
        value: "TIME",
        "list events from then on (default: the last 7 days)"
    )

    /// `pductl events`.
    static let events = Verb(
        name: "events",
        operands: "",
        summary: "list what happened: resets, replaced units, implausible readings, outages",
        options: [since],
        hasJSON: true
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let calendar = try configuration.calendar()
        let start =
            try invocation.arguments.value(since.name).map {
                try TimeOperand.moment($0, since.name, in: calendar)
            }
            ?? SystemClock.now() - 7 * 86_400
        let list = try EventList(from: start, reader: configuration.historyReader())
        if invocation.wantsJSON { list.writeJSON() } else { list.write(in: calendar) }
        return .success
    }
}

/// Events and where they happened.
private struct EventList {
    /// How many are listed at the most.
    static let most = 1000

    let start: UnixTime
    let events: [EventRecord]
    /// Where each event happened, by its id; absent for the whole site.
    let places: [Int64: String]

    /// The newest events from `start` on.
    init(from start: UnixTime, reader: HistoryReader) throws {
        self.start = start
        (events, places) = try reader.snapshot {
            let events = try reader.events(of: nil, from: start, to: endOfTime, limit: EventList.most)
            return (events, try EventList.places(of: events, in: reader))
        }
    }

    func write(in calendar: SiteCalendar) {
        guard !events.isEmpty else {
            return ControlCommand.say("nothing happened since \(calendar.iso8601(start))")
        }
        var table = TextTable([
            .init(title: "Time"), .init(title: "Where"), .init(title: "What"), .init(title: "Detail"),
        ])
        for event in events {
            table.add([calendar.iso8601(event.at), places[event.id] ?? "site", event.kind, event.detail])
        }
        writeToStandardOutput(table.rendered())
        if events.count == EventList.most {
            ControlCommand.say("there may be more; only the newest \(EventList.most) are listed")
        }
    }

    /// The same as one JSON object.
    func writeJSON() {
        ControlCommand.answer { json in
            json.member("since", start.iso8601)
            json.member("events") { json in
                json.array { json in
                    for event in events {
                        json.object { json in
                            json.member("at", event.at.iso8601)
                            json.member("place", places[event.id])
                            json.member("kind", event.kind)
                            json.member("detail", event.detail)
                        }
                    }
                }
            }
            json.member("may_be_more", events.count == EventList.most)
        }
    }

    private static func places(
        of events: [EventRecord],
        in reader: HistoryReader
    ) throws -> [Int64: String] {
        let pdus = Dictionary(
            try reader.pdus().map { ($0.id, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        var places: [Int64: String] = [:]
        for event in events {
            let element = try event.elementID.flatMap { try reader.element(id: $0) }
            places[event.id] = element.map(ElementOperand.name) ?? event.pduID.flatMap { pdus[$0] }
        }
        return places
    }
}

/// A time after all that can have happened.
let endOfTime = UnixTime(Int64(Int32.max) * 4)
