/// One record of the protocol (FastCGI 1.0, section 3.3).
struct Record {
    static let beginRequest: UInt8 = 1
    static let parameters: UInt8 = 4
    static let input: UInt8 = 5
    private static let output: UInt8 = 6
    private static let endRequest: UInt8 = 3
    /// The most content that a record of output is given: a multiple of eight, so that none needs padding.
    private static let longestContent = 65_528

    private static let version: UInt8 = 1
    private static let headerLength = 8

    let kind: UInt8
    let requestID: Int
    let content: ArraySlice<UInt8>
    /// Whether bytes that mean nothing follow the content.
    let isPadded: Bool
    /// The index behind the record and its padding.
    let end: Int

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
        isPadded = padding > 0
        end = contentStart + length + padding
    }

    /// Whether waiting for more cannot make a record of `bytes`.
    static func isForeign(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first.map { $0 != version } ?? false
    }

    /// The id of the request that `records` begin with; nil where there is none.
    static func requestID(of records: [UInt8]) -> Int? {
        records.count >= headerLength ? Int(records[2]) << 8 | Int(records[3]) : nil
    }

    /// The records with `content` as output of the request `requestID`.
    static func output(_ content: [UInt8], of requestID: Int) -> [UInt8] {
        var records: [UInt8] = []
        records.reserveCapacity(content.count + (content.count / longestContent + 1) * headerLength)
        var start = 0
        while start < content.count {
            let end = min(content.count, start + longestContent)
            records += header(output, of: requestID, length: end - start)
            records += content[start..<end]
            start = end
        }
        return records
    }

    /// The records that say that the output of the request `requestID` has ended, and well.
    static func end(of requestID: Int) -> [UInt8] {
        // No application status, and FCGI_REQUEST_COMPLETE (section 5.5).
        header(output, of: requestID, length: 0) + header(endRequest, of: requestID, length: 8)
            + [UInt8](repeating: 0, count: 8)
    }

    private static func header(_ kind: UInt8, of requestID: Int, length: Int) -> [UInt8] {
        [
            version, kind, UInt8(truncatingIfNeeded: requestID >> 8), UInt8(truncatingIfNeeded: requestID),
            UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), 0, 0,
        ]
    }

    /// The record that says that the request `requestID` has no more input.
    static func endOfInput(of requestID: Int) -> [UInt8] {
        [
            version, input, UInt8(truncatingIfNeeded: requestID >> 8), UInt8(truncatingIfNeeded: requestID),
            0, 0,
            0, 0,
        ]
    }
}
