// Which pages of other sites may read answers (Fetch standard, section 3.2); nobody's, unless they are named.

/// The sites whose pages may read the interface's first version.
package struct CrossOrigin: Sendable {
    /// `https://dashboards.example` and the like; `*` means every site.
    private let origins: Set<String>

    /// Those called `origins`, as browsers write them.
    package init(_ origins: [String] = []) {
        self.origins = Set(origins)
    }

    /// Whether any site was named.
    var isOn: Bool { !origins.isEmpty }

    private var isForEverybody: Bool { origins.contains("*") }

    /// Whether pages of `origin` may read.
    func includes(_ origin: String) -> Bool {
        isForEverybody || origins.contains(origin)
    }

    /// The fields that let pages of `origin`, absent for no page of another site, read an answer.
    func fields(for origin: String?) -> [Response.Field] {
        guard isOn else { return [] }
        // The answer is another one for other sites, for whoever keeps answers on the way.
        let vary = isForEverybody ? [] : [Response.Field("Vary", "Origin")]
        guard let origin, includes(origin) else { return vary }
        return vary + [
            Response.Field("Access-Control-Allow-Origin", isForEverybody ? "*" : origin),
            Response.Field("Access-Control-Expose-Headers", "ETag, Link, Retry-After"),
        ]
    }

    /// The fields that answer a browser's question whether a page may ask.
    static let preflight = [
        Response.Field("Access-Control-Allow-Methods", "GET, HEAD"),
        Response.Field("Access-Control-Allow-Headers", "If-None-Match"),
        Response.Field("Access-Control-Max-Age", "600"),
    ]
}
