// What whoever watches over services asks: does the process answer, and is what it would answer worth anything. Both are
// outside of /api, plain, and say nothing that a stranger may not know.

internal import Basics
internal import Storage

/// `GET /healthz` and `GET /readyz`.
enum Probe: String {
    /// The process answers; nothing else is looked at, so that a broken history never has it restarted.
    case health = "/healthz"
    /// The history can be read, and a run of the poller was stored within the last 2.5 intervals.
    case readiness = "/readyz"

    /// Why it is not ready.
    struct Obstacle {
        let code: String
        let reason: String
        /// Seconds after which asking again makes sense.
        let retryAfter: Int64
        /// The newest run; absent where there was none, or it cannot be told.
        var newestRun: UnixTime?
    }

    /// The answer at `now`.
    func answer(at now: UnixTime, from history: any HistoryQueries, _ site: Site) -> Response {
        switch self {
        case .health:
            return .probe { json in
                json.member("status", "ok")
                json.member("version", site.version)
            }
        case .readiness:
            return Probe.readiness(at: now, from: history, site)
        }
    }

    private static func readiness(
        at now: UnixTime,
        from history: any HistoryQueries,
        _ site: Site
    ) -> Response {
        let newest: RunRecord?
        do {
            newest = try history.newestRun()
        } catch let error as StorageError where error.code != .unexpected {
            let error = APIError(error)
            let seconds = Int64(error.retryAfter ?? 10)
            return refusal(Obstacle(code: error.code, reason: error.message, retryAfter: seconds), site)
        } catch {
            // The log has the rest where somebody asks for data.
            let reason = "the history cannot be read: pductl check says what to do"
            return refusal(Obstacle(code: "history_unreadable", reason: reason, retryAfter: 60), site)
        }
        let moment = Moment(now, newestRun: newest, configured: site.pollInterval)
        guard let newest else {
            let reason = "there has been no run of pdu-poll yet: is its timer, or cron, started?"
            return refusal(Obstacle(code: "no_run", reason: reason, retryAfter: moment.interval), site)
        }
        guard moment.collector == .running else {
            let reason = """
                no run of pdu-poll was stored for \(now - newest.minute) s, and one is due every \(moment.interval) s: \
                see systemctl status pdu-poll.timer, or cron's log
                """
            var obstacle = Obstacle(code: "collector_stopped", reason: reason, retryAfter: moment.interval)
            obstacle.newestRun = newest.minute
            return refusal(obstacle, site)
        }
        return .probe { json in
            json.member("status", "ready")
            json.member("newest_run", site.calendar.iso8601(newest.minute))
            json.member("age_seconds", max(0, now - newest.minute))
        }
    }

    private static func refusal(_ obstacle: Obstacle, _ site: Site) -> Response {
        .probe(status: 503, retryAfter: obstacle.retryAfter) { json in
            json.member("status", "not_ready")
            json.member("code", obstacle.code)
            json.member("reason", obstacle.reason)
            json.member("newest_run", obstacle.newestRun.map(site.calendar.iso8601))
        }
    }
}
