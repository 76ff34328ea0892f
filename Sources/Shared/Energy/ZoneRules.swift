// The rules of a time zone, read from a compiled zone file (TZif, RFC 9636) into a plain value. libc's zone is
// one per process and hidden state; Foundation's is missing from static builds and deaf to the system's tzdata.
// A value can be tested for every zone of the world at once.

package import Basics

/// How a zone's clocks stand during some time.
package struct LocalTimeType: Hashable, Sendable {
    /// Seconds east of UTC.
    package let offset: Int64
    /// Whether this is daylight saving time.
    package let isDaylightSaving: Bool
    /// `GMT`, `BST`, `+0530`.
    package let abbreviation: String

    /// The type with these properties.
    package init(offset: Int64, isDaylightSaving: Bool, abbreviation: String) {
        self.offset = offset
        self.isDaylightSaving = isDaylightSaving
        self.abbreviation = abbreviation
    }
}

/// A zone file that cannot be understood.
package struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// An error with this text.
    package init(_ description: String) {
        self.description = description
    }
}

/// When a zone's clocks stood how: its whole history and its present rule up to the year 2200.
package struct ZoneRules: Sendable {
    /// A time in which the offset from UTC does not change.
    package struct Span: Hashable, Sendable {
        /// The first moment inside.
        package let start: UnixTime
        package let type: LocalTimeType
    }

    /// In order; the first begins before all time.
    ///
    /// Neighbours differ in their type.
    package let spans: [Span]

    /// The rules of a zone whose clocks never change.
    package init(fixed type: LocalTimeType) {
        spans = [Span(start: UnixTime(.min), type: type)]
    }

    /// The rules in the bytes of a zone file.
    ///
    /// Throws `ZoneError` when they are not one.
    package init(tzif bytes: [UInt8]) throws(ZoneError) {
        let file = try ZoneFile(bytes)
        var spans = [Span(start: UnixTime(.min), type: file.types[0])]
        for (at, index) in zip(file.transitions, file.transitionTypes) {
            spans.append(Span(start: UnixTime(at), type: file.types[index]))
        }
        if let rule = try PosixZoneRule(file.footer) {
            for change in rule.changes(after: spans[spans.count - 1].start) { spans.append(change) }
        }
        self.spans = spans.reduce(into: []) { kept, span in
            if kept.last?.type != span.type { kept.append(span) }
        }
    }

    /// How the clocks stand at `time`.
    package func type(at time: UnixTime) -> LocalTimeType {
        spans[index(at: time)].type
    }

    /// A sum over how the clocks have stood since 2000 and will stand: rules that differ there have different sums.
    package var checksum: Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a.
        for span in spans[index(at: UnixTime(946_684_800))...] {
            for number in [max(span.start.seconds, 946_684_800), span.type.offset] {
                for shift in stride(from: UInt64(0), to: 64, by: 8) {
                    hash = (hash ^ (UInt64(bitPattern: number) >> shift & 0xff)) &* 0x100_0000_01b3
                }
            }
        }
        return Int64(bitPattern: hash)
    }

    /// The index in `spans` of the one that contains `time`.
    package func index(at time: UnixTime) -> Int {
        var low = 0
        var high = spans.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if spans[middle].start <= time { low = middle } else { high = middle }
        }
        return low
    }
}

/// The parts of a TZif file that matter here: the 64-bit data block and the footer.
private struct ZoneFile {
    var transitions: [Int64] = []
    var transitionTypes: [Int] = []
    var types: [LocalTimeType] = []
    var footer = ""

    init(_ bytes: [UInt8]) throws(ZoneError) {
        let first = try Header(bytes, at: 0)
        guard first.version >= UInt8(ascii: "2") else {
            throw ZoneError("zone file of version 1: too old, it has no 64-bit times")
        }
        let start = 44 + first.bodyLength(timeSize: 4)
        let header = try Header(bytes, at: start)
        guard header.typeCount > 0, bytes.count >= start + 44 + header.bodyLength(timeSize: 8) else {
            throw ZoneError("zone file cut short")
        }
        var offset = start + 44
        for index in 0..<header.timeCount {
            transitions.append(Int64(truncatingIfNeeded: bigEndian(bytes, offset + index * 8, 8)))
        }
        offset += header.timeCount * 8
        transitionTypes = bytes[offset..<offset + header.timeCount].map(Int.init)
        offset += header.timeCount
        let names = bytes[(offset + header.typeCount * 6)...].prefix(header.nameCount)
        for index in 0..<header.typeCount {
            let at = offset + index * 6
            let utcOffset = Int32(truncatingIfNeeded: bigEndian(bytes, at, 4))
            let name = names.dropFirst(Int(bytes[at + 5])).prefix { $0 != 0 }
            types.append(
                LocalTimeType(
                    offset: Int64(utcOffset),
                    isDaylightSaving: bytes[at + 4] != 0,
                    abbreviation: String(decoding: name, as: UTF8.self)
                )
            )
        }
        guard transitionTypes.allSatisfy({ $0 < types.count }), transitions == transitions.sorted() else {
            throw ZoneError("zone file with transitions out of order or of an unknown type")
        }
        let rest = bytes[(start + 44 + header.bodyLength(timeSize: 8))...].drop { $0 == 10 }
        footer = String(decoding: rest.prefix { $0 != 10 }, as: UTF8.self)
    }
}

/// The header of a TZif data block (RFC 9636, section 3.1).
private struct Header {
    let version: UInt8
    let utcCount: Int
    let standardCount: Int
    let leapCount: Int
    let timeCount: Int
    let typeCount: Int
    let nameCount: Int

    init(_ bytes: [UInt8], at start: Int) throws(ZoneError) {
        guard bytes.count >= start + 44, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
            throw ZoneError("not a zone file: it does not begin with TZif")
        }
        version = bytes[start + 4]
        let counts = (0..<6).map { Int(bigEndian(bytes, start + 20 + $0 * 4, 4)) }
        utcCount = counts[0]
        standardCount = counts[1]
        leapCount = counts[2]
        timeCount = counts[3]
        typeCount = counts[4]
        nameCount = counts[5]
        guard counts.allSatisfy({ $0 < 1 << 20 }) else { throw ZoneError("zone file with absurd counts") }
    }

    func bodyLength(timeSize: Int) -> Int {
        timeCount * (timeSize + 1) + typeCount * 6 + nameCount + leapCount * (timeSize + 4) + standardCount
            + utcCount
    }
}

private func bigEndian(_ bytes: [UInt8], _ start: Int, _ size: Int) -> UInt64 {
    bytes[start..<start + size].reduce(0) { $0 << 8 | UInt64($1) }
}
