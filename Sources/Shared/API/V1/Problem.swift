// Errors as the interface's first version tells of them (RFC 9457).

internal import Basics

extension APIError {
    /// What a problem's `code` is put behind for its `type`, which leads nowhere.
    private static let typePrefix = "urn:pdu-monitor:problem:"

    /// What kinds of problems are called, by their code.
    private static let titles = [
        "bad_parameter": "A parameter is not as it should be",
        "contradiction": "The parameters do not fit together",
        "unknown_path": "There is no such path",
        "unknown_pdu": "There is no such PDU",
        "unknown_element": "There is no such element",
        "unknown_group": "There is no such group",
        "method_not_allowed": "The path does not know the method",
        "other_origin": "Another site's page may not read this",
        "body_too_long": "The body is too long",
        "query_too_long": "The query is too long",
        "too_many_points": "The answer would be too large",
        "too_many_at_once": "Too many such questions at once",
        "settings_unavailable": "Settings cannot be read",
        "internal": "Something went wrong",
        "archive_damaged": "The archive is damaged",
    ]

    /// The same for whoever was asked with well-formed parameters: what is then wrong with them is how they fit together.
    var afterCheck: APIError {
        code == "bad_parameter" ? .contradiction(message) : self
    }

    /// `{"type":"…","title":"…","status":400,"detail":"…","code":"…"}`.
    var problem: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", APIError.typePrefix + code)
            json.member("title", APIError.titles[code] ?? "The history cannot be read")
            json.member("status", status)
            json.member("detail", message)
            json.member("code", code)
        }
        return json.bytes
    }

    /// What a problem looks like.
    static let shape = ObjectShape(
        "Problem",
        [
            Property("type", .text, "A name of its kind, as a URN."),
            Property("title", .text, "Its kind in words."),
            Property("status", .integer, "The status code."),
            Property("detail", .text, "What was wrong, what is allowed, and what to do."),
            Property("code", .text, "Its kind in one word, for programs."),
        ]
    )
}
