/// An SNMP object identifier: where a value lives in an agent's tree.
package struct ObjectIdentifier: Hashable, Comparable, Sendable {
    /// The numbers, outermost first.
    package var components: [UInt32]

    /// The identifier of these numbers.
    package init(_ components: [UInt32]) {
        self.components = components
    }

    /// `1.3.6.1.2.1`, with or without a leading dot; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var characters = String(text)
        guard let components = characters.withUTF8(Self.components) else { return nil }
        self.components = components
    }

    /// The identifier in the characters `text`; nil when there is anything but numbers with dots between.
    init?(utf8 text: ArraySlice<UInt8>) {
        guard let components = text.withUnsafeBufferPointer(Self.components) else { return nil }
        self.components = components
    }

    /// Not generic, since profiles and recordings are full of these.
    private static func components(of text: UnsafeBufferPointer<UInt8>) -> [UInt32]? {
        var components: [UInt32] = []
        components.reserveCapacity(16)
        var number: UInt32?
        for offset in text.indices {
            let byte = text[offset]
            if byte == UInt8(ascii: ".") {
                if let complete = number { components.append(complete) } else if offset > 0 { return nil }
                number = nil
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), components.count < 128 else {
                return nil
            }
            let (tens, overflows) = (number ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = tens.addingReportingOverflow(UInt32(byte - UInt8(ascii: "0")))
            guard !overflows, !overflowsToo else { return nil }
            number = sum
        }
        guard let last = number else { return nil }
        components.append(last)
        return components
    }

    /// Lexicographic order, the order of a walk.
    package static func < (left: ObjectIdentifier, right: ObjectIdentifier) -> Bool {
        left.components.lexicographicallyPrecedes(right.components)
    }

    /// Whether this lies below `prefix`, or is it.
    package func isWithin(_ prefix: ObjectIdentifier) -> Bool {
        components.starts(with: prefix.components)
    }

    /// The numbers after `prefix`: a table's index; nil when this does not lie below it.
    package func suffix(after prefix: ObjectIdentifier) -> [UInt32]? {
        isWithin(prefix) ? Array(components.dropFirst(prefix.components.count)) : nil
    }

    /// This with more numbers at the end.
    package func appending(_ more: [UInt32]) -> ObjectIdentifier {
        ObjectIdentifier(components + more)
    }
}

extension ObjectIdentifier: CustomStringConvertible {
    /// `1.3.6.1.2.1`, without a leading dot.
    package var description: String {
        components.map(String.init).joined(separator: ".")
    }
}
