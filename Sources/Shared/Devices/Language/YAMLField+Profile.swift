// The forms in which values stand in a profile file.

import Basics
import MIB
import YAML

extension YAMLField {
    /// The value as a complete object identifier.
    func objectIdentifier() -> ObjectIdentifier? {
        converted(expected: "an object identifier by number, such as 1.3.6.1.4.1.318") { text in
            ObjectIdentifier(text).flatMap { $0.isWithin(internet) && $0 != internet ? $0 : nil }
        }
    }

    /// The value as a column: below `entry` when it is a number or two, as it is when it is complete.
    func column(below entry: ObjectIdentifier) -> ObjectIdentifier? {
        converted(expected: "a column's number, or a complete object identifier") { text in
            guard let identifier = ObjectIdentifier(text) else { return nil }
            return identifier.isWithin(internet) ? identifier : entry.appending(identifier.components)
        }
    }

    /// The fields of a list, or the field itself where it is no list; none when it is absent.
    func items() -> [YAMLField] {
        guard let node else { return [] }
        if case .sequence = node.content { return list() ?? [] }
        return [self]
    }

    /// Whether the value is a mapping.
    var isMapping: Bool {
        if case .mapping? = node?.content { true } else { false }
    }

    /// The raw values that the field lists, or the only one; nil when it is absent.
    ///
    /// With `hasAbsent`, the word `absent` may be among them, and sets it.
    func rawValues(hasAbsent: UnsafeMutablePointer<Bool>? = nil) -> RawValues? {
        guard isPresent else { return nil }
        var numbers: Set<Int64> = []
        var texts: Set<String> = []
        for item in items() {
            guard let text = item.text("a number or a text") else { continue }
            if let number = Int64(text) {
                numbers.insert(number)
            } else if text == "absent", let hasAbsent {
                hasAbsent.pointee = true
            } else if let clean = DeviceText.clean(Array(text.utf8)) {
                texts.insert(clean.lowercased())
            }
        }
        return RawValues(numbers: numbers, texts: texts)
    }

    /// The value as a pattern.
    func textPattern() -> TextPattern? {
        let most = TextPattern.mostWildcards
        return converted(
            expected: "a text with at most \(most) of #, @ and *, and one pair of braces at most"
        ) {
            TextPattern($0)
        }
    }

    /// The value as what to multiply by.
    func scale() -> DecimalScale? {
        converted(expected: "what to multiply by, such as 10 or 0.1") { DecimalScale($0) }
    }

    /// The value as a place: a column, or `{ column: … }` or `{ object: … }`; a single object where there is no entry.
    func place(below entry: ObjectIdentifier?) -> ValuePlace? {
        guard isMapping else { return plainPlace(below: entry) }
        guard let section = section(["column", "object"]) else { return nil }
        return section.place(below: entry)
    }

    /// The value, which is no mapping, as a place.
    func plainPlace(below entry: ObjectIdentifier?) -> ValuePlace? {
        guard isPresent else { return nil }
        if let entry { return column(below: entry).map { .column($0) } }
        return objectIdentifier().map { .object($0) }
    }
}

extension YAMLSection {
    /// The place that the keys `column` or `object` give; a problem where there is neither, or both.
    func place(below entry: ObjectIdentifier?) -> ValuePlace? {
        if self["column"].isPresent {
            if self["object"].isPresent { self["object"].report("give either column or object") }
            guard entry != nil else {
                self["column"].report("there are no columns without an entry; give an object")
                return nil
            }
            return self["column"].plainPlace(below: entry)
        }
        return required(entry == nil ? "object" : self["object"].isPresent ? "object" : "column")
            .plainPlace(below: nil)
    }
}

/// iso.org.dod.internet: where every object of SNMP lies.
private let internet = ObjectIdentifier([1, 3, 6, 1])
