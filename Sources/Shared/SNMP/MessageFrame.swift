// libsnmp takes some lengths in a message at their word: of the security parameters it reads what a length claims, up to
// where other memory is. So nothing reaches it before every element has been found to lie within the one that holds it.

/// The nesting of elements in an SNMP message (X.690, 8.1; RFC 3412, section 6; RFC 3414, section 2.4).
struct MessageFrame {
    private static let integer: UInt8 = 0x02
    private static let octets: UInt8 = 0x04
    private static let sequence: UInt8 = 0x30
    /// An SNMP message is nested half as deep.
    private static let greatestDepth = 16

    /// An element: its tag, and where its content lies.
    private typealias Element = (tag: UInt8, content: Range<Int>)

    private let bytes: UnsafeBufferPointer<UInt8>

    /// Whether the elements of `datagram` lie within each other as those of an SNMP message do.
    ///
    /// What follows the message in the datagram does not matter. An encrypted part is looked at by nobody before its
    /// digest is right.
    static func isSound(_ datagram: [UInt8]) -> Bool {
        datagram.withUnsafeBufferPointer { MessageFrame(bytes: $0).isSound }
    }

    private var isSound: Bool {
        var position = 0
        guard let message = element(at: &position, before: bytes.count), message.tag == Self.sequence,
            isSound(message.content, depth: 1)
        else { return false }
        position = message.content.lowerBound
        guard let version = element(at: &position, before: message.content.upperBound),
            version.tag == Self.integer
        else { return false }
        guard version.content.count == 1, bytes[version.content.lowerBound] == 3 else { return true }
        guard let header = element(at: &position, before: message.content.upperBound),
            let security = element(at: &position, before: message.content.upperBound)
        else { return false }
        return hasTags([Self.integer, Self.integer, Self.octets, Self.integer], in: header, Self.sequence)
            && security.tag == Self.octets && isSecuritySound(security.content)
    }

    /// Whether `content` is that of the parameters of the user-based security model.
    private func isSecuritySound(_ content: Range<Int>) -> Bool {
        var position = content.lowerBound
        guard let parameters = element(at: &position, before: content.upperBound),
            position == content.upperBound
        else { return false }
        let tags = [Self.octets, Self.integer, Self.integer, Self.octets, Self.octets, Self.octets]
        return hasTags(tags, in: parameters, Self.sequence)
    }

    /// Whether `element` has the tag `outer`, and in it elements with `tags` and nothing else.
    private func hasTags(_ tags: [UInt8], in element: Element, _ outer: UInt8) -> Bool {
        guard element.tag == outer else { return false }
        var position = element.content.lowerBound
        for tag in tags {
            guard let part = self.element(at: &position, before: element.content.upperBound), part.tag == tag
            else { return false }
        }
        return position == element.content.upperBound
    }

    /// Whether `content` is made of whole elements, to any depth.
    private func isSound(_ content: Range<Int>, depth: Int) -> Bool {
        guard depth <= Self.greatestDepth else { return false }
        var position = content.lowerBound
        while position < content.upperBound {
            guard let element = element(at: &position, before: content.upperBound) else { return false }
            let isConstructed = element.tag & 0x20 != 0
            guard !isConstructed || isSound(element.content, depth: depth + 1) else { return false }
        }
        return true
    }

    /// The element at `position`, which goes on to what follows it; nil where it does not end before `end`.
    private func element(at position: inout Int, before end: Int) -> Element? {
        // SNMP has no tags of more than a byte, and lengths of at most four.
        guard end - position >= 2, bytes[position] & 0x1F != 0x1F else { return nil }
        let tag = bytes[position]
        var length = Int(bytes[position + 1])
        position += 2
        if length & 0x80 != 0 {
            let count = length & 0x7F
            guard (1...4).contains(count), end - position >= count else { return nil }
            length = 0
            for _ in 0..<count {
                length = length << 8 | Int(bytes[position])
                position += 1
            }
        }
        guard length <= end - position else { return nil }
        defer { position += length }
        return (tag, position..<position + length)
    }
}
