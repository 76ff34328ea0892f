// What agents wrap into Opaque: numbers that SNMP has no type for, tagged as net-snmp does (its NET-SNMP-TC calls
// them Float and Opaque double). libsnmp unwraps them on the network; recordings hold them as they were sent.

/// The content of an Opaque value.
enum OpaqueValue {
    /// What the bytes of an Opaque mean: a number that is wrapped in them, or just bytes.
    static func value(_ bytes: [UInt8]) -> SNMPValue {
        guard bytes.count >= 3, bytes[0] == 0x9F, Int(bytes[2]) == bytes.count - 3 else {
            return .octets(bytes)
        }
        let content = bytes.dropFirst(3)
        switch (bytes[1], content.count) {
        case (0x78, 4):
            return .octets(
                text(DecimalText.shortest(Float(bitPattern: UInt32(truncatingIfNeeded: bits(content)))))
            )
        case (0x79, 8): return .octets(text(DecimalText.shortest(Double(bitPattern: bits(content)))))
        case (0x7A, 1...8):
            let isNegative = content.first.map { $0 >= 0x80 } ?? false
            let sign = isNegative && content.count < 8 ? UInt64.max << (UInt64(content.count) * 8) : 0
            return .integer(Int64(bitPattern: bits(content) | sign))
        case (0x76, 1...8), (0x7B, 1...8): return .unsigned(bits(content))
        case (0x76, 9) where content.first == 0, (0x7B, 9) where content.first == 0:
            return .unsigned(bits(content.dropFirst()))
        default: return .octets(bytes)
        }
    }

    private static func bits(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func text(_ number: String) -> [UInt8] { Array(number.utf8) }
}
