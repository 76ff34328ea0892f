// Writing `.snmprec`, so that `RecordedWalk` reads back what was written.

extension SNMPRecord {
    /// `binding` as a line, without its end; nil for what is no object: values that say "not there", and a name
    /// without numbers.
    ///
    /// Counter32 and Gauge32 are one type here and get the tag of the latter; an unsigned number that needs more
    /// than 32 bits gets that of Counter64.
    package static func line(_ binding: VariableBinding) -> String? {
        guard !binding.identifier.components.isEmpty, let (tag, text) = tagged(binding.value) else {
            return nil
        }
        return "\(binding.identifier)|\(tag)|\(text)"
    }

    private static func tagged(_ value: SNMPValue) -> (tag: String, text: String)? {
        switch value {
        case .integer(let number): ("2", String(number))
        case .unsigned(let number): (number > UInt64(UInt32.max) ? "70" : "66", String(number))
        case .timeTicks(let ticks): ("67", String(ticks))
        case .octets(let bytes): tagged(bytes)
        // No line can hold an identifier without numbers; net-snmp shows that as 0.0, too.
        case .identifier(let identifier):
            ("6", identifier.components.isEmpty ? "0.0" : identifier.description)
        case .address(let bytes) where bytes.count == 4: ("64", bytes.map(String.init).joined(separator: "."))
        case .address(let bytes): ("4x", hexadecimal(bytes))
        case .null: ("5", "")
        case .absent, .endOfView: nil
        }
    }

    /// Text that every editor leaves alone as it is, anything else in hexadecimal.
    private static func tagged(_ bytes: [UInt8]) -> (tag: String, text: String) {
        let blank = UInt8(ascii: " ")
        let isPlain =
            bytes.allSatisfy { (0x20...0x7E).contains($0) } && bytes.first != blank && bytes.last != blank
        return isPlain ? ("4", String(decoding: bytes, as: UTF8.self)) : ("4x", hexadecimal(bytes))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0x0F)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
