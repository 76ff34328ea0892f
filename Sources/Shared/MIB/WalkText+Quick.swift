// Values as `snmpwalk -Onq` and `-OnQ` print them: without their types, which are guessed from how they look. Where
// two types print alike, the one that PDUs have counts: three numbers with dots between are no address, `20 A` is a
// number with its unit.

extension WalkText {
    /// The value that `text` looks like; nil when it is a text, in quotes or not.
    static func quickValue(_ text: ArraySlice<UInt8>) -> SNMPValue? {
        let bare = text.trimmed
        if bare.elementsEqual("\"\"".utf8) { return .octets([]) }
        if let sentence = sentence(bare) { return sentence }
        if let address = IPv4Text.bytes(of: bare.text) { return .address(address) }
        if bare.first == UInt8(ascii: "."), let identifier = identifier(bare), identifier.components.count > 1
        {
            return .identifier(identifier)
        }
        if let ticks = ticks(bare) { return .timeTicks(ticks) }
        if text.last == UInt8(ascii: " "), let bytes = pairs(text) { return OpaqueValue.value(bytes) }
        return quickNumber(bare)
    }

    /// A text in quotes; its bytes where net-snmp printed those because they are no text.
    static func quickOctets(_ text: [UInt8]) -> [UInt8] {
        guard text.last == UInt8(ascii: " "), let bytes = pairs(text[...]) else { return text }
        let isText = bytes.allSatisfy { (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0) }
        return isText ? text : bytes
    }

    /// `-5`, `230 volts`, `-.05 amps`; and `12.300000`, which is how floating-point numbers are printed.
    private static func quickNumber(_ text: ArraySlice<UInt8>) -> SNMPValue? {
        let word = text.prefix { !$0.isBlank }
        let digits = word.after("-") ?? word
        let sides = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard sides.count <= 2, digits.contains(where: isDigit),
            digits.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        if sides.count == 2, sides[1].count == 6, word.count == text.count {
            return DecimalText.plain(word.text).map { .octets(Array($0.utf8)) }
        }
        if let number: Int64 = try? number(word) { return .integer(number) }
        if let number: UInt64 = try? number(word) { return .unsigned(number) }
        return nil
    }

    /// `19:3:14:46.00`: days, hours, minutes, seconds.
    private static func ticks(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let seconds = parts[3].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard seconds.count == 2, seconds[1].count == 2,
            let days = UInt32(parts[0].text), let hours = UInt32(parts[1].text),
            let minutes = UInt32(parts[2].text),
            let whole = UInt32(seconds[0].text), let hundredths = UInt32(seconds[1].text),
            days <= 497, hours < 24, minutes < 60, whole < 60
        else { return nil }
        let total = UInt64(((days * 24 + hours) * 60 + minutes) * 60 + whole) * 100 + UInt64(hundredths)
        return UInt32(exactly: total)
    }

    /// The bytes of `00 C0 B7 `, which may go on over several lines; nil for anything else.
    private static func pairs(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        for word in text.split(whereSeparator: { $0.isBlank || $0 == UInt8(ascii: "\n") }) {
            guard word.count == 2, let pair = word.hexBytes else { return nil }
            bytes += pair
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
