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
        let digits = text.hasPrefix(".") ? text.dropFirst() : text[...]
        var components: [UInt32] = []
        for part in digits.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = UInt32(part), part.first != "+" else { return nil }
            components.append(number)
        }
        guard !components.isEmpty, components.count <= 128 else { return nil }
        self.components = components
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
