// What a device sends as text is not trusted: it ends up in a database, in JSON, on a terminal and in a browser.

/// Texts as devices send them.
package enum DeviceText {
    /// The most characters of a text that are kept; the longest DisplayString (RFC 2579) has 255 bytes.
    package static let longest = 255

    /// The text in `bytes`; nil when nothing is left of it.
    ///
    /// Bytes that are not UTF-8 are read as ISO 8859-1, which is what old cards send. Control characters, line
    /// separators and the marks that reverse the direction of writing become blanks; blanks (and NULs) at either
    /// end go; what is longer than `longest` is cut.
    package static func clean(_ bytes: [UInt8]) -> String? {
        if let plain = plain(bytes) { return plain.isEmpty ? nil : String(decoding: plain, as: UTF8.self) }
        var text = ""
        var length = 0
        for scalar in scalars(bytes) where length < longest {
            let isBlank = scalar == " " || isUnwanted(scalar)
            if isBlank && text.isEmpty { continue }
            text.unicodeScalars.append(isBlank ? " " : scalar)
            length += 1
        }
        while text.unicodeScalars.last == " " { text.unicodeScalars.removeLast() }
        return text.isEmpty ? nil : text
    }

    /// What is left of printable ASCII, as most texts are; nil where there is anything else.
    private static func plain(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var begin = 0
        var end = bytes.count
        while begin < end, bytes[begin] == 0x20 { begin += 1 }
        while end > begin, bytes[end - 1] == 0x20 { end -= 1 }
        for place in begin..<end where bytes[place] < 0x20 || bytes[place] > 0x7E { return nil }
        return end - begin > longest ? nil : bytes[begin..<end]
    }

    private static func scalars(_ bytes: [UInt8]) -> [Unicode.Scalar] {
        if let text = String(validating: bytes, as: UTF8.self) { return Array(text.unicodeScalars) }
        return bytes.map { Unicode.Scalar($0) }
    }

    private static func isUnwanted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL, C1
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // directions
        case 0x2028, 0x2029, 0xFEFF: true  // line and paragraph separator, byte order mark
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // annotations, tags
        default: false
        }
    }
}
