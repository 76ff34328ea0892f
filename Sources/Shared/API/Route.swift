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
            guard let id = PathPattern(self.path).match(path) else { return nil }
            return { (_: QueryParameters) in endpoint(id) }
        }
    }
}

/// Where something is changed: a path with the orders that it takes, by method.
struct OrderRoute: Sendable {
    /// The path, with `{id}` where an id stands.
    let path: String
    /// In the order in which they are named to who tries another.
    let orders: [(method: String, kind: Order.Kind)]

    /// The methods, for the header field Allow.
    var methods: String { orders.map(\.method).joined(separator: ", ") }

    /// The id that `path` has, 0 where this one has none; nil where it is another path than this.
    func match(_ path: String) -> Int64? {
        PathPattern(self.path).match(path)
    }
}

/// A path with `{id}` in it.
struct PathPattern {
    /// What stands before `{id}`, and behind; all of it and nothing where there is no `{id}`.
    private let before: Substring.UTF8View
    private let after: Substring.UTF8View
    private let hasID: Bool

    /// The pattern `path`.
    init(_ path: String) {
        let parts = path.split(separator: "{id}", omittingEmptySubsequences: false)
        before = (parts.first ?? "").utf8
        after = (parts.dropFirst().first ?? "").utf8
        hasID = parts.count > 1
    }

    /// The number that `path` has where this one has `{id}`, 0 where this one has none; nil where they differ elsewhere, or
    /// that is no number.
    func match(_ path: String) -> Int64? {
        let bytes = path.utf8
        guard hasID else { return bytes.elementsEqual(before) ? 0 : nil }
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
