// How many bytes objects take in a message (X.690, section 8), so that a request asks for what one Ethernet frame can
// carry: more comes in fragments, which many a PDU's agent, and many a firewall, cannot cope with.

import MIB

/// The sizes of what a message carries, in bytes.
enum MessageSize {
    /// The most that the objects of one message should take.
    ///
    /// SNMPv3's header and security take about 150 bytes beside them, an Ethernet frame holds 1452 after the headers
    /// of UDP and IPv6, and libsnmp builds no request beyond 1472.
    static let mostOfObjects = 1250
    /// What a number of up to four bytes takes.
    static let ofNumber = 6

    /// An object whose value takes `value`.
    static func binding(_ object: ObjectIdentifier, value: Int) -> Int {
        whole(object.encodedSize + value)
    }

    /// Content of so many bytes behind its tag and length.
    fileprivate static func whole(_ content: Int) -> Int {
        content + (content < 128 ? 2 : content < 256 ? 3 : 4)
    }

    /// A whole number, of which the first bit of the first byte is the sign.
    fileprivate static func number(_ magnitude: UInt64) -> Int {
        whole((64 - magnitude.leadingZeroBitCount) / 8 + 1)
    }
}

extension ObjectIdentifier {
    /// The bytes that it takes in a message.
    var encodedSize: Int {
        // The first two numbers share a byte; of the others seven bits stand in each.
        let content = components.dropFirst(2).reduce(1) { sum, number in
            sum + max(1, (38 - number.leadingZeroBitCount) / 7)
        }
        return MessageSize.whole(content)
    }
}

extension SNMPValue {
    /// The bytes that it takes in a message.
    var encodedSize: Int {
        switch self {
        case .integer(let number): MessageSize.number(UInt64(bitPattern: number < 0 ? ~number : number))
        case .unsigned(let number): MessageSize.number(number)
        case .timeTicks(let ticks): MessageSize.number(UInt64(ticks))
        case .octets(let bytes), .address(let bytes): MessageSize.whole(bytes.count)
        case .identifier(let object): object.encodedSize
        case .null, .absent, .endOfView: 2
        }
    }
}
