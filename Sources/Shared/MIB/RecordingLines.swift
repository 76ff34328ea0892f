// Recordings hold whatever bytes a device sent, so they are read as bytes: lines end at a newline and nowhere else,
// and no encoding is assumed.

/// One line of a recording, without its end.
struct RecordingLine {
    /// From 1.
    let number: Int
    let bytes: ArraySlice<UInt8>

    /// Whether there is nothing to read in it.
    var isBlankOrComment: Bool {
        guard let first = bytes.first(where: { !$0.isBlank }) else { return true }
        return first == UInt8(ascii: "#")
    }
}

/// The lines of a recording.
///
/// A carriage return at the end of a line is part of the value, unless the first line has one too: then the file
/// came from a machine that ends its lines that way.
struct RecordingLines: Sequence {
    private let bytes: [UInt8]
    private let dropsCarriageReturn: Bool

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        dropsCarriageReturn = bytes[..<end].last == UInt8(ascii: "\r")
    }

    func makeIterator() -> AnyIterator<RecordingLine> {
        var position = bytes.startIndex
        var number = 0
        return AnyIterator {
            guard position < bytes.endIndex else { return nil }
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            var line = bytes[position..<end]
            if dropsCarriageReturn, line.last == UInt8(ascii: "\r") { line.removeLast() }
            position = Swift.min(end + 1, bytes.endIndex)
            number += 1
            return RecordingLine(number: number, bytes: line)
        }
    }
}

extension UInt8 {
    /// A space, a tab, or a carriage return.
    var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D }

    /// The value of a hexadecimal digit; nil for any other character.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks at either end.
    var trimmed: ArraySlice<UInt8> {
        guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank })
        else {
            return []
        }
        return self[first...last]
    }

    /// What follows `prefix`; nil when this does not begin with it.
    func after(_ prefix: String) -> ArraySlice<UInt8>? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }

    /// As text, for numbers and messages: bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// As text for a message: at most 40 characters, none of them a control character.
    var shown: String {
        let visible = prefix(40).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return "\"\(String(decoding: visible, as: UTF8.self))\(count > 40 ? "…" : "")\""
    }

    /// The bytes that pairs of hexadecimal digits stand for, with or without blanks between the pairs; nil when
    /// there is anything else, or half a pair.
    var hexBytes: [UInt8]? {
        var result: [UInt8] = []
        var high: UInt8?
        for byte in self {
            if byte.isBlank {
                if high != nil { return nil }
                continue
            }
            guard let digit = byte.hexDigit else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? result : nil
    }
}
