// What tells one state of an answer from another (RFC 9110, section 8.8.3). Weak, because an answer also says
// when it was made, and that alone makes it no other answer.

/// The ETag of one answer.
struct EntityTag: Hashable, CustomStringConvertible {
    /// `W/"0123456789abcdef"`.
    let description: String

    /// The tag of everything that `parts` say.
    init(of parts: [String]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        // FNV-1a; a byte that no text has keeps ("a", "b") from ("ab", "").
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        description = "W/\"" + String(repeating: "0", count: 16 - digits.count) + digits + "\""
    }

    /// Whether `ifNoneMatch`, the value of that field, names this tag (RFC 9110, section 13.1.2: weak
    /// comparison).
    func matches(_ ifNoneMatch: String?) -> Bool {
        guard let ifNoneMatch else { return false }
        let (list, ours) = (Array(ifNoneMatch.utf8), Array(description.utf8))
        // None of our tags contains a comma, so one inside a foreign tag can only make it match less.
        return list.split(separator: UInt8(ascii: ",")).contains { candidate in
            let tag = candidate.drop(while: isBlank).prefix { !isBlank($0) }
            return tag.elementsEqual("*".utf8) || opaque(tag).elementsEqual(opaque(ours[...]))
        }
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private func opaque(_ tag: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        tag.starts(with: "W/".utf8) ? tag.dropFirst(2) : tag
    }
}
