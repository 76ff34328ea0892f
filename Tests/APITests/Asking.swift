import Basics
import Energy
import Foundation
import Storage
import Synchronization
import Testing

@testable import API

/// A router with a history and a moment, and its answers as JSON.
struct Asking {
    let history = FakeHistory()
    let settings = FakeSettings()
    let calendar: SiteCalendar
    var now: UnixTime
    let reports = Reports()
    let slowQuestions = SlowQuestions(threads: 2)
    /// The sites whose pages may read.
    var origins: [String] = []

    /// What the router reported.
    final class Reports: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ text: String) { list.withLock { $0.append(text) } }
    }

    /// In `zone`, at the moment that is `now` in UTC, by default half a minute after 14:05 in the winter.
    init(_ zone: String = "Europe/London", now: String = "2024-01-31T14:05:30Z") throws {
        calendar = SiteCalendar(zone: zone, rules: try ZoneRules(tzif: SystemZone.rules(of: zone)))
        self.now = moment(now)
    }

    var router: Router {
        let addresses = ["127.0.0.0/8", "::1"].compactMap { AddressPrefix($0) }
        let writers = Writers(
            addresses: addresses,
            users: ["operator"],
            names: SiteNames(["pdu.example.net"])
        )
        let site = Site(
            name: "Test site",
            calendar: calendar,
            pollInterval: 60,
            version: "1.2.3",
            writers: writers,
            crossOrigin: CrossOrigin(origins)
        )
        return Router(
            site: site,
            slowQuestions: slowQuestions,
            exports: Exports(threads: 2, source: FakeHistory.Source()),
            report: { [reports] in reports.add($0) }
        )
    }

    func response(
        _ target: String,
        method: String = "GET",
        ifNoneMatch: String? = nil,
        origin: String? = nil
    ) -> Response {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var request = Request(
            method: method,
            path: String(parts[0]),
            query: parts.count > 1 ? Array(parts[1].utf8) : [],
            ifNoneMatch: ifNoneMatch
        )
        request.origin = origin
        return router.answer(request, at: now, from: history, settings)
    }

    /// The whole answer to GET of `target`.
    func json(_ target: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(response(target).body))
        return try #require(object as? [String: Any])
    }

    /// The `data` of the answer, where that is an object.
    func data(_ target: String) throws -> [String: Any] {
        try #require(try json(target)["data"] as? [String: Any], "\(response(target).text)")
    }

    /// The `data` of the answer, where that is a list.
    func list(_ target: String) throws -> [[String: Any]] {
        try #require(try json(target)["data"] as? [[String: Any]], "\(response(target).text)")
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A moment written in UTC.
func moment(_ text: String) -> UnixTime {
    UnixTime(Int64(ISO8601DateFormatter().date(from: text)?.timeIntervalSince1970 ?? 0))
}

/// A column of numbers with gaps.
func numbers(_ column: Any?) -> [Double?] {
    (column as? [Any])?.map { ($0 as? NSNumber)?.doubleValue } ?? []
}
