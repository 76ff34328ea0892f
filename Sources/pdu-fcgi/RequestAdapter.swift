// Where FastCGI and the interface meet: parameters become a request, an answer becomes fields and bytes.

import API
import FastCGI

extension API.Request {
    /// The request that the web server's parameters (nginx/snippets/fastcgi_pdu.conf) describe.
    init(_ request: FastCGI.Request) {
        self.init(
            method: request.text("REQUEST_METHOD") ?? "",
            path: Self.path(of: request),
            query: request.bytes("QUERY_STRING").map { Array($0) } ?? [],
            ifNoneMatch: request.text("HTTP_IF_NONE_MATCH"),
            contentLength: request.text("CONTENT_LENGTH").flatMap(Int.init) ?? 0
        )
        body = request.body
        contentType = request.text("CONTENT_TYPE")
        address = request.text("REMOTE_ADDR")
        user = request.text("REMOTE_USER").flatMap { $0.isEmpty ? nil : $0 }
        host = request.text("HTTP_HOST")
        origin = request.text("HTTP_ORIGIN")
        accept = request.text("HTTP_ACCEPT")
        fetchSite = request.text("HTTP_SEC_FETCH_SITE")
    }

    /// The path from its last `/api/` on, so that the site may lie under any prefix without being told of it; its last
    /// part where there is no `/api/` in it.
    ///
    /// DOCUMENT_URI is nginx's; other servers have SCRIPT_NAME and PATH_INFO (RFC 3875, section 4.1).
    private static func path(of request: FastCGI.Request) -> String {
        let whole =
            request.bytes("DOCUMENT_URI") ?? (request.bytes("SCRIPT_NAME") ?? [])
            + (request.bytes("PATH_INFO") ?? [])
        let marker = "/api/".utf8
        let start = whole.indices.last { whole[$0] == UInt8(ascii: "/") && whole[$0...].starts(with: marker) }
        let last = start ?? whole.lastIndex(of: UInt8(ascii: "/")) ?? whole.startIndex
        return String(decoding: whole[last...], as: UTF8.self)
    }
}

extension FastCGI.Response {
    /// `answer`, as the web server is to get it.
    init(_ answer: API.Response) {
        var more: Continuation?
        if let pieces = answer.pieces { more = { try pieces.next() } }
        self.init(
            status: answer.status,
            fields: answer.fields.map { Field($0.name, $0.value) },
            body: answer.body,
            more: more
        )
    }
}
