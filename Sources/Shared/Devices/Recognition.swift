// Which family a device belongs to. An answering table is better evidence than a name: sysObjectID is shared by
// generations and sometimes cut to the vendor's number, and sysDescr is prose.

import MIB

/// What a device says of itself before anything is known of it.
struct Introduction: Sendable {
    /// sysDescr.0 (SNMPv2-MIB).
    static let sysDescr = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 1, 0])
    /// sysObjectID.0 (SNMPv2-MIB).
    static let sysObjectID = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 2, 0])

    let objectID: ObjectIdentifier?
    let description: String?
    private let values: [ObjectIdentifier: SNMPValue]

    init(_ values: [ObjectIdentifier: SNMPValue]) {
        self.values = values
        if case .identifier(let identifier)? = values[Self.sysObjectID] {
            objectID = identifier
        } else {
            objectID = nil
        }
        if case .octets(let bytes)? = values[Self.sysDescr] {
            description = DeviceText.clean(bytes)
        } else {
            description = nil
        }
    }

    /// How well a profile fits, best first: the probe has a value rather than a sentinel, sysObjectID agrees,
    /// sysDescr agrees, priority; nil when the probe is not there.
    ///
    /// The probe comes first because hardware of one generation with a management card of the next has both
    /// generations' tables, and says -1 in those that it cannot fill (APC AP79xxB).
    func fitness(of recognition: Recognition) -> [Int]? {
        guard let probe = values[recognition.probe], probe != .null else { return nil }
        let isUsable = recognition.unset.contains(probe) ? 0 : 1
        let hasObjectID = objectID.map { id in recognition.objectIDs.contains { id.isWithin($0) } } ?? false
        let text = description?.lowercased() ?? ""
        let hasDescription = recognition.descriptions.contains { text.contains($0.lowercased()) }
        return [isUsable, hasObjectID ? 1 : 0, hasDescription ? 1 : 0, recognition.priority]
    }

    /// What the device says it is, for a message.
    var words: String {
        let identifier = objectID.map { "sysObjectID \($0)" } ?? "no sysObjectID"
        let text = description.map { "sysDescr \"\($0.prefix(120))\"" } ?? "no sysDescr"
        return "\(identifier), \(text)"
    }
}

extension ProfileCatalog {
    /// What to ask a device of which nothing is known.
    var questions: [ObjectIdentifier] {
        [Introduction.sysDescr, Introduction.sysObjectID] + profiles.map(\.recognition.probe)
    }

    /// The profiles whose sysObjectIDs include that of the device, the closest first.
    func profiles(relatedTo device: Introduction) -> [DeviceProfile] {
        let matches = profiles.compactMap { profile -> (length: Int, profile: DeviceProfile)? in
            let prefixes = profile.recognition.objectIDs.filter { device.objectID?.isWithin($0) ?? false }
            return prefixes.map(\.components.count).max().map { ($0, profile) }
        }
        return matches.sorted { $0.length > $1.length }.map(\.profile)
    }

    /// The profile that fits best; nil when none does.
    func bestProfile(for device: Introduction) -> DeviceProfile? {
        var best: (fitness: [Int], profile: DeviceProfile)?
        for profile in profiles {
            guard let fitness = device.fitness(of: profile.recognition) else { continue }
            if let best, !best.fitness.lexicographicallyPrecedes(fitness) { continue }
            best = (fitness, profile)
        }
        return best?.profile
    }
}

extension UnsetValues {
    /// Whether `value` means "not there".
    func contains(_ value: SNMPValue) -> Bool {
        switch value {
        case .null, .absent, .endOfView: true
        case .integer(let number): numbers.contains(number)
        case .unsigned(let number): Int64(exactly: number).map(numbers.contains) ?? false
        case .octets(let bytes):
            DeviceText.clean(bytes).map { texts.contains($0.lowercased()) } ?? true
        case .timeTicks, .identifier, .address: false
        }
    }
}
