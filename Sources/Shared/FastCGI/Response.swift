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

    /// An answer of these parts.
    package init(status: Int, fields: [Field], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The answer as CGI writes it (RFC 3875, section 6): the status first, then the fields, then the body.
    ///
    /// 204 and 304 have neither body nor length (RFC 9110, 15.3.5 and 15.4.5); an answer to HEAD has the
    /// length of the body that a GET would get, and no body.
    func encoded(withoutBody isHead: Bool) -> [UInt8] {
        let hasContent = status != 204 && status != 304
        var head = "Status: \(status) \(Response.reason(of: status))\r\n"
        for field in fields {
            head += "\(Response.clean(field.name)): \(Response.clean(field.value))\r\n"
        }
        if hasContent { head += "Content-Length: \(body.count)\r\n" }
        head += "\r\n"
        var bytes = Array(head.utf8)
        if hasContent && !isHead { bytes += body }
        return bytes
    }

    /// The phrase of RFC 9110, section 15, of the codes that are in use here; nginx passes it on.
    private static func reason(of status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: ""
        }
    }

    /// Without control characters, so that no value can begin a header field of its own.
    private static func clean(_ text: String) -> String {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            ? String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init))
            : text
    }
}
