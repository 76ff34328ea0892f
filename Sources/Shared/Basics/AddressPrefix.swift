// Which addresses are meant: `127.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`.

import Glibc

/// The addresses of the Internet that begin alike.
package struct AddressPrefix: Hashable, Sendable {
    /// The address in network order: 4 or 16 bytes.
    private let address: [UInt8]
    /// How many of its bits count.
    private let length: Int

    /// What is taken, for messages.
    package static let forms = "an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 192.0.2.0/24"

    /// The prefix, or the one address, that `text` writes; nil when it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = AddressPrefix.bytes(of: String(first)) else {
            return nil
        }
        let bits = address.count * 8
        if parts.count > 1 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]),
                length <= bits
            else { return nil }
            self.length = length
        } else {
            length = bits
        }
        self.address = address
    }

    /// Whether the address that `text` writes begins so; not when it writes none.
    package func contains(_ text: String) -> Bool {
        guard let other = AddressPrefix.bytes(of: text), other.count == address.count else { return false }
        let whole = length / 8
        guard address.prefix(whole) == other.prefix(whole) else { return false }
        guard length % 8 > 0 else { return true }
        return (address[whole] ^ other[whole]) >> UInt8(8 - length % 8) == 0
    }

    /// The bytes of an address; those of IPv4 also where it is written as IPv6 (`::ffff:192.0.2.7`).
    private static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
