internal import Basics

/// One path that is known, and who answers for it.
struct Route: Sendable {
    /// What a path stands for.
    enum Target: Sendable {
        /// A question with parameters.
        case query(@Sendable (QueryParameters) throws -> any Endpoint)
        /// A question about the PDU whose id stands in the path at `{id}`; parameters say nothing.
        case pdu(@Sendable (Int64) -> any Endpoint)
    }

    /// The path, with `{id}` where a PDU's id stands.
    let path: String
    let target: Target

    /// The path `path`, which stands for `target`.
    init(_ path: String, _ target: Target) {
        self.path = path
        self.target = target
    }

    /// Who answers for `path`; nil where it is another path than this.
    func match(_ path: String) -> (@Sendable (QueryParameters) throws -> any Endpoint)? {
        switch target {
        case .query(let endpoint):
            return path == self.path ? endpoint : nil
        case .pdu(let endpoint):
            guard let id = id(in: path) else { return nil }
            return { (_: QueryParameters) in endpoint(id) }
        }
    }

    /// The number that `path` has where this one has `{id}`; nil where they differ elsewhere, or that is no number.
    private func id(in path: String) -> Int64? {
        let words = path.split(separator: "/", omittingEmptySubsequences: false)
        let ours = self.path.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count == ours.count else { return nil }
        var id: Int64?
        for (word, known) in zip(words, ours) where word != known {
            // One way to write each id, so that there is one address of each answer.
            guard known == "{id}", let number = Int64(word), number > 0, String(number) == word else {
                return nil
            }
            id = number
        }
        return id
    }
}
