// The output of `snmpwalk -On` (net-snmp): `.1.3.6.1.2.1.1.3.0 = Timeticks: (123) 0:00:01.23`, one object after the
// other, with whatever other options of `-O` leave objects given by number. Strings in quotes, texts that a MIB's
// display hint takes the quotes from, and hexadecimal strings go on over several lines.

/// The format that `snmpwalk` prints.
enum WalkText {
    /// The objects of `lines`, in their order.
    static func parse(_ lines: RecordingLines, file: String) throws(RecordingError) -> [VariableBinding] {
        var reader = WalkReader(style: WalkStyle(of: lines))
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

    /// The identifier that `text` is, by number; its first numbers may be names, as `-Of` prints them.
    static func identifier(_ text: ArraySlice<UInt8>) -> ObjectIdentifier? {
        if let identifier = ObjectIdentifier(utf8: text) { return identifier }
        let names: [(name: String, numbers: String)] = [
            ("iso.org.dod.internet.private.enterprises.", "1.3.6.1.4.1."),
            ("iso.org.dod.internet.mgmt.mib-2.", "1.3.6.1.2.1."),
            ("iso.org.dod.internet.", "1.3.6.1."),
            ("iso.org.dod.", "1.3.6."),
            ("iso.org.", "1.3."),
            ("iso.", "1."),
            ("SNMPv2-SMI::enterprises.", "1.3.6.1.4.1."),
            ("SNMPv2-SMI::mib-2.", "1.3.6.1.2.1."),
        ]
        let bare = text.after(".") ?? text
        for (name, numbers) in names {
            guard let rest = bare.after(name) else { continue }
            if let identifier = ObjectIdentifier(numbers + rest.text) { return identifier }
        }
        return nil
    }

    /// What to say of a line that is neither an object nor part of one.
    static func complaint(about line: ArraySlice<UInt8>) -> String {
        if line.contains(0) { return "expected text, found NUL bytes: save the file as UTF-8, not as UTF-16" }
        if line.text.contains("::") {
            return "objects must be given by number: record with `snmpwalk -On`; found \(line.shown)"
        }
        return "expected \".1.3.6.1… = TYPE: value\" as `snmpwalk -On` prints it, found \(line.shown)"
    }

    /// The text before the quote that closes `line`; nil when the text goes on.
    ///
    /// A quote at the end of the line closes, when not behind an odd number of backslashes; and so does the only
    /// quote of the line when blanks follow it: after that comes the unit that a MIB gives.
    static func closed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let last = line.lastIndex(where: { !$0.isBlank }) else { return nil }
        if line[last] == UInt8(ascii: "\""), !isEscaped(line, at: last) { return line[..<last] }
        guard let quote = firstQuote(line), line[quote...].dropFirst().first?.isBlank == true,
            !line[quote...].dropFirst().contains(UInt8(ascii: "\""))
        else { return nil }
        return line[..<quote]
    }

    /// The place of the first quote of `line` that no backslash stands before.
    static func firstQuote(_ line: ArraySlice<UInt8>) -> Int? {
        var isEscaped = false
        for index in line.indices {
            if line[index] == UInt8(ascii: "\""), !isEscaped { return index }
            isEscaped = line[index] == UInt8(ascii: "\\") && !isEscaped
        }
        return nil
    }

    private static func isEscaped(_ line: ArraySlice<UInt8>, at index: Int) -> Bool {
        line[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 1
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
