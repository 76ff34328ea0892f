internal import Basics

/// One answer: status, header fields and body.
package struct Response: Sendable {
    /// One header field.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        /// The field `name: value`.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The status code of RFC 9110, 100...599.
    package let status: Int
    /// The header fields in their order, without those that say how long the body is.
    package let fields: [Field]
    /// The body that a GET would get.
    package let body: [UInt8]
    /// Makes what follows `body`, piece by piece, while it is sent; absent where `body` is all.
    ///
    /// It is called by one thread at a time, not always the same. What it throws ends the connection without the end of the
    /// answer, so that nobody takes it for whole.
    package let more: Continuation?

    /// Makes the next piece of a body; nil at its end.
    package typealias Continuation = @Sendable () throws -> [UInt8]?

    /// An answer of these parts.
    package init(status: Int, fields: [Field], body: [UInt8], more: Continuation? = nil) {
        self.status = status
        self.fields = fields
        self.body = body
        self.more = more
    }

    /// The body that is sent: none with 204 and 304 (RFC 9110, 15.3.5 and 15.4.5), nor in an answer to HEAD.
    func content(withoutBody isHead: Bool) -> ArraySlice<UInt8> {
        hasContent && !isHead ? body[...] : []
    }

    /// What CGI writes before the body (RFC 3875, section 6): the status first, then the fields.
    ///
    /// An answer to HEAD has the length of the body that a GET would get.
    var head: [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(512)
        head += "Status: ".utf8
        head.append(decimal: Int64(status))
        head.append(UInt8(ascii: " "))
        head += Response.reason(of: status).utf8
        for field in fields {
            head += "\r\n".utf8
            head += field.name.utf8.lazy.filter(Response.isClean)
            head += ": ".utf8
            head += field.value.utf8.lazy.filter(Response.isClean)
        }
        if hasContent, more == nil {
            head += "\r\nContent-Length: ".utf8
            head.append(decimal: Int64(body.count))
        }
        head += "\r\n\r\n".utf8
        return head
    }

    private var hasContent: Bool { status != 204 && status != 304 }

    /// The phrase of RFC 9110, section 15, of the codes that are in use here; nginx passes it on.
    private static func reason(of status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: ""
        }
    }

    /// Whether a byte is no control character, so that no value can begin a header field of its own.
    private static func isClean(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F
    }
}
