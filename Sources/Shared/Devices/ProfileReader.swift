// From a profile file to a profile, strictly: what is not understood is an error with its line, its key and what is
// allowed there. The language is described in docs/profiles.md; every key has one function or line here.

import Basics
import MIB
import Metering
import YAML

/// Reads one profile file.
struct ProfileReader {
    private static let keys =
        [
            "name", "description", "vendor", "recognise", "absent", "description_marks", "estimate",
        ] + subjects.map(\.key)

    /// The kinds of elements by their key, in the order in which they are decoded.
    private static let subjects: [(key: String, subject: RowSource.Subject, quantities: [Quantity])] = [
        ("pdu", .element(.pdu), Quantity.ofUnits),
        ("phases", .element(.phase), Quantity.ofElements),
        ("banks", .element(.bank), Quantity.ofElements),
        ("outlets", .element(.outlet), Quantity.ofOutlets),
        ("sensors", .sensor, Quantity.ofSensors),
    ]

    /// The profile in `bytes`, the content of `file`.
    static func read(_ bytes: [UInt8], file: String) throws(ProfileError) -> DeviceProfile {
        let problems = ProblemList()
        let profile = YAMLField(parsing: bytes, file: file, problems: problems).flatMap(profile)
        guard problems.problems.isEmpty, let profile else {
            let sorted = problems.sorted(files: [file])
            let unknown = Problem(file: file, mark: nil, path: "", message: "it is not a profile")
            throw ProfileError(problems: sorted.isEmpty ? [unknown] : sorted)
        }
        return profile
    }

    private static func profile(_ field: YAMLField) -> DeviceProfile? {
        guard let top = field.section(keys) else { return nil }
        let absent = unsetValues(top["absent"]) ?? UnsetValues(numbers: [], texts: [])
        let objects = ObjectReader(absent: absent)
        var sources: [RowSource] = []
        for (key, subject, quantities) in subjects {
            let reader = SourceReader(subject: subject, quantities: quantities, objects: objects)
            sources += (top[key].list() ?? []).compactMap(reader.source)
        }
        if sources.isEmpty {
            field.report("nothing to read; give at least one of pdu, phases, banks, outlets")
        }
        guard let name = profileName(top.required("name")),
            let summary = top.required("description").text(),
            let recognition = recognition(top.required("recognise"), absent: absent)
        else { return nil }
        return DeviceProfile(
            name: name,
            summary: summary,
            vendor: top["vendor"].text(),
            recognition: recognition,
            sources: sources,
            descriptionMarks: marks(top["description_marks"]),
            estimate: estimate(top["estimate"], objects: objects)
        )
    }

    private static func profileName(_ field: YAMLField) -> String? {
        field.converted(expected: "a name of small letters, digits and hyphens, such as apc-rpdu2") { text in
            let isName = text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
            return isName && !text.isEmpty && text.utf8.count <= 64 ? text : nil
        }
    }

    private static func recognition(_ field: YAMLField, absent: UnsetValues) -> Recognition? {
        guard let section = field.section(["priority", "object_ids", "descriptions", "answers"]) else {
            return nil
        }
        let objectIDs = section["object_ids"].list()?.compactMap { $0.objectIdentifier() }
        guard let probe = section.required("answers").objectIdentifier() else { return nil }
        return Recognition(
            priority: section["priority"].integer(in: 0...1000) ?? 500,
            objectIDs: objectIDs ?? [],
            descriptions: section["descriptions"].list()?.compactMap { $0.text() } ?? [],
            probe: probe,
            unset: absent
        )
    }

    private static func marks(_ field: YAMLField) -> [Quantity: String] {
        let section = field.section(Quantity.ofIdentity.map(\.rawValue))
        var marks: [Quantity: String] = [:]
        for quantity in Quantity.ofIdentity {
            marks[quantity] = section?[quantity.rawValue].converted(expected: "what stands before the value")
            {
                $0.isEmpty ? nil : $0
            }
        }
        return marks
    }

    private static func estimate(_ field: YAMLField, objects: ObjectReader) -> EstimateObjects? {
        guard let section = field.section(["nominal_voltage", "line_to_line", "power_factor"]) else {
            return nil
        }
        return EstimateObjects(
            nominalVoltage: objects.object(section["nominal_voltage"], of: .voltage, entry: nil),
            isLineToLine: section["line_to_line"].flag() ?? false,
            powerFactor: objects.object(section["power_factor"], of: .powerFactor, entry: nil)
        )
    }
}

/// The raw values that `field` lists: whole numbers, and texts in any case; nil when it is absent.
func unsetValues(_ field: YAMLField) -> UnsetValues? {
    guard let texts = field.list()?.compactMap({ $0.text() }) else { return nil }
    let numbers = texts.compactMap { Int64($0) }
    let words = texts.filter { Int64($0) == nil }.compactMap {
        DeviceText.clean(Array($0.utf8))?.lowercased()
    }
    return UnsetValues(numbers: Set(numbers), texts: Set(words))
}

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

    /// The value as a list of whole numbers; with `wordForAbsent`, that word may be among them.
    func wholeNumbers(orAbsent isAbsentAllowed: Bool = false) -> (numbers: Set<Int64>, hasAbsent: Bool)? {
        guard let items = list() else { return nil }
        var numbers: Set<Int64> = []
        var hasAbsent = false
        for item in items {
            guard let text = item.text() else { continue }
            if let number = Int64(text) {
                numbers.insert(number)
            } else if isAbsentAllowed, text == "absent" {
                hasAbsent = true
            } else {
                item.reportMismatch(expected: "a whole number\(isAbsentAllowed ? ", or absent" : "")")
            }
        }
        return (numbers, hasAbsent)
    }
}

/// iso.org.dod.internet: where every object of SNMP lies.
private let internet = ObjectIdentifier([1, 3, 6, 1])
