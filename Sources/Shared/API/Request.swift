/// One request to the interface, whatever protocol brought it.
package struct Request: Sendable {
    /// The method, such as `GET`.
    package var method: String
    /// The path from `/api/` on, or what else is answered, such as `/metrics`; without the prefix of the site, and without
    /// the query.
    package var path: String
    /// The query as it was sent, still percent-encoded, without the question mark.
    package var query: [UInt8]
    /// The value of If-None-Match; absent when it was not sent.
    package var ifNoneMatch: String?
    /// The length of the body that comes with it, in bytes, by its header.
    package var contentLength: Int
    /// The body; empty when there is none, or when it was too long to be taken.
    package var body: [UInt8] = []
    /// The value of Content-Type; absent when it was not sent.
    package var contentType: String?
    /// The address of whoever sent it, as the web server sees it; absent when it does not say.
    package var address: String?
    /// The user that the web server has made sure of; absent when there is none.
    package var user: String?
    /// The value of Host; absent when it was not sent.
    package var host: String?
    /// The value of Origin: the site whose page sent it; absent when it was no page, or one that only asked.
    package var origin: String?
    /// The value of Sec-Fetch-Site: how that site is related to this one; absent when the browser does not say.
    package var fetchSite: String?
    /// The value of Accept: the forms in which it would take the answer; absent when it was not sent.
    package var accept: String?

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
