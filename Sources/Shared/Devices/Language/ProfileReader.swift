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
            "direct_current",
        ] + subjects.map(\.key)

    /// The kinds of elements by their key, in the order in which they are decoded.
    private static let subjects: [(key: String, subject: RowSource.Subject, quantities: [Quantity])] = [
        ("pdu", .element(.pdu), Quantity.ofUnits),
        ("phases", .element(.phase), Quantity.ofElements),
        ("banks", .element(.bank), Quantity.ofBanks),
        ("outlets", .element(.outlet), Quantity.ofOutlets),
        ("sensors", .sensor, Quantity.ofSensors),
    ]

    /// The profile in `bytes`, the content of `file`, for a device with the sysObjectID `objectID`.
    ///
    /// An object identifier that begins with `sysObjectID.` is made complete with it, or with one that no device has.
    static func read(
        _ bytes: [UInt8],
        file: String,
        objectID: ObjectIdentifier?
    ) throws(ProfileError) -> DeviceProfile {
        let text = String(decoding: bytes, as: UTF8.self)
        let isRelative = text.contains(ownPrefix)
        let own = objectID ?? nobody
        let complete = isRelative ? Array(text.replacing(ownPrefix, with: "\(own).").utf8) : bytes
        let problems = ProblemList()
        let field = YAMLField(parsing: complete, file: file, problems: problems)
        let sum = fingerprint(of: bytes)
        let found = field.flatMap { profile($0, fingerprint: sum, isRelative: isRelative) }
        guard problems.problems.isEmpty, let found else {
            let sorted = problems.sorted(files: [file])
            let unknown = Problem(file: file, mark: nil, path: "", message: "it is not a profile")
            throw ProfileError(problems: sorted.isEmpty ? [unknown] : sorted)
        }
        return found
    }

    private static let ownPrefix = "sysObjectID."
    /// An enterprise that does not exist.
    private static let nobody = ObjectIdentifier([1, 3, 6, 1, 4, 1, .max])

    private static func profile(_ field: YAMLField, fingerprint: UInt64, isRelative: Bool) -> DeviceProfile? {
        guard let top = field.section(keys) else { return nil }
        let absent = top["absent"].rawValues() ?? .none
        let values = ValueReader(absent: absent)
        var sources: [RowSource] = []
        for (key, subject, quantities) in subjects {
            let reader = SourceReader(subject: subject, quantities: quantities, values: values)
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
            columnSet: Set(sources.flatMap(\.columns).map(\.column)),
            descriptionMarks: marks(top["description_marks"]),
            estimate: estimate(top["estimate"], values: values),
            isDirectCurrent: top["direct_current"].flag() ?? false,
            isRelative: isRelative,
            fingerprint: fingerprint
        )
    }

    /// 64 bits of FNV-1a: enough to tell a changed file, and the same on every machine.
    static func fingerprint(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
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

    private static func recognition(_ field: YAMLField, absent: RawValues) -> Recognition? {
        guard let section = field.section(["priority", "object_ids", "descriptions", "answers"]) else {
            return nil
        }
        let objectIDs = section["object_ids"].list()?.compactMap { $0.objectIdentifier() }
        let probes = section.required("answers").items().compactMap { $0.objectIdentifier() }
        guard !probes.isEmpty else { return nil }
        return Recognition(
            priority: section["priority"].integer(in: 0...1000) ?? 500,
            objectIDs: objectIDs ?? [],
            descriptions: section["descriptions"].list()?.compactMap { $0.text() } ?? [],
            probes: probes,
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

    private static func estimate(_ field: YAMLField, values: ValueReader) -> EstimateObjects? {
        guard let section = field.section(["nominal_voltage", "line_to_line", "power_factor"]) else {
            return nil
        }
        return EstimateObjects(
            nominalVoltage: values.values(section["nominal_voltage"], of: .voltage, entry: nil).first,
            isLineToLine: section["line_to_line"].flag() ?? false,
            powerFactor: values.values(section["power_factor"], of: .powerFactor, entry: nil).first
        )
    }
}
