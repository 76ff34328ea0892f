// The whole interface: which paths there are, and what becomes of a request. An error is turned into an
// answer here and nowhere else.

package import Basics
internal import Metering
package import Storage

/// Answers requests.
package struct Router: Sendable {
    /// Every path that the history answers.
    static let routes = [
        Route("/api/pdus", .query { PDUsEndpoint($0) }),
        Route("/api/pdus/{id}", .pdu { PDUEndpoint(of: $0) }),
        Route("/api/pdus/{id}/outlets", .pdu { PDUPartsEndpoint(.outlet, of: $0) }),
        Route("/api/pdus/{id}/phases", .pdu { PDUPartsEndpoint(.phase, of: $0) }),
        Route("/api/pdus/{id}/banks", .pdu { PDUPartsEndpoint(.bank, of: $0) }),
        Route("/api/pdus/{id}/sensors", .pdu { PDUSensorsEndpoint(of: $0) }),
        Route("/api/pdus/{id}/polls", .pdu { PDUPollsEndpoint(of: $0) }),
        Route("/api/current-status", .query { CurrentStatusEndpoint($0) }),
        Route("/api/overview", .query { try OverviewEndpoint($0) }),
        Route("/api/power-data", .query { try PowerDataEndpoint($0) }),
        Route("/api/statistics", .query { try StatisticsEndpoint($0) }),
        Route("/api/readings", .query { try ReadingsEndpoint($0) }),
        Route("/api/history", .query { try HistoryEndpoint($0) }),
        Route("/api/consumers", .query { try ConsumersEndpoint($0) }),
        Route("/api/heatmap", .query { try HeatmapEndpoint($0) }),
        Route("/api/explain", .query { try ExplainEndpoint($0) }),
        Route("/api/events", .query { try EventsEndpoint($0) }),
    ]

    /// Where Prometheus scrapes.
    static let metricsPath = "/metrics"
    /// Where what people set is read.
    static let settingsPath = "/api/settings"
    /// Where it is changed.
    static let orderRoutes = [
        OrderRoute(path: "/api/groups", orders: [("POST", .addGroup)]),
        OrderRoute(path: "/api/groups/{id}", orders: [("PUT", .replaceGroup), ("DELETE", .removeGroup)]),
        OrderRoute(path: "/api/elements/{id}", orders: [("PUT", .describeElement)]),
    ]
    /// Every path of the settings.
    static var settingsPaths: [String] { [settingsPath] + orderRoutes.map(\.path) }

    /// The longest body that is taken, in bytes: a group of a thousand elements, with its description.
    static let longestBody = 65_536

    private let site: Site
    private let slowQuestions: SlowQuestions
    private let exports: Exports?
    private let report: @Sendable (String) -> Void

    /// A router for `site` that tells `report` what went wrong and is nobody else's business.
    ///
    /// The routers of all threads share `slowQuestions` and `exports`; without the latter, nothing is exported.
    package init(
        site: Site,
        slowQuestions: SlowQuestions,
        exports: Exports? = nil,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.site = site
        self.slowQuestions = slowQuestions
        self.exports = exports
        self.report = report
    }

    /// The answer to `request` at `now`.
    ///
    /// The history is asked only for a request that is in order. What it throws becomes an answer: a 503
    /// while it cannot be read, a 500 without a detail for anything that nobody expected.
    package func answer(
        _ request: Request,
        at now: UnixTime,
        from history: any HistoryQueries,
        _ settings: any SettingsKeeping
    ) -> Response {
        guard VersionOne.owns(request.path) else {
            do {
                return try found(request, at: now, from: history, settings)
            } catch {
                return .failure(described(error, at: request.path))
            }
        }
        let fields = site.crossOrigin.fields(for: request.origin)
        do {
            return try versionOne(request, at: now, from: history, settings).adding(fields)
        } catch {
            return .problem(described(error, at: request.path)).adding(fields)
        }
    }

    /// What whoever asked for `path` is told of `error`, and the log where it is its business.
    private func described(_ error: any Error, at path: String) -> APIError {
        switch error {
        case let error as APIError: return error
        case let error as StorageError where error.code != .unexpected:
            // While there is none yet, every visitor is told so, and nobody needs to act on it.
            if error.code != .missing { report("history unavailable: \(error)") }
            return APIError(error)
        default:
            let incident = String(UInt32.random(in: .min ... .max), radix: 16)
            report("request failed: incident=\(incident) path=\(path) error=\(error)")
            return .unexpected(incident: incident)
        }
    }

    private func versionOne(
        _ request: Request,
        at now: UnixTime,
        from history: any HistoryQueries,
        _ settings: any SettingsKeeping
    ) throws -> Response {
        let versionOne = VersionOne(site: site, settings: settings) { endpoint, groups in
            try history.snapshot { try ask(endpoint, for: request, at: now, history, groups) }
        } export: { export, groups in
            guard let exports else { throw APIError.unknownPath }
            return try history.snapshot {
                let moment = Moment(now, newestRun: try history.newestRun(), configured: site.pollInterval)
                let context = Context(site: site, history: history, moment: moment, groups: groups)
                return try export.answer(in: context, exports, report: report)
            }
        }
        return try versionOne.answer(request)
    }

    private func found(
        _ request: Request,
        at now: UnixTime,
        from history: any HistoryQueries,
        _ settings: any SettingsKeeping
    ) throws -> Response {
        if let response = try ordered(request, from: history, settings) { return response }
        if let probe = Probe(rawValue: request.path) {
            try Router.checkAsked(request)
            return probe.answer(at: now, from: history, site)
        }
        if request.path == Router.settingsPath {
            try Router.checkAsked(request)
            return SettingsAnswer.answer(
                to: request,
                settings.settings(),
                mayWrite: site.writers.include(request),
                version: site.version
            )
        }
        if request.path == Router.metricsPath {
            try Router.checkAsked(request)
            return try history.snapshot { try scraped(request, at: now, from: history, settings) }
        }
        guard let endpoint = Router.routes.lazy.compactMap({ $0.match(request.path) }).first else {
            throw APIError.unknownPath
        }
        try Router.checkAsked(request)
        let question = try endpoint(QueryParameters(request.query))
        let named = Set(question.groupIDs)
        let groups = named.isEmpty ? [] : settings.settings().groups.filter { named.contains($0.id) }
        return try history.snapshot {
            switch try ask(question, for: request, at: now, history, groups) {
            case .unchanged(let tag, _): .notModified(tag)
            case .found(let answer, let tag, _): .success(answer.enveloped, tag: tag)
            }
        }
    }

    private func scraped(
        _ request: Request,
        at now: UnixTime,
        from history: any HistoryQueries,
        _ settings: any SettingsKeeping
    ) throws -> Response {
        let moment = Moment(now, newestRun: try history.newestRun(), configured: site.pollInterval)
        let answer = try MetricsAnswer(at: moment, from: history, settings.settings(), site)
        return answer.response(in: ExpositionFormat(accept: request.accept))
    }

    /// Throws unless `request` only asks.
    static func checkAsked(_ request: Request) throws(APIError) {
        guard request.method == "GET" || request.method == "HEAD" else {
            throw .methodNotAllowed("GET, HEAD")
        }
        guard request.contentLength <= Router.longestBody else {
            throw .bodyTooLong(limit: Router.longestBody)
        }
    }

    /// The answer to `request` where that is an order; nil where its path takes none.
    private func ordered(
        _ request: Request,
        from history: any HistoryQueries,
        _ settings: any SettingsKeeping
    ) throws -> Response? {
        for route in Router.orderRoutes {
            guard let id = route.match(request.path) else { continue }
            guard let kind = route.orders.first(where: { $0.method == request.method })?.kind else {
                throw APIError.methodNotAllowed(route.methods)
            }
            guard request.contentLength <= Router.longestBody else {
                throw APIError.bodyTooLong(limit: Router.longestBody)
            }
            try Order.check(request, site.writers)
            return try Order(kind, id, request).answer(from: history, in: settings)
        }
        return nil
    }

    /// Asks `history` what `endpoint` asks, unless `request` comes from somebody who has the answer.
    private func ask(
        _ endpoint: any Endpoint,
        for request: Request,
        at now: UnixTime,
        _ history: any HistoryQueries,
        _ groups: [ElementGroup]
    ) throws -> VersionOne.Answered {
        let moment = Moment(now, newestRun: try history.newestRun(), configured: site.pollInterval)
        let context = Context(site: site, history: history, moment: moment, groups: groups)
        let tag = EntityTag(of: [
            site.version, site.name, site.calendar.zone,
            request.path, String(decoding: request.query, as: UTF8.self),
            String(try history.dataVersion()),
            // A history that was restored counts its versions once more from an earlier one.
            moment.newestRun.map { String($0.minute.seconds) } ?? "",
            type(of: endpoint).dependsOnTime ? moment.window : "",
            groups.map { "\($0.id):\($0.elementIDs)" }.joined(separator: ";"),
        ])
        let maxAge = moment.secondsToNextRun
        if tag.matches(request.ifNoneMatch) { return .unchanged(tag, maxAge: maxAge) }
        guard type(of: endpoint).isSlow else {
            return .found(try endpoint.answer(in: context), tag, maxAge: maxAge)
        }
        return try slowQuestions.workOut { .found(try endpoint.answer(in: context), tag, maxAge: maxAge) }
    }
}
