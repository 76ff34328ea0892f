// The values that fit on one line of `snmpwalk`'s output: numbers with their enumeration's word or unit, time ticks,
// identifiers, addresses, and the sentences that say that nothing is there.

extension WalkText {
    /// The value that `text`, such as `INTEGER: up(1)`, stands for.
    static func value(_ text: ArraySlice<UInt8>) throws(Mistake) -> SNMPValue {
        if let sentence = sentence(text.trimmed.text) { return sentence }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
            throw Mistake(message: "expected TYPE: value, found \(text.shown)")
        }
        let type = text[..<colon].text
        let rest = text[(colon + 1)...].trimmed
        switch type {
        case "INTEGER", "Integer32": return .integer(try number(rest))
        case "Gauge32", "Counter32", "Counter64", "Unsigned32", "UInteger32":
            return .unsigned(try number(rest))
        case "Timeticks": return .timeTicks(try number(rest))
        case "OID":
            let numbers = rest.after("iso.").map { "1." + $0.text } ?? rest.text
            guard let identifier = ObjectIdentifier(numbers) else {
                throw Mistake(message: "expected an object identifier by number, found \(rest.shown)")
            }
            return .identifier(identifier)
        case "IpAddress", "Network Address": return .address(try address(rest))
        case "BITS": return .octets(bits(rest))
        case "Opaque", "OPAQUE": return .octets(opaque(rest))
        default: throw Mistake(message: "unknown type \(text[..<colon].shown)")
        }
    }

    /// What net-snmp says in words.
    private static func sentence(_ text: String) -> SNMPValue? {
        if text.hasPrefix("No Such Instance") || text.hasPrefix("No Such Object") { return .absent }
        if text.hasPrefix("No more variables left") { return .endOfView }
        return text == "NULL" ? .null : nil
    }

    /// `5`, `up(5)`, `(5) 0:00:00.05`, `5 watts`, `0x05`; and `0.5`, which a display hint made of 5.
    private static func number<Number: FixedWidthInteger>(
        _ text: ArraySlice<UInt8>
    ) throws(Mistake) -> Number {
        var digits = text
        if let open = text.lastIndex(of: UInt8(ascii: "(")),
            let close = text[open...].firstIndex(of: UInt8(ascii: ")"))
        {
            digits = text[(open + 1)..<close]
        }
        let word = digits.prefix { !$0.isBlank }
        let plain = String(decoding: word.filter { $0 != UInt8(ascii: ".") }, as: UTF8.self)
        let hexadecimal = plain.hasPrefix("0x") ? Number(plain.dropFirst(2), radix: 16) : nil
        guard let number = hexadecimal ?? Number(plain) else {
            throw Mistake(message: "expected a number, found \(text.shown)")
        }
        return number
    }

    /// `192.0.2.1`, or `C0:00:02:01` as net-snmp prints a network address.
    private static func address(_ text: ArraySlice<UInt8>) throws(Mistake) -> [UInt8] {
        let pairs = text.split(separator: UInt8(ascii: ":")).compactMap { UInt8($0.text, radix: 16) }
        guard let bytes = IPv4Text.bytes(of: text.text) ?? (pairs.count == 4 ? pairs : nil) else {
            throw Mistake(message: "expected an address such as 192.0.2.1, found \(text.shown)")
        }
        return bytes
    }

    /// `80 00 up(0)`: the bytes, without the names of the bits that follow them.
    private static func bits(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in text.split(separator: UInt8(ascii: " ")) {
            guard let pair = word.hexBytes, pair.count == 1 else { break }
            bytes += pair
        }
        return bytes
    }

    /// An opaque value: its text as net-snmp prints it, or its bytes where it prints those.
    private static func opaque(_ text: ArraySlice<UInt8>) -> [UInt8] {
        text.hexBytes ?? Array(text)
    }
}
