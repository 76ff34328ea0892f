/// One request to the interface, whatever protocol brought it.
package struct Request: Sendable {
    /// The method, such as `GET`.
    package var method: String
    /// The path from `/api/` on, without the prefix of the site, and without the query.
    package var path: String
    /// The query as it was sent, still percent-encoded, without the question mark.
    package var query: [UInt8]
    /// The value of If-None-Match; absent when it was not sent.
    package var ifNoneMatch: String?
    /// The length of the body that comes with it, in bytes.
    package var contentLength: Int

    /// A request of these parts.
    package init(
        method: String = "GET",
        path: String,
        query: [UInt8] = [],
        ifNoneMatch: String? = nil,
        contentLength: Int = 0
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.ifNoneMatch = ifNoneMatch
        self.contentLength = contentLength
    }
}
