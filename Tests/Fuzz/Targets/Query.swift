// A whole request to the interface, from its path and query to the bytes of the answer, in front of a history that
// knows something about everything.

import API
import Basics
import Energy
import Foundation
import Storage

extension FuzzTarget {
    /// `PATH?QUERY` as a request.
    static let query = FuzzTarget("query", longest: 2000) { input in
        let parts = input.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let request = Request(
            path: String(decoding: parts[0], as: UTF8.self),
            query: parts.count > 1 ? Array(parts[1]) : []
        )
        // What else is answered has no envelope, and a target of its own.
        guard request.path.hasPrefix("/api/") else { return .refused }
        let response = router.answer(
            request,
            at: UnixTime(1_774_742_431),
            from: SampleHistory(),
            NoSettings()
        )
        let body = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        if request.path == "/api/openapi.json" || request.path.hasPrefix("/api/v1") {
            let isWhole =
                response.status == 200
                ? body?["data"] != nil || body?["openapi"] != nil : body?["status"] as? Int == response.status
            // A path such as /api/v1x is of the interface without a version.
            precondition(isWhole || body?["success"] as? Bool == false, "the answer is not in its envelope")
        } else {
            precondition(
                body?["success"] as? Bool == (response.status == 200),
                "the answer is not in its envelope"
            )
        }
        switch response.status {
        case 200: return .taken
        case 400, 404, 413, 414, 422: return .refused
        default: preconditionFailure("a query was answered with \(response.status)")
        }
    }

    /// Settings that nobody has made, and that take no change.
    struct NoSettings: SettingsKeeping {
        func settings() -> Settings { Settings() }
        func make(_ change: SettingsChange, at revision: Int64?) throws -> (revision: Int64, group: Int64?) {
            throw SettingsError.unavailable("nothing is kept here")
        }
    }

    static let router = Router(
        site: Site(name: "Fuzz", calendar: calendar, pollInterval: 60, version: "0"),
        slowQuestions: SlowQuestions(threads: 2),
        report: { preconditionFailure("something went wrong: \($0)") }
    )

    /// A zone whose clocks change, the day before they do.
    static let calendar: SiteCalendar = {
        do {
            let zone = "Europe/London"
            return SiteCalendar(zone: zone, rules: try ZoneRules(tzif: SystemZone.rules(of: zone)))
        } catch {
            preconditionFailure("no time zones here (Debian package tzdata): \(error)")
        }
    }()
}
