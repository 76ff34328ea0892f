// Requests that change something. Each is checked before it is looked at: whether a page of another site may have sent it,
// and whether whoever sent it may change anything.

internal import Basics
internal import Storage

/// One order to change the settings, with what is needed to carry it out.
struct Order {
    /// What is to be done with a path's id and a body.
    enum Kind: Sendable {
        case addGroup
        case replaceGroup
        case removeGroup
        case describeElement
    }

    private let kind: Kind
    /// The id in the path; 0 where there is none.
    private let id: Int64
    private let request: Request

    /// The order of `kind` about `id` in `request`.
    init(_ kind: Kind, _ id: Int64, _ request: Request) {
        self.kind = kind
        self.id = id
        self.request = request
    }

    /// Carries it out, and answers.
    func answer(from history: any HistoryQueries, in settings: any SettingsKeeping) throws -> Response {
        switch kind {
        case .addGroup:
            let body = try SettingsBody(request)
            var group = try body.group(0, in: history)
            let done = try Order.make(.add(group), at: body.revision, in: settings)
            group.id = done.group ?? 0
            return .made(status: 201, Order.body(of: group, done.revision))
        case .replaceGroup:
            let body = try SettingsBody(request)
            let group = try body.group(id, in: history)
            let done = try Order.make(.replace(group), at: body.revision, in: settings)
            return .made(status: 200, Order.body(of: group, done.revision))
        case .removeGroup:
            let revision = request.body.isEmpty ? nil : try SettingsBody(request).revision
            let done = try Order.make(.remove(group: id), at: revision, in: settings)
            return .made(
                status: 200,
                Answer { $0.member("revision", done.revision) }.enveloped
            )
        case .describeElement:
            guard try history.element(id: id) != nil else { throw APIError.unknownElement(id) }
            let body = try SettingsBody(request)
            let label = try body.label(of: id)
            let done = try Order.make(.say(label), at: body.revision, in: settings)
            return .made(
                status: 200,
                Answer { json in
                    json.write(label)
                    json.member("revision", done.revision)
                }.enveloped
            )
        }
    }

    private static func body(of group: ElementGroup, _ revision: Int64) -> [UInt8] {
        Answer { json in
            json.write(group)
            json.member("revision", revision)
        }.enveloped
    }

    private static func make(
        _ change: SettingsChange,
        at revision: Int64?,
        in settings: any SettingsKeeping
    ) throws -> (revision: Int64, group: Int64?) {
        do {
            return try settings.make(change, at: revision)
        } catch let error as SettingsError {
            throw APIError(error)
        }
    }

    /// Throws unless whoever sent `request` may change something, and no other site made a browser send it.
    static func check(_ request: Request, _ writers: Writers) throws(APIError) {
        if let origin = request.origin {
            guard let host = request.host, isOrigin(origin, of: host) else { throw .otherSite }
        }
        if let site = request.fetchSite, site != "same-origin" { throw .otherSite }
        try writers.check(request)
    }

    /// Whether `origin` (RFC 6454, section 6.1) is a page of `host`, with whatever scheme: what stands before this
    /// responder may end TLS.
    private static func isOrigin(_ origin: String, of host: String) -> Bool {
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where origin.hasPrefix(scheme) {
            let name = origin.dropFirst(scheme.count).lowercased()
            let host = host.lowercased()
            return name == host || name + port == host || name == host + port
        }
        return false
    }
}
