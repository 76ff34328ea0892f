// libfcgi trusts whoever it reads from: it ends the process when it cannot allocate what a length field claims, and in
// some versions writes past its buffers. So the head of a request, up to the last parameter, is looked at here, and only
// what is complete and well-formed ever reaches the library; a body never does.

/// What has come of a request so far: its head, up to the last parameter, and its body.
struct RequestHead: Sendable {
    /// What a head is, after the bytes that were taken.
    enum Outcome: Equatable {
        /// A request may still come of it.
        case incomplete
        /// A whole, well-formed request: the records of one without input, and its body.
        case complete([UInt8], body: [UInt8])
        /// Nothing that is served here, and why.
        case malformed(String)
    }

    /// The longest head that is taken, in bytes: a request line and header fields of nginx's own limits twice over.
    static let longest = 65_536
    /// The longest body that is taken, in bytes; a request that announces a longer one is complete without it.
    static let longestBody = 65_536

    /// The number that the client gave its request; 0 before it has.
    private var requestID = 0
    /// All that has come.
    private var bytes: [UInt8] = []
    /// How much of it has been found to be whole records.
    private var seen = 0
    /// The contents of the records of parameters so far.
    private var parameters: [UInt8] = []
    /// Where the records of the head end, once they do.
    private var headEnd: Int?
    /// How many bytes the body has, by CONTENT_LENGTH.
    private var bodyLength = 0
    /// What has come of the body so far.
    private var body: [UInt8] = []

    /// Whether nothing has come yet.
    var isEmpty: Bool { bytes.isEmpty }

    /// Takes `more`, which follows what was taken before (FastCGI 1.0, sections 3.3, 5.1 and 5.2).
    ///
    /// What follows a complete request is ignored.
    mutating func take(_ more: ArraySlice<UInt8>) -> Outcome {
        bytes += more
        while let record = Record(in: bytes[seen...]) {
            seen = record.end
            if let outcome = take(record) { return outcome }
        }
        if Record.isForeign(bytes[seen...]) { return .malformed("is not FastCGI, version 1") }
        // A body comes in records, which have headers of their own.
        let most = headEnd.map { $0 + RequestHead.longestBody * 2 } ?? RequestHead.longest
        return bytes.count < most ? .incomplete : .malformed("sends too long a head")
    }

    /// Takes one record; nil where more are to come.
    private mutating func take(_ record: Record) -> Outcome? {
        guard requestID != 0 else { return begin(record) }
        if let headEnd { return takeInput(record, after: headEnd) }
        guard record.kind == Record.parameters, record.requestID == requestID else {
            return .malformed("something else comes where parameters are due")
        }
        guard record.content.isEmpty else {
            parameters += record.content
            return nil
        }
        guard RequestHead.areWellFormed(parameters) else { return .malformed("parameters of wrong lengths") }
        bodyLength = RequestHead.contentLength(in: parameters)
        guard bodyLength > 0, bodyLength <= RequestHead.longestBody else { return complete(until: seen) }
        headEnd = seen
        return nil
    }

    private func complete(until headEnd: Int) -> Outcome {
        .complete(bytes[..<headEnd] + Record.endOfInput(of: requestID), body: body)
    }

    /// Takes one record of the body; nil where more are to come.
    private mutating func takeInput(_ record: Record, after headEnd: Int) -> Outcome? {
        guard record.kind == Record.input, record.requestID == requestID else {
            return .malformed("something else comes where a body is due")
        }
        body += record.content
        guard !record.content.isEmpty, body.count <= bodyLength else {
            return .malformed("sends a body of another length than it says")
        }
        return body.count == bodyLength ? complete(until: headEnd) : nil
    }

    /// The value of CONTENT_LENGTH in well-formed `parameters`, the last where there are several; 0 without one.
    private static func contentLength(in parameters: [UInt8]) -> Int {
        var position = 0
        var found = 0
        while position < parameters.count {
            guard let name = length(in: parameters, at: &position),
                let value = length(in: parameters, at: &position)
            else { return found }
            let valueStart = position + name
            if parameters[position..<valueStart].elementsEqual("CONTENT_LENGTH".utf8) {
                let text = String(decoding: parameters[valueStart..<valueStart + value], as: UTF8.self)
                found = Int(text) ?? 0
            }
            position = valueStart + value
        }
        return found
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
