// `.snmprec`, the format of the SNMP simulator: one object a line, `OID|TAG|VALUE`. The tag is the BER tag of the
// type in decimal, with `x` after it when the value is in hexadecimal, `e` when it has backslash escapes. The value
// goes to the end of the line and may hold anything else, `|` included.

/// The `.snmprec` format.
package enum SNMPRecord {
    /// Whether `line` is of this format: digits and dots up to a `|`.
    static func looksLikeRecord(_ line: ArraySlice<UInt8>) -> Bool {
        guard let bar = line.firstIndex(of: UInt8(ascii: "|")) else { return false }
        return ObjectIdentifier(utf8: line[..<bar].trimmed) != nil
    }

    /// The objects of `lines`, in their order.
    static func parse(_ lines: RecordingLines, file: String) throws(RecordingError) -> [VariableBinding] {
        var bindings: [VariableBinding] = []
        for line in lines where !line.isBlankOrComment {
            do throws(Mistake) {
                bindings.append(try binding(line.bytes))
            } catch {
                throw RecordingError(file: file, line: line.number, message: error.message)
            }
        }
        return bindings
    }

    /// The object in one `line` without its end; nil when it is not of this format.
    package static func binding(in line: ArraySlice<UInt8>) -> VariableBinding? {
        do throws(Mistake) { return try binding(line) } catch { return nil }
    }

    private struct Mistake: Error {
        let message: String
    }

    private static func binding(_ line: ArraySlice<UInt8>) throws(Mistake) -> VariableBinding {
        let parts = line.split(separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw Mistake(message: "expected OID|TAG|VALUE, found \(line.shown)")
        }
        guard let identifier = ObjectIdentifier(utf8: parts[0].trimmed) else {
            throw Mistake(message: "expected an object identifier, found \(parts[0].shown)")
        }
        let tag = parts[1].trimmed.text
        guard !tag.contains(":") else {
            throw Mistake(
                message: "\"\(tag)\" makes a simulator invent the value; only recorded values are read"
            )
        }
        return VariableBinding(identifier, try value(parts[2], tag: tag))
    }

    /// The value of a line with `tag`: a number, with `x` or `e` after it.
    private static func value(_ raw: ArraySlice<UInt8>, tag: String) throws(Mistake) -> SNMPValue {
        let encoding = tag.last.flatMap { "xe".contains($0) ? $0 : nil }
        let type = encoding == nil ? tag : String(tag.dropLast())
        switch (type, encoding) {
        case ("2", nil): return .integer(try number(raw, "INTEGER"))
        case ("65", nil), ("66", nil), ("70", nil): return .unsigned(try number(raw, "an unsigned number"))
        case ("67", nil): return .timeTicks(try number(raw, "TimeTicks"))
        case ("5", _): return .null
        case ("6", nil): return .identifier(try identifier(raw))
        case ("64", nil): return .address(try address(raw))
        case ("64", _):
            let bytes = try decoded(raw, encoding)
            guard bytes.count == 4 else {
                throw Mistake(message: "an IpAddress has 4 bytes, not \(bytes.count)")
            }
            return .address(bytes)
        case ("4", _): return .octets(try decoded(raw, encoding))
        case ("68", _): return OpaqueValue.value(try decoded(raw, encoding))
        case ("128", _), ("129", _): return .absent
        case ("130", _): return .endOfView
        default:
            throw Mistake(message: "unknown tag \"\(tag)\"; known: 2 4 4x 5 6 64 65 66 67 68 70")
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ raw: ArraySlice<UInt8>,
        _ what: String
    ) throws(Mistake) -> Number {
        guard let number = Number(raw.trimmed.text) else {
            throw Mistake(message: "expected \(what), found \(raw.shown)")
        }
        return number
    }

    private static func identifier(_ raw: ArraySlice<UInt8>) throws(Mistake) -> ObjectIdentifier {
        guard let identifier = ObjectIdentifier(utf8: raw.trimmed) else {
            throw Mistake(message: "expected an object identifier, found \(raw.shown)")
        }
        return identifier
    }

    private static func address(_ raw: ArraySlice<UInt8>) throws(Mistake) -> [UInt8] {
        guard let bytes = IPv4Text.bytes(of: raw.trimmed.text) else {
            throw Mistake(message: "expected an IpAddress such as 192.0.2.1, found \(raw.shown)")
        }
        return bytes
    }

    private static func decoded(
        _ raw: ArraySlice<UInt8>,
        _ encoding: Character?
    ) throws(Mistake) -> [UInt8] {
        switch encoding {
        case nil: return Array(raw)
        case "x":
            guard let bytes = raw.hexBytes else {
                throw Mistake(message: "expected pairs of hexadecimal digits, found \(raw.shown)")
            }
            return bytes
        default: return unescaped(raw)
        }
    }

    /// `\xNN`, `\n`, `\r`, `\t`, `\\` become the bytes they stand for; a backslash before anything else stays.
    private static func unescaped(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.first else {
                result.append(byte)
                continue
            }
            let meanings: [UInt8: UInt8] = [0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x5C: 0x5C, 0x30: 0]
            if escape == UInt8(ascii: "x"), let code = rest.dropFirst().prefix(2).hexBytes, code.count == 1 {
                result.append(code[0])
                rest = rest.dropFirst(3)
            } else if let meaning = meanings[escape] {
                result.append(meaning)
                rest = rest.dropFirst()
            } else {
                result.append(byte)
            }
        }
        return result
    }
}

/// Dotted IPv4 addresses.
enum IPv4Text {
    /// `192.0.2.1` as four bytes; nil for anything else.
    static func bytes(of text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }
}
