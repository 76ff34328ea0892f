internal import Basics

/// One answer of the interface, whatever protocol takes it away.
package struct Response: Sendable {
    /// One header field.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The status code (RFC 9110, section 15).
    package let status: Int
    /// The header fields in their order, without the length of the body.
    package let fields: [Field]
    /// JSON in UTF-8, or measurements as Prometheus takes them; for HEAD, the body that a GET would get; empty with 304.
    package let body: [UInt8]
    /// What follows `body`, made while it is sent; absent where that is all.
    package var pieces: (any BodyPieces)?

    /// The value of the field `name`; absent when there is none.
    package func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

extension Response {
    /// The data that was asked for.
    ///
    /// Browsers may keep it but must ask before they show it again (`no-cache`), which costs a 304 while
    /// nothing is new: an age that they may use without asking would show the past minute just when the next
    /// one is due. What `isShared` may go from the web server's own cache to others.
    ///
    /// A program that asks now and then may use it for `maxAge` seconds where that is known. `link` is the value of the
    /// field Link.
    static func success(
        _ body: [UInt8],
        tag: EntityTag,
        isShared: Bool = true,
        maxAge: Int64? = nil,
        link: String? = nil
    ) -> Response {
        let fields = [contentType] + kept(tag, maxAge) + own(isShared)
        return Response(status: 200, fields: fields + (link.map { [Field("Link", $0)] } ?? []), body: body)
    }

    /// What the browser has is what it would get.
    static func notModified(_ tag: EntityTag, isShared: Bool = true, maxAge: Int64? = nil) -> Response {
        Response(status: 304, fields: kept(tag, maxAge) + own(isShared), body: [])
    }

    /// What a browser is told that asks whether a page may ask, in `fields`.
    static func preflight(_ fields: [Field]) -> Response {
        Response(status: 204, fields: fields, body: [])
    }

    /// The same with `more` fields.
    func adding(_ more: [Field]) -> Response {
        Response(status: status, fields: fields + more, body: body, pieces: pieces)
    }

    /// A file to be kept under the name `fileName`, of the media type `type`, made piece by piece.
    static func streamed(_ pieces: any BodyPieces, _ type: String, fileName: String) -> Response {
        let fields = [
            Field("Content-Type", type), Field("Content-Disposition", "attachment; filename=\"\(fileName)\""),
            Field("Cache-Control", "no-store"), noSniffing,
        ]
        return Response(status: 200, fields: fields + own(false), body: [], pieces: pieces)
    }

    /// What became of an order.
    static func made(status: Int, _ body: [UInt8]) -> Response {
        Response(
            status: status,
            fields: [contentType, Field("Cache-Control", "no-store"), noSniffing],
            body: body
        )
    }

    /// What a probe is told: an object with what `write` adds.
    static func probe(
        status: Int = 200,
        retryAfter: Int64? = nil,
        _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter()
        json.object(write)
        var fields = [contentType, Field("Cache-Control", "no-store"), noSniffing]
        if let retryAfter { fields.append(Field("Retry-After", String(retryAfter))) }
        return Response(status: status, fields: fields, body: json.bytes)
    }

    /// What was scraped.
    static func metrics(_ body: [UInt8], _ format: ExpositionFormat) -> Response {
        let fields = [
            Field("Content-Type", format.contentType), Field("Cache-Control", "no-store"), noSniffing,
        ]
        return Response(status: 200, fields: fields, body: body)
    }

    /// Keeps nginx, which gives one answer to all who ask the same within a second, from doing so.
    private static func own(_ isShared: Bool) -> [Field] {
        isShared ? [] : [Field("X-Accel-Expires", "0")]
    }

    /// Why there is no data.
    static func failure(_ error: APIError) -> Response {
        failure(error, contentType, error.body)
    }

    /// The same for the interface's first version (RFC 9457).
    static func problem(_ error: APIError) -> Response {
        failure(error, Field("Content-Type", "application/problem+json"), error.problem)
    }

    private static func failure(_ error: APIError, _ type: Field, _ body: [UInt8]) -> Response {
        var fields = [type, Field("Cache-Control", "no-store"), noSniffing]
        if let seconds = error.retryAfter { fields.append(Field("Retry-After", String(seconds))) }
        if let methods = error.allowedMethods { fields.append(Field("Allow", methods)) }
        return Response(status: error.status, fields: fields, body: body)
    }

    private static let contentType = Field("Content-Type", "application/json; charset=utf-8")
    private static let noSniffing = Field("X-Content-Type-Options", "nosniff")

    private static func kept(_ tag: EntityTag, _ maxAge: Int64? = nil) -> [Field] {
        let use = maxAge.map { "private, max-age=\($0)" } ?? "private, no-cache"
        return [Field("ETag", tag.description), Field("Cache-Control", use), noSniffing]
    }
}

extension Response: Equatable {
    /// Whether they are the same to the byte, and what follows is made by the same.
    package static func == (left: Response, right: Response) -> Bool {
        left.status == right.status && left.fields == right.fields && left.body == right.body
            && left.pieces === right.pieces
    }
}
