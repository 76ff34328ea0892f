// One recording being masked: value by value, with the memory of what each text became.

import MIB

/// Masks values, the same ones always the same way.
struct MaskingRun {
    typealias Subject = RecordingMask.Subject

    /// How many values were masked, by what was in them.
    private(set) var counts: [Subject: Int] = [:]
    private let texts: MaskedTexts
    private let lookedFor: [MaskedTexts.Entry]
    private var replacements: [[UInt8]: [UInt8]] = [:]
    private var taken: Set<[UInt8]> = []

    init(texts: MaskedTexts) {
        self.texts = texts
        lookedFor = texts.lookedFor
    }

    /// What `value` of the object `identifier` becomes, which is known to hold a `subject`; absent for objects that
    /// are not known.
    mutating func masked(
        _ value: SNMPValue,
        at identifier: ObjectIdentifier,
        _ subject: Subject?,
        _ random: inout some RandomNumberGenerator
    ) -> SNMPValue {
        switch value {
        case .octets(let bytes): .octets(masked(bytes, at: identifier, subject, &random))
        case .address(let bytes): .address(masked(address: bytes, &random))
        case .integer(let number): masked(number: number, &random).map { .integer($0) } ?? value
        case .unsigned(let number):
            Int64(exactly: number).flatMap { masked(number: $0, &random) }.map { .unsigned(UInt64($0)) }
                ?? value
        case .timeTicks, .identifier, .null, .absent, .endOfView: value
        }
    }

    private mutating func masked(
        _ bytes: [UInt8],
        at identifier: ObjectIdentifier,
        _ subject: Subject?,
        _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        if let subject { return whole(bytes, subject, &random) }
        let core = Self.core(of: bytes)
        if let entry = texts.entries[Array(core)] { return whole(bytes, entry.subject, &random) }
        guard Self.isText(bytes) else { return maskedBinary(bytes, &random) }
        // Found in what was sent, not in what became of it, so that nothing is masked twice.
        var found: [(range: Range<Int>, subject: Subject)] = []
        for entry in lookedFor {
            // sysDescr tells what the device is, in words that its owner may have used in a name, too.
            if identifier == Introduction.sysDescr, entry.subject == .name || entry.subject == .systemText {
                continue
            }
            for start in Self.places(of: entry.bytes, in: bytes) {
                found.append((start..<(start + entry.bytes.count), entry.subject))
            }
        }
        found += NetworkTexts.found(in: bytes)
        var result = bytes
        var done: [Range<Int>] = []
        for (range, subject) in found where !done.contains(where: range.overlaps) {
            result.replaceSubrange(range, with: replacement(for: Array(bytes[range]), &random))
            done.append(range)
            count(subject)
        }
        return result
    }

    private mutating func count(_ subject: Subject) {
        counts[subject, default: 0] += 1
    }

    /// All of a text, but for the blanks and NULs at its ends.
    private mutating func whole(
        _ bytes: [UInt8],
        _ subject: Subject,
        _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let core = Self.core(of: bytes)
        guard !core.isEmpty else { return bytes }
        count(subject)
        if subject == .macAddress, !Self.isText(bytes) { return maskedBinary(bytes, &random, counted: true) }
        var result = bytes
        result.replaceSubrange(core.startIndex..<core.endIndex, with: replacement(for: Array(core), &random))
        return result
    }

    /// Six bytes that are no text are taken for a MAC address, sixteen for an IPv6 address: the first half stays.
    private mutating func maskedBinary(
        _ bytes: [UInt8],
        _ random: inout some RandomNumberGenerator,
        counted: Bool = false
    ) -> [UInt8] {
        guard bytes.count == 6 || bytes.count == 16, bytes.contains(where: { $0 != 0 }) else { return bytes }
        if !counted { count(bytes.count == 6 ? .macAddress : .ipAddress) }
        if let known = replacements[bytes] { return known }
        let half = bytes.count / 2
        let result = bytes.prefix(half) + (0..<half).map { _ in UInt8.random(in: 0...255, using: &random) }
        replacements[bytes] = Array(result)
        return Array(result)
    }

    /// An address of the blocks for documentation (RFC 5737), unless it says nothing: 0.0.0.0, a mask, loopback.
    private mutating func masked(address: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8] {
        guard let first = address.first, address.count == 4, first != 0, first != 127, first != 255 else {
            return address
        }
        count(.ipAddress)
        let key = Array("address".utf8) + address
        if let known = replacements[key] { return known }
        let blocks: [[UInt8]] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]]
        var result = address
        for _ in 0..<20 {
            result =
                (blocks.randomElement(using: &random) ?? [192, 0, 2]) + [.random(in: 1...254, using: &random)]
            if taken.insert(result).inserted { break }
        }
        replacements[key] = result
        return result
    }

    /// A number that is a serial number: its last digits change.
    private mutating func masked(number: Int64, _ random: inout some RandomNumberGenerator) -> Int64? {
        guard number >= 10_000, let entry = texts.entries[Array(String(number).utf8)] else { return nil }
        count(entry.subject)
        let text = String(decoding: replacement(for: entry.bytes, &random), as: UTF8.self)
        let digits = String(number)
        // The first digit stays, so that the number keeps its length and its type.
        return Int64(digits.prefix(1) + text.dropFirst()).flatMap { masked in
            number <= Int64(Int32.max) && masked > Int64(Int32.max) ? number - number % 10_000 : masked
        }
    }

    /// Letters for letters, digits for digits, anything else as it is; hexadecimal digits stay such when all are.
    private mutating func replacement(
        for text: [UInt8],
        _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        if let known = replacements[text] { return known }
        let isAddress = NetworkTexts.isAddress(text)
        var result = text
        // Two texts should not become one, though short ones may.
        for _ in 0..<20 {
            result = text.map { byte in
                switch byte {
                case 0x30...0x39: .random(in: 0x30...0x39, using: &random)
                case 0x41...0x5A: .random(in: 0x41...(isAddress ? 0x46 : 0x5A), using: &random)
                case 0x61...0x7A: .random(in: 0x61...(isAddress ? 0x66 : 0x7A), using: &random)
                case 0x80...0xFF: .random(in: 0x61...0x7A, using: &random)
                default: byte
                }
            }
            if result != text, taken.insert(result).inserted { break }
        }
        replacements[text] = result
        return result
    }

    /// Without the blanks and NULs at both ends.
    private static func core(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
            let last = bytes.lastIndex(where: { $0 > 0x20 })
        else { return [] }
        return bytes[first...last]
    }

    /// Whether `bytes` is text as devices send it: no control characters but at the end and as ends of lines.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        core(of: bytes).allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
            && String(validating: bytes, as: UTF8.self) != nil
    }

    /// Where `part` stands in `text`, not within a longer word.
    private static func places(of part: [UInt8], in text: [UInt8]) -> [Int] {
        guard part.count <= text.count, let first = part.first else { return [] }
        var places: [Int] = []
        var next = 0
        for start in 0...(text.count - part.count) where start >= next && text[start] == first {
            let end = start + part.count
            guard text[start..<end].elementsEqual(part) else { continue }
            if start > 0, text[start - 1].isAlphanumeric, first.isAlphanumeric { continue }
            if end < text.count, text[end].isAlphanumeric, text[end - 1].isAlphanumeric { continue }
            places.append(start)
            next = end
        }
        return places
    }
}

/// Addresses within texts.
enum NetworkTexts {
    /// The places of MAC and IP addresses in `text`.
    static func found(in text: [UInt8]) -> [(Range<Int>, RecordingMask.Subject)] {
        var found: [(Range<Int>, RecordingMask.Subject)] = []
        var start = 0
        while start < text.count {
            guard isPart(text[start]) else {
                start += 1
                continue
            }
            let end = text[start...].firstIndex { !isPart($0) } ?? text.count
            var last = end
            // A full stop or a colon at the end belongs to the sentence.
            while last > start, !text[last - 1].isHexadecimal { last -= 1 }
            let isWithinWord =
                start > 0 && text[start - 1].isAlphanumeric || end < text.count && text[end].isAlphanumeric
            if !isWithinWord, let subject = subject(of: text[start..<last]) {
                found.append((start..<last, subject))
            }
            start = end
        }
        return found
    }

    /// Whether `text` is an address as a whole.
    static func isAddress(_ text: [UInt8]) -> Bool {
        subject(of: text[...]) == .macAddress || isIPv6(text[...])
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte.isHexadecimal || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }

    private static func subject(of word: ArraySlice<UInt8>) -> RecordingMask.Subject? {
        if isMAC(word) { return .macAddress }
        return isIPv4(word) || isIPv6(word) ? .ipAddress : nil
    }

    /// `00:c0:b7:01:02:03`, `00-C0-B7-…`, `00c0.b701.0203`, `00C0B7010203`.
    private static func isMAC(_ word: ArraySlice<UInt8>) -> Bool {
        for separator in [UInt8(ascii: ":"), UInt8(ascii: "-")] {
            let pairs = word.split(separator: separator, omittingEmptySubsequences: false)
            if pairs.count == 6, pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isHexadecimal) }) {
                return true
            }
        }
        let groups = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if groups.count == 3, groups.allSatisfy({ $0.count == 4 && $0.allSatisfy(\.isHexadecimal) }) {
            return true
        }
        return word.count == 12 && word.allSatisfy(\.isHexadecimal) && word.contains(where: \.isLetter)
            && word.contains(where: \.isDigit)
    }

    /// Four numbers; not what is rather a version: those begin with small numbers.
    private static func isIPv4(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.allSatisfy(\.isDigit) ? UInt8(String(decoding: part, as: UTF8.self)) : nil
        }
        guard parts.count == 4, numbers.count == 4 else { return false }
        return numbers[0] >= 10 && numbers[0] != 127 && numbers[0] != 255
    }

    /// `fe80::1`, or eight groups.
    private static func isIPv6(_ word: ArraySlice<UInt8>) -> Bool {
        let groups = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...8).contains(groups.count),
            groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy(\.isHexadecimal) })
        else { return false }
        let isShortened = groups.dropFirst().dropLast().contains { $0.isEmpty }
        return (groups.count == 8 || isShortened) && word.contains { $0.isHexadecimal }
    }
}
