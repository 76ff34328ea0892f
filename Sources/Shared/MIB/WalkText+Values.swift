// The values that fit on one line of `snmpwalk`'s output: numbers with their enumeration's word or unit, time ticks,
// identifiers, addresses, and the sentences that say that nothing is there.

extension WalkText {
    /// The value that `text`, such as `INTEGER: up(1)`, stands for.
    static func value(_ text: ArraySlice<UInt8>) throws(Mistake) -> SNMPValue {
        if let sentence = sentence(text.trimmed) { return sentence }
        guard let (type, content) = WalkStyle.type(of: text) else { return try untyped(text) }
        let rest = content.trimmed
        switch type {
        case "INTEGER", "Integer32": return .integer(try number(rest))
        case "Gauge32", "Counter32", "Counter64", "Unsigned32", "UInteger32":
            return .unsigned(try number(rest))
        case "Timeticks": return .timeTicks(try number(rest))
        case "OID":
            guard let identifier = identifier(rest) else {
                throw Mistake(message: "expected an object identifier by number, found \(rest.shown)")
            }
            return .identifier(identifier)
        case "IpAddress", "Network Address": return .address(try address(rest))
        default: return try opaque(rest)
        }
    }

    /// What net-snmp prints without a type: texts without characters, and the numbers of a type that is long gone
    /// (UInteger32).
    private static func untyped(_ text: ArraySlice<UInt8>) throws(Mistake) -> SNMPValue {
        if text.trimmed.elementsEqual("\"\"".utf8) { return .octets([]) }
        if let number = UInt64(text.trimmed.text) { return .unsigned(number) }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
            throw Mistake(message: "expected TYPE: value, found \(text.shown)")
        }
        throw Mistake(message: "unknown type \(text[..<colon].shown)")
    }

    /// What net-snmp says in words.
    static func sentence(_ text: ArraySlice<UInt8>) -> SNMPValue? {
        if text.after("No Such Instance") != nil || text.after("No Such Object") != nil { return .absent }
        if text.after("No more variables left") != nil { return .endOfView }
        // What it cannot print is lost; the object may as well not be there.
        if text.elementsEqual("Variable has bad type".utf8) { return .absent }
        return text.elementsEqual("NULL".utf8) ? .null : nil
    }

    /// `5`, `up(5)`, `(5) 0:00:00.05`, `5 watts`, `0x05`; `0.5`, which a display hint made of 5; `ff` and 32 binary
    /// digits, which other display hints make.
    static func number<Number: FixedWidthInteger>(_ text: ArraySlice<UInt8>) throws(Mistake) -> Number {
        let open = UInt8(ascii: "(")
        let word = text.prefix { !$0.isBlank }
        var digits = word
        if text.first == open {
            digits = word.dropFirst().prefix { $0 != UInt8(ascii: ")") }
        } else if word.last == UInt8(ascii: ")"), let start = word.lastIndex(of: open) {
            digits = word[(start + 1)...].dropLast()
        }
        guard let number: Number = number(digits: digits) else {
            throw Mistake(message: "expected a number, found \(text.shown)")
        }
        return number
    }

    private static func number<Number: FixedWidthInteger>(digits: ArraySlice<UInt8>) -> Number? {
        if let hexadecimal = digits.after("0x") { return Number(hexadecimal.text, radix: 16) }
        let isBinary = digits.count == 32 && digits.allSatisfy { $0 == 0x30 || $0 == 0x31 }
        if isBinary { return Number(digits.text, radix: 2) }
        let points = digits.count { $0 == UInt8(ascii: ".") }
        if points <= 1,
            let number = Number(String(decoding: digits.filter { $0 != UInt8(ascii: ".") }, as: UTF8.self))
        {
            return number
        }
        return digits.allSatisfy { $0.hexDigit != nil } ? Number(digits.text, radix: 16) : nil
    }

    /// `192.0.2.1`, or `C0:00:02:01` as net-snmp prints a network address.
    private static func address(_ text: ArraySlice<UInt8>) throws(Mistake) -> [UInt8] {
        let pairs = text.split(separator: UInt8(ascii: ":")).compactMap { UInt8($0.text, radix: 16) }
        guard let bytes = IPv4Text.bytes(of: text.text) ?? (pairs.count == 4 ? pairs : nil) else {
            throw Mistake(message: "expected an address such as 192.0.2.1, found \(text.shown)")
        }
        return bytes
    }

    /// `Float: 12.300000`, `Int64: 256`: numbers that SNMP has no type for; anything else is taken as it stands.
    private static func opaque(_ text: ArraySlice<UInt8>) throws(Mistake) -> SNMPValue {
        if let float = (text.after("Float:") ?? text.after("Double:"))?.trimmed {
            let word = float.prefix { !$0.isBlank }
            return .octets(DecimalText.plain(word.text).map { Array($0.utf8) } ?? Array(word))
        }
        if let whole = text.after("Int64:")?.trimmed { return .integer(try number(whole)) }
        if let whole = (text.after("UInt64:") ?? text.after("Counter64:"))?.trimmed {
            return .unsigned(try number(whole))
        }
        return text.hexBytes.map(OpaqueValue.value) ?? .octets(Array(text))
    }

    /// `80 00 up(0)`: the bytes, without the bits that follow them, each with its name or as a number alone.
    ///
    /// A bit that is named by its number looks like a byte; but there are exactly as many as the bytes have bits.
    static func bits(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let words = text.split { $0.isBlank }
        let pairs = words.prefix { $0.count == 2 && $0.hexBytes != nil }
        let bytes = pairs.compactMap { $0.hexBytes?.first }
        guard bytes.count <= 256 else { return bytes }
        for count in bytes.indices.reversed().map({ $0 + 1 }) {
            let isRest = zip(words[count...], setBits(of: bytes[..<count])).allSatisfy { word, bit in
                word.elementsEqual("\(bit)".utf8)
                    || word.suffix("(\(bit))".utf8.count).elementsEqual("(\(bit))".utf8)
            }
            if isRest, words.count - count == setBits(of: bytes[..<count]).count {
                return Array(bytes[..<count])
            }
        }
        return bytes
    }

    /// The numbers of the bits that are 1; 0 is the highest of the first byte (RFC 2578, section 7.1.4).
    private static func setBits(of bytes: ArraySlice<UInt8>) -> [Int] {
        bytes.indices.flatMap { index in
            (0..<8).filter { bytes[index] & (0x80 >> UInt8($0)) != 0 }.map { index * 8 + $0 }
        }
    }
}
