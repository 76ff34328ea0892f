/// A site as a browser names it in Origin: scheme, host, and a port that is not the scheme's own (RFC 6454, section 6.2).
enum WebOrigin {
    /// What is taken, for who wrote something else.
    static let forms =
        "an origin as browsers write it, such as https://dashboards.example or http://10.0.0.5:3000, without a path"

    /// Whether `text` is one, in the one way in which browsers write it: nothing else would ever be the same as theirs.
    static func isOne(_ text: String) -> Bool {
        guard
            let (scheme, usual) = [("https://", 443), ("http://", 80)].first(where: { text.hasPrefix($0.0) })
        else { return false }
        let rest = String(text.dropFirst(scheme.count))
        // Browsers put brackets around an IPv6 address.
        guard rest.hasPrefix("[") || rest.utf8.filter({ $0 == UInt8(ascii: ":") }).count <= 1,
            rest == rest.lowercased(), let address = NetworkAddress(rest)
        else { return false }
        guard let port = address.port else { return !rest.hasSuffix(":") }
        return port != usual && rest.hasSuffix(":\(port)")
    }
}
