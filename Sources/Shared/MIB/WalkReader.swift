// Line by line through the output of snmpwalk. Where a value may go on in the next line, the object stays open until
// a line comes that cannot belong to it.

/// Takes the lines of a walk and collects its objects.
struct WalkReader {
    /// The objects so far, in their order.
    private(set) var bindings: [VariableBinding] = []
    private let style: WalkStyle
    private var open: Open?

    /// An object whose value may go on in the next line.
    private struct Open {
        enum Kind { case quoted, unquoted, hexadecimal, opaque, bits }
        let identifier: ObjectIdentifier
        let kind: Kind
        var bytes: [UInt8]
        let line: Int
        /// Of the characters that `-OT` prints beside hexadecimal, how many are still to come.
        var missingCharacters: Int?
    }

    init(style: WalkStyle) {
        self.style = style
    }

    mutating func take(_ line: RecordingLine) throws(WalkText.Mistake) {
        if try continues(line.bytes) { return }
        if let (identifier, value) = style.object(line.bytes) {
            try close()
            try begin(identifier, value, line: line.number)
        } else if !line.isBlankOrComment, !line.bytes.trimmed.elementsEqual("End of MIB".utf8) {
            throw WalkText.Mistake(message: WalkText.complaint(about: line.bytes))
        }
    }

    /// Ends the object that is open, if any.
    mutating func close() throws(WalkText.Mistake) {
        guard let object = open else { return }
        open = nil
        switch object.kind {
        case .quoted:
            throw WalkText.Mistake(
                message: "the text that begins here has no closing quote",
                line: object.line
            )
        case .unquoted:
            var bytes = object.bytes
            while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            add(object.identifier, .octets(bytes))
        case .hexadecimal: add(object.identifier, .octets(object.bytes))
        case .opaque: add(object.identifier, OpaqueValue.value(object.bytes))
        case .bits: add(object.identifier, .octets(WalkText.bits(object.bytes[...])))
        }
    }

    private mutating func add(_ identifier: ObjectIdentifier, _ value: SNMPValue) {
        bindings.append(VariableBinding(identifier, value))
    }

    /// Whether `line` belongs to the object that is open; then it has been taken.
    private mutating func continues(_ line: ArraySlice<UInt8>) throws(WalkText.Mistake) -> Bool {
        // Not a copy of the object: its bytes would be copied with every line.
        guard let kind = open?.kind else { return false }
        switch kind {
        case .quoted: return continuesQuoted(line)
        case .hexadecimal, .opaque: return continuesHexadecimal(line)
        case .unquoted:
            guard style.object(line) == nil else { return false }
            open?.bytes.append(UInt8(ascii: "\n"))
            open?.bytes += line
        case .bits:
            guard let first = line.first, first.hexDigit != nil, style.object(line) == nil else {
                return false
            }
            open?.bytes.append(UInt8(ascii: " "))
            open?.bytes += line
        }
        return true
    }

    /// In a text in quotes a line may look like an object; what tells them apart is that in a text every quote but
    /// the last has a backslash before it.
    private mutating func continuesQuoted(_ line: ArraySlice<UInt8>) -> Bool {
        let end = WalkText.closed(line)
        if style.object(line) != nil, let quote = WalkText.firstQuote(line), quote != end?.endIndex {
            return false
        }
        open?.bytes.append(UInt8(ascii: "\n"))
        open?.bytes += WalkText.unescaped(end ?? line)
        if end != nil, let object = open {
            open = nil
            add(object.identifier, style.text(object.bytes))
        }
        return true
    }

    private mutating func continuesHexadecimal(_ line: ArraySlice<UInt8>) -> Bool {
        if let missing = open?.missingCharacters {
            // The end of the line is one of the characters, too.
            open?.missingCharacters = line.count < missing ? missing - line.count - 1 : nil
            if line.count < missing || line.dropFirst(missing).first == UInt8(ascii: "]") { return true }
        }
        guard style.object(line) == nil, let part = HexadecimalPart(line) else { return false }
        open?.bytes += part.bytes
        open?.missingCharacters = part.missingCharacters
        return true
    }

    private mutating func begin(
        _ identifier: ObjectIdentifier,
        _ rest: ArraySlice<UInt8>,
        line: Int
    ) throws(WalkText.Mistake) {
        let value = WalkText.withoutWrongType(rest)
        guard style.hasTypes else {
            if let known = WalkText.quickValue(value) {
                add(identifier, known)
            } else {
                beginText(identifier, value, line: line)
            }
            return
        }
        let (type, content) = WalkStyle.type(of: value) ?? ("", value)
        switch type {
        case "STRING": beginText(identifier, content.dropFirst(), line: line)
        case "BITS": open = Open(identifier: identifier, kind: .bits, bytes: Array(content), line: line)
        case "Hex-STRING", "OPAQUE":
            guard let part = HexadecimalPart(content) else {
                throw WalkText.Mistake(
                    message: "expected pairs of hexadecimal digits, found \(content.shown)"
                )
            }
            open = Open(
                identifier: identifier,
                kind: type == "OPAQUE" ? .opaque : .hexadecimal,
                bytes: part.bytes,
                line: line,
                missingCharacters: part.missingCharacters
            )
        default:
            add(identifier, try WalkText.value(value))
        }
    }

    private mutating func beginText(_ identifier: ObjectIdentifier, _ text: ArraySlice<UInt8>, line: Int) {
        guard let quoted = text.after("\"") else {
            open = Open(identifier: identifier, kind: .unquoted, bytes: Array(text), line: line)
            return
        }
        if let closed = WalkText.closed(quoted) {
            add(identifier, style.text(WalkText.unescaped(closed)))
        } else {
            let bytes = WalkText.unescaped(quoted)
            open = Open(identifier: identifier, kind: .quoted, bytes: bytes, line: line)
        }
    }
}

extension WalkStyle {
    /// The value of a text in quotes.
    fileprivate func text(_ bytes: [UInt8]) -> SNMPValue {
        .octets(hasTypes ? bytes : WalkText.quickOctets(bytes))
    }
}

/// One line of a hexadecimal string: `00 C0 B7 `, with the characters beside it that `-OT` prints, or with a unit.
struct HexadecimalPart {
    private(set) var bytes: [UInt8] = []
    /// How many characters between brackets go on in the next line; absent when none do.
    private(set) var missingCharacters: Int?

    /// Nil when `line` is anything else.
    init?(_ line: ArraySlice<UInt8>) {
        if let all = line.hexBytes {
            bytes = all
            return
        }
        var rest = line.drop { $0.isBlank }
        while let pair = rest.prefix(2).hexBytes, pair.count == 1, rest.dropFirst(2).first?.isBlank == true {
            bytes += pair
            rest = rest.dropFirst(3)
        }
        // Both come after at least two blanks, of which the first belonged to the last pair.
        guard !bytes.isEmpty, rest.first?.isBlank == true else { return nil }
        rest = rest.drop { $0.isBlank }
        guard rest.first == UInt8(ascii: "[") else { return }
        let characters = rest.dropFirst()
        if characters.count < bytes.count + 1 { missingCharacters = bytes.count - characters.count - 1 }
        if let missing = missingCharacters, missing < 0 { return nil }
    }
}
