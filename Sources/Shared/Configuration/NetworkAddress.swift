// Where an agent is: `pdu1.example.net`, `172.0.250.10:1161`, `[2001:db8::1]:161`, `2001:db8::1`.

import Glibc

/// A host and perhaps a port, as the configuration writes them.
package struct NetworkAddress: Hashable, Sendable {
    /// A name, an IPv4 address or an IPv6 address without brackets.
    package let host: String
    /// 1...65535; absent when none is written.
    package let port: Int?

    /// What is taken, for messages.
    package static let allowed =
        "a name, an IPv4 address or an [IPv6] address, with :port (1 to 65535) where it is another than usual"

    /// The address that `text` writes; nil when it is none.
    package init?(_ text: String) {
        let (hostPart, portPart) = Self.split(text)
        if let portPart {
            guard portPart.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(portPart),
                (1...65_535).contains(number)
            else { return nil }
            port = number
        } else {
            port = nil
        }
        let isBracketed = hostPart.hasPrefix("[") && hostPart.hasSuffix("]")
        host = isBracketed ? String(hostPart.dropFirst().dropLast()) : hostPart
        let isIPv6 = isBracketed || hostPart.utf8.contains(UInt8(ascii: ":"))
        guard isIPv6 ? Self.isIPv6(host) : Self.isIPv4(host) || Self.isName(host) else { return nil }
    }

    /// Host and port, the latter nil where no colon says that there is one.
    private static func split(_ text: String) -> (host: String, port: String?) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return (text, nil) }
        let isBareIPv6 = !text.hasPrefix("[") && text.utf8[..<colon].contains(UInt8(ascii: ":"))
        let isInsideBrackets = text.hasSuffix("]")
        if isBareIPv6 || isInsideBrackets { return (text, nil) }
        return (String(text[..<colon]), String(text[text.utf8.index(after: colon)...]))
    }

    private static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    /// With an interface after `%` where it is link-local.
    private static func isIPv6(_ text: String) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let literal = parts.first else { return false }
        let zoneIsFit = parts.count == 1 || isName(String(parts[1]))
        var address = in6_addr()
        return zoneIsFit && inet_pton(AF_INET6, String(literal), &address) == 1
    }

    /// RFC 1123, section 2.1, with the underscore that people use; an all-numeric last label would be an
    /// address gone wrong.
    private static func isName(_ text: String) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, let last = labels.last else { return false }
        let isLabel: (Substring.UTF8View) -> Bool = { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-") && label.allSatisfy(isNameByte)
        }
        return labels.allSatisfy(isLabel) && !last.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
