// Against DNS rebinding: a page of any site may have its name resolve to this machine's address, and is then, for the
// browser, the same site as this one. What it cannot change is the name in Host.

internal import Basics

/// Under which names this site is reached by whoever changes something in it.
package struct SiteNames: Sendable {
    private let names: Set<String>

    /// `names`, such as `pdu.example.net`, beside `localhost` and every address.
    package init(_ names: [String] = []) {
        self.names = Set(names.map { SiteNames.plain($0[...]) }).union(["localhost"])
    }

    /// Whether `host`, the value of that field, is one of them, whatever its port.
    ///
    /// An address is nobody's name; and where there is none at all no browser has asked.
    func include(host: String?) -> Bool {
        guard let host else { return true }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]"), SiteNames.isPort(host[host.index(after: end)...]) else {
                return false
            }
            let address = host[host.index(after: host.startIndex)..<end]
            return address.contains(":") && !address.contains("/") && AddressPrefix(String(address)) != nil
        }
        let name = host.prefix { $0 != ":" }
        guard SiteNames.isPort(host[name.endIndex...]) else { return false }
        if names.contains(SiteNames.plain(name)) { return true }
        return !name.contains("/") && AddressPrefix(String(name)) != nil
    }

    /// Whether `text` is nothing, or a colon and perhaps digits (RFC 3986, section 3.2.3).
    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && text.dropFirst().allSatisfy { ("0"..."9").contains($0) }
    }

    /// As names are compared: without the dot at the end that says that nothing is missing.
    private static func plain(_ name: Substring) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
