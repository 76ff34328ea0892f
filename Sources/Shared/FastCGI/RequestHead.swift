// libfcgi trusts whoever connects: it waits for ever in the middle of a record, ends the process when it
// cannot allocate what a length field claims, and in some versions writes past its buffers. So the head of a
// request, up to the last parameter, is looked at while it still lies in the kernel's buffer, and only what
// is complete and well-formed ever reaches the library.

/// What the first bytes of a connection are.
enum RequestHead: Equatable {
    /// A request may still come of it.
    case incomplete
    /// A whole, well-formed head.
    case complete
    /// Nothing that is served here, and why.
    case malformed(String)

    /// The longest head that is taken, in bytes: a request line and header fields of nginx's own limits twice
    /// over.
    static let longest = 65_536

    /// What `bytes`, from the first one on, are (FastCGI 1.0, sections 3.3, 5.1 and 5.2).
    static func inspect(_ bytes: ArraySlice<UInt8>) -> RequestHead {
        guard let begin = Record(in: bytes) else { return Record.problem(at: bytes) ?? .incomplete }
        guard begin.kind == Record.beginRequest, begin.requestID != 0, begin.content.count == 8 else {
            return .malformed("does not begin with a request")
        }
        guard Array(begin.content.prefix(2)) == [0, Record.responder] else {
            return .malformed("asks for another role than that of a responder")
        }
        return inspectParameters(begin.rest, of: begin.requestID)
    }

    private static func inspectParameters(_ bytes: ArraySlice<UInt8>, of requestID: Int) -> RequestHead {
        var rest = bytes
        var parameters: [UInt8] = []
        while let record = Record(in: rest) {
            guard record.kind == Record.parameters, record.requestID == requestID else {
                return .malformed("something else comes where parameters are due")
            }
            if record.content.isEmpty {
                return areWellFormed(parameters) ? .complete : .malformed("parameters of wrong lengths")
            }
            parameters += record.content
            rest = record.rest
        }
        return Record.problem(at: rest) ?? .incomplete
    }

    /// Whether the bytes are name-value pairs (section 3.4) to the very last one.
    private static func areWellFormed(_ parameters: [UInt8]) -> Bool {
        var position = 0
        while position < parameters.count {
            guard let name = length(in: parameters, at: &position),
                let value = length(in: parameters, at: &position),
                name + value <= parameters.count - position
            else { return false }
            position += name + value
        }
        return true
    }

    /// One length: a byte below 128, or four bytes with the first bit set.
    private static func length(in bytes: [UInt8], at position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let first = Int(bytes[position])
        guard first >= 0x80 else {
            position += 1
            return first
        }
        guard position + 4 <= bytes.count else { return nil }
        let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        position += 4
        return length
    }
}

/// One record of the protocol (section 3.3).
private struct Record {
    static let beginRequest: UInt8 = 1
    static let parameters: UInt8 = 4
    static let responder: UInt8 = 1

    private static let version: UInt8 = 1
    private static let headerLength = 8

    let kind: UInt8
    let requestID: Int
    let content: ArraySlice<UInt8>
    /// What follows the record and its padding.
    let rest: ArraySlice<UInt8>

    /// The record that `bytes` begin with; nil when it is not whole, or not of this protocol.
    init?(in bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Record.headerLength, bytes.first == Record.version else { return nil }
        let start = bytes.startIndex
        let length = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
        let padding = Int(bytes[start + 6])
        let contentStart = start + Record.headerLength
        guard bytes.endIndex - contentStart >= length + padding else { return nil }
        kind = bytes[start + 1]
        requestID = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
        content = bytes[contentStart..<contentStart + length]
        rest = bytes[(contentStart + length + padding)...]
    }

    /// What is wrong with the beginning of a record, where waiting for more cannot mend it.
    static func problem(at bytes: ArraySlice<UInt8>) -> RequestHead? {
        guard let first = bytes.first, first != version else { return nil }
        return .malformed("is not FastCGI, version 1")
    }
}
