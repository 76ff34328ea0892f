internal import Basics
internal import Storage

/// `GET /api/pdus/{id}/polls`: how reading one PDU went in the last 24 hours.
struct PDUPollsEndpoint: Endpoint {
    static let dependsOnTime = true
    /// A day of quarters of an hour.
    private static let count = 96

    private let id: Int64

    /// The question about the PDU `id`.
    init(of id: Int64) {
        self.id = id
    }

    func answer(in context: Context) throws -> Answer {
        guard try context.history.status(of: id) != nil else { throw APIError.unknownPDU(id) }
        let end = context.moment.now.floored(to: PollQuarter.seconds) + PollQuarter.seconds
        let start = end - Int64(PDUPollsEndpoint.count) * PollQuarter.seconds
        let quarters = try context.history.polls(of: id, from: start, count: PDUPollsEndpoint.count)
        return Answer { json in
            json.member("start", context.text(start))
            json.member("end", context.text(end))
            json.column("slots", quarters) { json, quarter in
                json.object { json in
                    json.member("start", context.text(quarter.start))
                    json.member("end", context.text(quarter.start + PollQuarter.seconds))
                    json.member("polls", quarter.polls)
                    json.member("failures", quarter.failures)
                    json.member("worst_reason", quarter.worst?.rawValue)
                    json.member("latency_ms_mean", quarter.meanLatency)
                    json.member("latency_ms_max", quarter.longestLatency)
                }
            }
        }
    }
}
