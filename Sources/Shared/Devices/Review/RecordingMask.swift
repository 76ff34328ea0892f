// Taking out of a recording what says whose device it is, so that its owner can give it away: letters become other
// letters and digits other digits, so that every text keeps its length and shape, and the recording decodes to the
// same numbers. Within one recording the same text always becomes the same.

package import MIB
package import Metering

/// Masks recordings.
package struct RecordingMask: Sendable {
    /// What is masked.
    package enum Subject: String, CaseIterable, Sendable {
        case serialNumber = "serial numbers"
        case systemText = "system contact, name and location"
        case name = "names of PDUs, outlets and sensors"
        case macAddress = "MAC addresses"
        case ipAddress = "IP addresses"
        case secret = "credentials and the address that was asked"
    }

    /// A recording without what identifies.
    package struct Result: Sendable {
        /// The objects, with masked values.
        package let bindings: [VariableBinding]
        /// How many values were masked, by what was in them.
        package let counts: [Subject: Int]
        /// How many objects were left out: tables whose very indexes are addresses, and settings.
        package let leftOut: Int
    }

    /// Subtrees that recordings never hold: addresses, routes, connections and neighbours, the settings of APC's cards,
    /// where communities are, and what net-snmp tells of the machine that it runs on.
    package static let neverRecorded: [ObjectIdentifier] = [
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 3]),  // at
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 4]),  // ip: ipAddrTable, ipNetToMediaTable, routes
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 6]),  // tcp
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 7]),  // udp
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 17]),  // bridge: forwarding tables
        ObjectIdentifier([1, 3, 6, 1, 6, 3]),  // SNMP's own users, targets and communities
        ObjectIdentifier([1, 3, 6, 1, 4, 1, 318, 2]),  // experimental: mconfig, mcontrol
        ObjectIdentifier([1, 3, 6, 1, 4, 1, 2021]),  // UCD-SNMP-MIB: processes, disks
        ObjectIdentifier([1, 3, 6, 1, 4, 1, 8072]),  // net-snmp: its commands and log
        ObjectIdentifier([1, 0, 8802]),  // LLDP
    ]

    /// The subtrees that a recording is made of unless others are named: system, UPS-MIB, ENTITY-MIB,
    /// ENTITY-SENSOR-MIB, and everything of vendors.
    package static let recorded: [ObjectIdentifier] = [
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 1]),
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 33]),
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 47]),
        ObjectIdentifier([1, 3, 6, 1, 2, 1, 99]),
        ObjectIdentifier([1, 3, 6, 1, 4, 1]),
    ]

    private var secrets: MaskedTexts
    private let keepsNames: Bool
    /// Where the device keeps names and serial numbers, as its profile says.
    private var places: [ObjectIdentifier: Subject] = [:]
    private static let subjects: [String: Subject] = ["serial": .serialNumber, "name": .name]

    /// A mask for the recording of a device.
    ///
    /// - Parameters:
    ///   - reading: what the recording decodes to, for the serial numbers and names in it; absent when it is of an
    ///     unknown family, and only well-known objects tell what identifies.
    ///   - origins: which objects the values of the reading came from: a name or serial number that stands there is one
    ///     even when it looks like a measurement.
    ///   - keepsNames: whether the names of PDUs, outlets and sensors stay.
    ///   - secrets: what must not be in the recording whatever it is: communities, users, the device's address.
    package init(
        reading: DeviceReading?,
        origins: [ValueOrigin] = [],
        keepsNames: Bool,
        secrets: [String] = []
    ) {
        self.secrets = MaskedTexts()
        self.keepsNames = keepsNames
        for secret in secrets { self.secrets.add(secret, .secret) }
        for origin in origins where !keepsNames || origin.quantity == "serial" {
            guard let subject = Self.subjects[origin.quantity] else { continue }
            for object in origin.objects where object != Introduction.sysDescr { places[object] = subject }
        }
        let readings = reading.map { [$0] + $0.linkedUnits.map(\.reading) } ?? []
        for reading in readings {
            self.secrets.spare([reading.identity.vendor, reading.identity.model, reading.identity.firmware])
        }
        for reading in readings {
            self.secrets.add(reading.identity.serial, .serialNumber)
            guard !keepsNames else { continue }
            let names = [reading.identity.name] + reading.elements.map(\.name) + reading.sensors.map(\.name)
            for name in names { self.secrets.add(name, .name) }
        }
    }

    /// `bindings` without what identifies; `random` decides what it becomes.
    package func masked(
        _ bindings: [VariableBinding],
        using random: inout some RandomNumberGenerator
    ) -> Result {
        let recorded = bindings.filter { binding in
            !Self.neverRecorded.contains { binding.identifier.isWithin($0) }
        }
        var texts = secrets
        for binding in recorded { learn(from: binding, &texts) }
        var run = MaskingRun(texts: texts)
        let masked = recorded.map { binding in
            VariableBinding(
                binding.identifier,
                run.masked(binding.value, at: binding.identifier, subject(of: binding), &random)
            )
        }
        return Result(bindings: masked, counts: run.counts, leftOut: bindings.count - recorded.count)
    }

    /// What well-known objects hold is masked wherever else it occurs.
    private func learn(from binding: VariableBinding, _ texts: inout MaskedTexts) {
        guard case .octets(let bytes) = binding.value else { return }
        if let subject = place(binding.identifier) { texts.add(DeviceText.clean(bytes), subject) }
        for serial in MarkedSerials.found(in: bytes) { texts.add(serial, .serialNumber) }
    }

    /// What `binding` holds, where that is known of its place; nil for others, and for what does not identify.
    private func subject(of binding: VariableBinding) -> Subject? {
        if let known = place(binding.identifier) { return known }
        guard case .octets(let bytes) = binding.value, let subject = places[binding.identifier],
            let text = DeviceText.clean(bytes), secrets.identifies(text, as: subject)
        else { return nil }
        return subject
    }

    /// What an object holds whose meaning is the same in every device; nil for others.
    private func place(_ identifier: ObjectIdentifier) -> Subject? {
        guard let subject = WellKnownObjects.subject(of: identifier) else { return nil }
        return subject == .name && keepsNames ? nil : subject
    }
}

/// Objects of common MIBs that identify a device.
private enum WellKnownObjects {
    private static let mib2 = ObjectIdentifier([1, 3, 6, 1, 2, 1])

    static func subject(of identifier: ObjectIdentifier) -> RecordingMask.Subject? {
        guard let rest = identifier.suffix(after: mib2) else { return nil }
        switch (rest.first, rest.count) {
        case (1, 3) where (4...6).contains(rest[1]): return .systemText  // sysContact, sysName, sysLocation
        // upsIdentName, upsIdentAttachedDevices
        case (33, 4) where rest[1] == 1 && (5...6).contains(rest[2]): return .name
        case (2, 5) where rest[1...3] == [2, 1, 6]: return .macAddress  // ifPhysAddress
        case (31, 6) where rest[1...4] == [1, 1, 1, 18]: return .name  // ifAlias
        case (47, 7) where rest[1...4] == [1, 1, 1, 1]:
            switch rest[5] {
            case 11: return .serialNumber  // entPhysicalSerialNum
            case 14, 15, 18: return .name  // entPhysicalAlias, AssetID, Uris
            default: return nil
            }
        default: return nil
        }
    }
}

/// Serial numbers that stand within a text, behind a word that says so: `(MN:AP8659 SN: ZA0000000001)`.
private enum MarkedSerials {
    private static let marks = [
        "sn:", "s/n:", "s/n ", "serial:", "serial number:", "serial no:", "serialnumber:", "serial=",
    ]

    static func found(in bytes: [UInt8]) -> [String] {
        guard bytes.count <= 1024, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return [] }
        let text = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        var serials: [String] = []
        for mark in marks.map({ Array($0.utf8) }) {
            for start in text.indices where text[start...].starts(with: mark) && !isWithinWord(text, start) {
                let word = bytes[(start + mark.count)...].drop { $0 == 0x20 || $0 == 0x23 }
                    .prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
                if word.count >= 5, word.contains(where: \.isDigit) {
                    serials.append(String(decoding: word, as: UTF8.self))
                }
            }
        }
        return serials
    }

    private static func isWithinWord(_ text: [UInt8], _ start: Int) -> Bool {
        start > 0 && text[start - 1].isAlphanumeric
    }
}
