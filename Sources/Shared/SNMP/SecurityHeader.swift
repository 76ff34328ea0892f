// The clear part of an SNMPv3 message (RFC 3412, section 6; RFC 3414, section 2.4). libsnmp checks and decrypts
// messages, but keeps to itself which engine a report came from, and at what time, when it does not know the
// user there: exactly the reports from which a new or restarted engine is learned.

/// Whose engine a message came from, and what it took the time to be.
///
/// Nothing here is authentic until libsnmp says so of the message.
struct SecurityHeader: Equatable {
    /// msgAuthoritativeEngineID, 0 to 32 bytes.
    let engineID: [UInt8]
    /// msgAuthoritativeEngineBoots.
    let boots: Int64
    /// msgAuthoritativeEngineTime.
    let time: Int64

    /// The header of `datagram`; nil when that is no SNMPv3 message with the user-based security model.
    init?(_ datagram: [UInt8]) {
        var outside = BERReader(datagram[...])
        guard var message = outside.nested(BERReader.sequence),
            message.integer() == 3,
            message.element(BERReader.sequence) != nil,
            var parameters = message.nested(BERReader.octets),
            var fields = parameters.nested(BERReader.sequence),
            let engineID = fields.element(BERReader.octets), engineID.count <= 32,
            let boots = fields.integer(), let time = fields.integer(),
            (0...Int64(Int32.max)).contains(boots), (0...Int64(Int32.max)).contains(time)
        else { return nil }
        self.engineID = Array(engineID)
        self.boots = boots
        self.time = time
    }
}

/// Reads BER elements (X.690) one after the other, as far as a message header needs it.
private struct BERReader {
    static let integer: UInt8 = 0x02
    static let octets: UInt8 = 0x04
    static let sequence: UInt8 = 0x30

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The content of the next element, if it has `tag` and is all there.
    mutating func element(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.popFirst() == tag, let length = length(), length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }

    /// A reader of the content of the next element.
    mutating func nested(_ tag: UInt8) -> BERReader? {
        element(tag).map(BERReader.init)
    }

    /// The next element, if it is an INTEGER of at most 8 bytes.
    mutating func integer() -> Int64? {
        guard let bytes = element(Self.integer), let first = bytes.first, bytes.count <= 8 else { return nil }
        let start: Int64 = first & 0x80 == 0 ? 0 : -1
        return bytes.reduce(start) { $0 << 8 | Int64($1) }
    }

    private mutating func length() -> Int? {
        guard let first = rest.popFirst() else { return nil }
        guard first & 0x80 != 0 else { return Int(first) }
        let count = Int(first & 0x7F)
        guard (1...4).contains(count), rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
}
