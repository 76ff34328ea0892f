// libfcgi trusts whoever it reads from: it ends the process when it cannot allocate what a length field claims, and in
// some versions writes past its buffers. So the head of a request, up to the last parameter, is looked at here, and only
// what is complete and well-formed ever reaches the library.

/// What has come of a request so far, up to its last parameter.
struct RequestHead: Sendable {
    /// What a head is, after the bytes that were taken.
    enum Outcome: Equatable {
        /// A request may still come of it.
        case incomplete
        /// A whole, well-formed head; the records of a request without input.
        case complete([UInt8])
        /// Nothing that is served here, and why.
        case malformed(String)
    }

    /// The longest head that is taken, in bytes: a request line and header fields of nginx's own limits twice over.
    static let longest = 65_536

    /// The number that the client gave its request; 0 before it has.
    private var requestID = 0
    /// All that has come.
    private var bytes: [UInt8] = []
    /// How much of it has been found to be whole records.
    private var seen = 0
    /// The contents of the records of parameters so far.
    private var parameters: [UInt8] = []

    /// Whether nothing has come yet.
    var isEmpty: Bool { bytes.isEmpty }

    /// Takes `more`, which follows what was taken before (FastCGI 1.0, sections 3.3, 5.1 and 5.2).
    ///
    /// What follows a complete head is ignored: no request here has a body that anybody reads.
    mutating func take(_ more: ArraySlice<UInt8>) -> Outcome {
        bytes += more
        while let record = Record(in: bytes[seen...]) {
            seen = record.end
            if let outcome = take(record) { return outcome }
        }
        if Record.isForeign(bytes[seen...]) { return .malformed("is not FastCGI, version 1") }
        return bytes.count < RequestHead.longest ? .incomplete : .malformed("sends too long a head")
    }

    /// Takes one record; nil where more are to come.
    private mutating func take(_ record: Record) -> Outcome? {
        guard requestID != 0 else { return begin(record) }
        guard record.kind == Record.parameters, record.requestID == requestID else {
            return .malformed("something else comes where parameters are due")
        }
        guard record.content.isEmpty else {
            parameters += record.content
            return nil
        }
        guard RequestHead.areWellFormed(parameters) else { return .malformed("parameters of wrong lengths") }
        return .complete(bytes[..<seen] + Record.endOfInput(of: requestID))
    }

    private mutating func begin(_ record: Record) -> Outcome? {
        guard record.kind == Record.beginRequest, record.requestID != 0, record.content.count == 8 else {
            return .malformed("does not begin with a request")
        }
        // libfcgi takes the padding of this record for the header of the next one.
        guard !record.isPadded else { return .malformed("pads its first record") }
        guard record.content.starts(with: [0, 1]) else {
            return .malformed("asks for another role than that of a responder")
        }
        requestID = record.requestID
        return nil
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
