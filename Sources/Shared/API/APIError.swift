internal import Basics
internal import Storage

/// Why a request cannot be served, in the one form in which anybody is told.
package struct APIError: Error, Hashable, Sendable {
    /// The status code (RFC 9110, section 15).
    package let status: Int
    /// One word for programs, such as `bad_parameter`.
    package let code: String
    /// What was wrong and what is allowed, for people; never a path, an SQL text or a secret.
    package let message: String
    /// Seconds after which it is worth to try again; absent: it is not.
    package let retryAfter: Int?
    /// The methods that the path knows, for 405.
    package let allowedMethods: String?

    private init(
        _ status: Int,
        _ code: String,
        _ message: String,
        retryAfter: Int? = nil,
        allowedMethods: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.allowedMethods = allowedMethods
    }

    /// A parameter is not as it should be.
    package static func badParameter(_ message: String) -> APIError {
        APIError(400, "bad_parameter", message)
    }

    /// Parameters are each as they should be, but not together, or not here (RFC 9110, section 15.5.21).
    static func contradiction(_ message: String) -> APIError {
        APIError(422, "contradiction", message)
    }

    /// A page of `origin`, which is not named, wants to read answers.
    static func otherOrigin(_ origin: String?) -> APIError {
        APIError(
            403,
            "other_origin",
            """
            pages of \(origin ?? "no origin") may not read this: name it under web.cors_origins in pdu-monitor.yaml and \
            restart pdu-fcgi
            """
        )
    }

    /// There is nothing of that path.
    package static let unknownPath = unknownPath(
        "there is nothing here; known are "
            + (Router.routes.map(\.path) + Router.settingsPaths).joined(separator: ", ")
    )

    /// There is nothing of that path, with a `message` that names those there are.
    static func unknownPath(_ message: String) -> APIError {
        APIError(404, "unknown_path", message)
    }

    /// There is no PDU of that id.
    package static func unknownPDU(_ id: Int64) -> APIError {
        APIError(404, "unknown_pdu", "there is no PDU \(id); /api/pdus lists those there are")
    }

    /// There is no such element, or it was never read.
    package static let unknownElement = APIError(
        404,
        "unknown_element",
        "there is no such element; it is \(ElementReference.forms), of a PDU that /api/pdus lists"
    )

    /// There is no element of that id.
    package static func unknownElement(_ id: Int64) -> APIError {
        APIError(
            404,
            "unknown_element",
            "there is no element \(id); /api/pdus/{id} and /api/pdus/{id}/outlets give those there are"
        )
    }

    /// There is no group of that id.
    package static func unknownGroup(_ id: Int64) -> APIError {
        APIError(404, "unknown_group", "there is no group \(id); /api/settings lists those there are")
    }

    /// Whoever asks from `address` may not change anything.
    package static func notAllowed(address: String?) -> APIError {
        APIError(
            403,
            "not_allowed",
            """
            \(address ?? "this address") may not change settings: name it, or the user, under web.writers in \
            pdu-monitor.yaml and restart pdu-fcgi
            """
        )
    }

    /// The request is to a site of the name `host`, which this one may not have.
    package static func unknownName(_ host: String) -> APIError {
        APIError(
            403,
            "unknown_name",
            """
            settings are not changed under the name \(host.prefix(100)), which may be anybody's: use the machine's address, \
            or add the name to web.names in pdu-monitor.yaml and restart pdu-fcgi
            """
        )
    }

    /// A page of another site made the browser send it.
    package static let otherSite = APIError(
        403,
        "other_site",
        "settings are changed by pages of this site alone; this request comes from another one"
    )

    /// The body is of another type.
    package static let notJSON = APIError(
        415,
        "not_json",
        "send a body of JSON with Content-Type: application/json"
    )

    /// Why settings were not changed.
    init(_ error: SettingsError) {
        switch error {
        case .changed(let revision):
            self.init(
                409,
                "changed",
                "somebody else has changed the settings meanwhile, which are at revision \(revision) now: read them again"
            )
        case .nameTaken: self = .badParameter("there is a group of that name already")
        case .unknownGroup(let id): self = .unknownGroup(id)
        case .tooManyGroups(let most): self = .badParameter("there may be \(most) groups at most")
        case .unavailable(let words): self.init(503, "settings_unavailable", words, retryAfter: 60)
        }
    }

    /// The path does not know the method.
    package static func methodNotAllowed(_ methods: String) -> APIError {
        APIError(405, "method_not_allowed", "only \(methods) are allowed here", allowedMethods: methods)
    }

    /// The request's body is longer than `limit` bytes.
    package static func bodyTooLong(limit: Int) -> APIError {
        APIError(413, "body_too_long", "a body may have \(limit) bytes at most")
    }

    /// An answer would have more than `limit` points: so many `series` at so many `times`.
    package static func tooManyPoints(times: Int, series: Int, limit: Int) -> APIError {
        APIError(
            413,
            "too_many_points",
            """
            \(series) series at \(times) times are more than the \(limit) points that are given at once: ask for fewer \
            of either, or /api/power-data for hours, days and months
            """
        )
    }

    /// So many questions that take long are under way already, `limit`.
    static func tooManyAtOnce(limit: Int) -> APIError {
        APIError(
            429,
            "too_many_at_once",
            "\(limit) questions of this kind are being answered: ask again in a second, one after the other",
            retryAfter: 1
        )
    }

    /// So many `elements` are more than the `limit` that one export is made of.
    static func tooManyElements(_ elements: Int, limit: Int) -> APIError {
        APIError(
            413,
            "too_many_points",
            "\(elements) elements are more than the \(limit) that one export is made of: ask for some PDUs at a time"
        )
    }

    /// An answer would have more than `limit` points, or look at more: so many `series` in so many `slices`.
    package static func tooManySlices(slices: Int64, series: Int64, limit: Int) -> APIError {
        APIError(
            413,
            "too_many_points",
            """
            \(series) series in \(slices) parts of the range are more than the \(limit) points that are given at once: \
            ask for a coarser resolution, a shorter range or fewer of them
            """
        )
    }

    /// The query is longer than `limit` bytes.
    package static func queryTooLong(limit: Int) -> APIError {
        APIError(414, "query_too_long", "a query may have \(limit) bytes at most")
    }

    /// Something that should not happen; the log has the rest under `incident`.
    package static func unexpected(incident: String) -> APIError {
        APIError(500, "internal", "something went wrong here; the server's log has it as \(incident)")
    }

    /// `{"success":false,"error":"…","code":"…"}`.
    var body: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("success", false)
            json.member("error", message)
            json.member("code", code)
        }
        return json.bytes
    }
}

extension APIError: CustomStringConvertible {
    /// What was wrong and what is allowed.
    package var description: String { message }
}

extension APIError {
    /// What `error` means for whoever asks: when to try again, and what to do.
    init(_ error: StorageError) {
        let (code, message, retryAfter) = APIError.words(for: error.code)
        self.init(503, code, message, retryAfter: retryAfter)
    }

    private static func words(for code: StorageError.Code) -> (String, String, Int) {
        switch code {
        case .missing: ("history_missing", "there is no history yet: the first run of pdu-poll begins it", 10)
        case .busy: ("history_busy", "the history is busy: try again", 1)
        case .schemaTooOld:
            ("history_older", "the history waits for the next run of pdu-poll to bring it up to date", 10)
        case .schemaTooNew:
            ("history_newer", "the history is of a newer version than this responder: restart pdu-fcgi", 10)
        case .zoneChanged:
            (
                "history_other_zone",
                "the history's days are of another time zone than the configuration's: run pductl rebuild",
                60
            )
        case .noAccess:
            ("history_unreadable", "the responder may not read the history: pductl check says what to do", 60)
        case .corrupt, .foreign:
            ("history_damaged", "the history cannot be understood: pductl check says what to do", 60)
        case .archive:
            ("archive_damaged", "a file of the archive is missing or damaged: pductl check says which", 60)
        case .full, .inputOutput, .refused, .unexpected:
            ("history_unreadable", "the history cannot be read: pductl check says what to do", 60)
        }
    }
}
