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
    /// What stands before `{id}` in it, and behind; all of it and nothing where there is no `{id}`.
    private let before: [UInt8]
    private let after: [UInt8]

    /// The path `path`, which stands for `target`.
    init(_ path: String, _ target: Target) {
        self.path = path
        self.target = target
        let parts = path.split(separator: "{id}", omittingEmptySubsequences: false)
        before = Array((parts.first ?? "").utf8)
        after = Array((parts.dropFirst().first ?? "").utf8)
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
        let bytes = path.utf8
        guard bytes.count > before.count + after.count, bytes.starts(with: before),
            bytes.suffix(after.count).elementsEqual(after)
        else { return nil }
        let digits = bytes.dropFirst(before.count).dropLast(after.count)
        // One way to write each id, so that there is one address of each answer.
        guard let first = digits.first, first != UInt8(ascii: "0"),
            digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        return Int64(Substring(digits))
    }
}
