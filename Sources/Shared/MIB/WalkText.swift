// The output of `snmpwalk -On` (net-snmp): `.1.3.6.1.2.1.1.3.0 = Timeticks: (123) 0:00:01.23`, one object after the
// other. Strings in quotes and hexadecimal strings go on over several lines.

/// The format that `snmpwalk` prints.
enum WalkText {
    /// The objects of `lines`, in their order.
    static func parse(_ lines: RecordingLines, file: String) throws(RecordingError) -> [VariableBinding] {
        var reader = Reader()
        var last = 1
        for line in lines {
            last = line.number
            do throws(Mistake) {
                try reader.take(line)
            } catch {
                throw RecordingError(file: file, line: error.line ?? line.number, message: error.message)
            }
        }
        do throws(Mistake) {
            try reader.close()
        } catch {
            throw RecordingError(file: file, line: error.line ?? last, message: error.message)
        }
        return reader.bindings
    }

    /// What is wrong, and on which line when that is not the present one.
    struct Mistake: Error {
        let message: String
        var line: Int?
    }

    /// An object whose value may go on in the next line.
    private struct Open {
        enum Kind { case quoted, unquoted, hexadecimal }
        let identifier: ObjectIdentifier
        let kind: Kind
        var bytes: [UInt8]
        let line: Int
    }

    private struct Reader {
        var bindings: [VariableBinding] = []
        private var open: Open?

        mutating func take(_ line: RecordingLine) throws(Mistake) {
            if try continues(line.bytes) { return }
            if let (identifier, rest) = WalkText.binding(line.bytes) {
                try close()
                try begin(identifier, rest, line: line.number)
            } else if !line.isBlankOrComment {
                throw Mistake(message: WalkText.complaint(about: line.bytes))
            }
        }

        /// Ends the object that is open, if any.
        mutating func close() throws(Mistake) {
            guard let object = open else { return }
            open = nil
            guard object.kind != .quoted else {
                throw Mistake(message: "the text that begins here has no closing quote", line: object.line)
            }
            var bytes = object.bytes
            while object.kind == .unquoted, bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            bindings.append(VariableBinding(object.identifier, .octets(bytes)))
        }

        /// Whether `line` belongs to the object that is open; then it has been taken.
        private mutating func continues(_ line: ArraySlice<UInt8>) throws(Mistake) -> Bool {
            guard var object = open else { return false }
            if object.kind == .hexadecimal {
                guard let more = line.hexBytes else { return false }
                object.bytes += more
                open = object
                return true
            }
            guard WalkText.binding(line) == nil else { return false }
            object.bytes.append(UInt8(ascii: "\n"))
            if object.kind == .quoted, let text = WalkText.closed(line) {
                open = nil
                let bytes = object.bytes + WalkText.unescaped(text)
                bindings.append(VariableBinding(object.identifier, .octets(bytes)))
            } else {
                object.bytes += object.kind == .quoted ? WalkText.unescaped(line) : Array(line)
                open = object
            }
            return true
        }

        private mutating func begin(
            _ identifier: ObjectIdentifier,
            _ rest: ArraySlice<UInt8>,
            line: Int
        ) throws(Mistake) {
            let value = WalkText.withoutWrongType(rest)
            if let text = value.after("STRING:")?.dropFirst() {
                beginText(identifier, text, line: line)
            } else if let hex = value.after("Hex-STRING:") {
                guard let bytes = hex.hexBytes else {
                    throw Mistake(message: "expected pairs of hexadecimal digits, found \(hex.shown)")
                }
                open = Open(identifier: identifier, kind: .hexadecimal, bytes: bytes, line: line)
            } else if value.trimmed.elementsEqual("\"\"".utf8) {
                bindings.append(VariableBinding(identifier, .octets([])))
            } else {
                bindings.append(VariableBinding(identifier, try WalkText.value(value)))
            }
        }

        private mutating func beginText(_ identifier: ObjectIdentifier, _ text: ArraySlice<UInt8>, line: Int)
        {
            guard let quoted = text.after("\"") else {
                open = Open(identifier: identifier, kind: .unquoted, bytes: Array(text), line: line)
                return
            }
            if let closed = WalkText.closed(quoted) {
                bindings.append(VariableBinding(identifier, .octets(WalkText.unescaped(closed))))
            } else {
                let bytes = WalkText.unescaped(quoted)
                open = Open(identifier: identifier, kind: .quoted, bytes: bytes, line: line)
            }
        }
    }
}

// MARK: - Lines

extension WalkText {
    /// The object identifier that `line` begins with, and what follows ` = `; nil when it does not begin so.
    static func binding(_ line: ArraySlice<UInt8>) -> (ObjectIdentifier, ArraySlice<UInt8>)? {
        guard let blank = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        guard let rest = line[blank...].after(" =") else { return nil }
        guard rest.isEmpty || rest.first?.isBlank == true else { return nil }
        let name = line[..<blank]
        let numbers = name.after("iso.").map { "1." + $0.text } ?? name.text
        guard numbers.contains("."), let identifier = ObjectIdentifier(numbers) else { return nil }
        return (identifier, rest.dropFirst())
    }

    /// What to say of a line that is neither an object nor part of one.
    static func complaint(about line: ArraySlice<UInt8>) -> String {
        if line.text.contains("::") {
            return "objects must be given by number: record with `snmpwalk -On`; found \(line.shown)"
        }
        return "expected \".1.3.6.1… = TYPE: value\" as `snmpwalk -On` prints it, found \(line.shown)"
    }

    /// The text before the quote that closes `line`; nil when the text goes on.
    ///
    /// Only a quote at the end of the line closes, and not one behind an odd number of backslashes.
    static func closed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let quote = line.lastIndex(where: { !$0.isBlank }), line[quote] == UInt8(ascii: "\"") else {
            return nil
        }
        let text = line[..<quote]
        let backslashes = text.reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        return backslashes % 2 == 0 ? text : nil
    }

    /// net-snmp puts a backslash before quotes and backslashes; nothing else is escaped.
    static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var isEscaped = false
        for byte in text {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "\"") {
                result.append(UInt8(ascii: "\\"))
            }
            result.append(byte)
            isEscaped = false
        }
        if isEscaped { result.append(UInt8(ascii: "\\")) }
        return result
    }

    /// Without `Wrong Type (should be INTEGER): `, which net-snmp says when a device and its MIB disagree.
    static func withoutWrongType(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let rest = value.after("Wrong Type (should be ") else { return value }
        guard let end = rest.firstIndex(of: UInt8(ascii: ")")) else { return value }
        return rest[end...].after("): ") ?? value
    }
}
