internal import Basics

/// One answer of the interface, whatever protocol takes it away.
package struct Response: Hashable, Sendable {
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
    static func success(_ body: [UInt8], tag: EntityTag, isShared: Bool = true) -> Response {
        Response(status: 200, fields: [contentType] + kept(tag) + own(isShared), body: body)
    }

    /// What the browser has is what it would get.
    static func notModified(_ tag: EntityTag, isShared: Bool = true) -> Response {
        Response(status: 304, fields: kept(tag) + own(isShared), body: [])
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
        var fields = [contentType, Field("Cache-Control", "no-store"), noSniffing]
        if let seconds = error.retryAfter { fields.append(Field("Retry-After", String(seconds))) }
        if let methods = error.allowedMethods { fields.append(Field("Allow", methods)) }
        return Response(status: error.status, fields: fields, body: error.body)
    }

    private static let contentType = Field("Content-Type", "application/json; charset=utf-8")
    private static let noSniffing = Field("X-Content-Type-Options", "nosniff")

    private static func kept(_ tag: EntityTag) -> [Field] {
        [Field("ETag", tag.description), Field("Cache-Control", "private, no-cache"), noSniffing]
    }
}
