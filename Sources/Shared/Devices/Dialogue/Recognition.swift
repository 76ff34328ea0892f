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
        description = Self.description(values[Self.sysDescr])
    }

    /// The text that `value`, of sysDescr, is.
    static func description(_ value: SNMPValue?) -> String? {
        if case .octets(let bytes)? = value { DeviceText.clean(bytes) } else { nil }
    }

    /// How well a profile fits, best first: the probe has a value rather than a sentinel, sysObjectID agrees,
    /// sysDescr agrees, priority; nil when none of its probes is there.
    ///
    /// The probe comes first because hardware of one generation with a management card of the next has both
    /// generations' tables, and says -1 in those that it cannot fill (APC AP79xxB).
    func fitness(of recognition: Recognition, probed: [ObjectIdentifier: SNMPValue]) -> [Int]? {
        let found = recognition.probes.compactMap { probed[$0] }.filter { $0 != .null }
        guard !found.isEmpty else { return nil }
        let isUsable = found.contains { !recognition.unset.isUnset($0) }
        let text = description?.lowercased() ?? ""
        let hasDescription = recognition.descriptions.contains { text.contains($0.lowercased()) }
        return [
            isUsable ? 1 : 0, agrees(with: recognition) ? 1 : 0, hasDescription ? 1 : 0, recognition.priority,
        ]
    }

    /// Whether sysObjectID is one of the family's.
    func agrees(with recognition: Recognition) -> Bool {
        objectID.map { id in recognition.objectIDs.contains { id.isWithin($0) } } ?? false
    }

    /// What the device says it is, for a message.
    var words: String {
        let identifier = objectID.map { "sysObjectID \($0)" } ?? "no sysObjectID"
        let text = description.map { "sysDescr \"\($0.prefix(120))\"" } ?? "no sysDescr"
        return "\(identifier), \(text)"
    }
}

/// The profiles that fit a device, as far as its probes have been asked for.
struct Suitors: Sendable {
    private let device: Introduction
    private let profiles: [DeviceProfile]
    /// The first value at or below each probe that has one.
    private var probed: [ObjectIdentifier: SNMPValue] = [:]

    /// Of `profiles`, all that there are, those that fit `device`.
    init(of device: Introduction, among profiles: [DeviceProfile]) {
        self.device = device
        self.profiles = profiles
    }

    /// The probes of the profiles whose sysObjectIDs agree with the device's.
    var closeProbes: [ObjectIdentifier] {
        profiles.filter { device.agrees(with: $0.recognition) }.flatMap(\.recognition.probes)
    }

    /// The probes of all other profiles.
    var otherProbes: [ObjectIdentifier] {
        profiles.filter { !device.agrees(with: $0.recognition) }.flatMap(\.recognition.probes)
    }

    /// Takes what was found at or below the probes.
    mutating func take(_ values: [ObjectIdentifier: SNMPValue]) {
        probed.merge(values) { old, _ in old }
    }

    /// The profiles that fit, the best first.
    var ranked: [DeviceProfile] {
        let fitting = profiles.compactMap { profile in
            device.fitness(of: profile.recognition, probed: probed).map { (fitness: $0, profile: profile) }
        }
        // Names break ties, so that the same device is always the same family.
        let sorted = fitting.sorted { left, right in
            left.fitness == right.fitness
                ? left.profile.name < right.profile.name
                : right.fitness.lexicographicallyPrecedes(left.fitness)
        }
        return sorted.map(\.profile)
    }

    /// Whether a profile fits in every respect: one whose sysObjectIDs agree, and whose probe has a value.
    var hasCloseFit: Bool {
        profiles.contains { profile in
            guard let fitness = device.fitness(of: profile.recognition, probed: probed) else { return false }
            return fitness[0] == 1 && fitness[1] == 1
        }
    }

    /// The profiles whose sysObjectIDs include that of the device, the closest first, then those of higher priority.
    var related: [DeviceProfile] {
        let matches = profiles.compactMap { profile -> (length: Int, profile: DeviceProfile)? in
            let prefixes = profile.recognition.objectIDs.filter { device.objectID?.isWithin($0) ?? false }
            return prefixes.map(\.components.count).max().map { ($0, profile) }
        }
        return matches.sorted { left, right in
            (left.length, left.profile.recognition.priority) > (
                right.length, right.profile.recognition.priority
            )
        }
        .map(\.profile)
    }
}
