/// What a device says it is.
///
/// Absent: it does not say.
package struct DeviceIdentity: Hashable, Sendable {
    package var vendor: String?
    package var model: String?
    package var serial: String?
    package var firmware: String?
    /// The name set on the device.
    package var name: String?

    /// An identity that knows nothing yet.
    package init() {}
}

/// Everything read from one PDU in one poll.
package struct DeviceReading: Equatable, Sendable {
    /// The profile that decoded it, such as `apc-rpdu2`.
    package var profile: String
    /// What the device says it is.
    package var identity: DeviceIdentity
    /// Its elements, the whole PDU first, each kind in the order of its numbers.
    package var elements: [ElementReading]
    /// Its temperature and humidity probes.
    package var sensors: [SensorReading]
    /// Further units behind the same address, each a PDU of its own, in the order of their numbers.
    package var linkedUnits: [LinkedUnit]

    /// A reading of these parts.
    package init(
        profile: String,
        identity: DeviceIdentity,
        elements: [ElementReading],
        sensors: [SensorReading],
        linkedUnits: [LinkedUnit] = []
    ) {
        self.profile = profile
        self.identity = identity
        self.elements = elements
        self.sensors = sensors
        self.linkedUnits = linkedUnits
    }
}

/// A unit that is read through another one's address: a guest of Network Port Sharing, a link of a Sentry master, a
/// strapped ePDU.
package struct LinkedUnit: Equatable, Sendable {
    /// Its number behind the address, as the devices count; never that of the unit with the address.
    package let number: Int
    /// What was read of it; it has no linked units of its own.
    package let reading: DeviceReading

    /// The unit `number` with its reading.
    package init(number: Int, reading: DeviceReading) {
        self.number = number
        self.reading = reading
    }
}

/// Why a PDU could not be read: the `reason` of the interface contract.
package enum FailureReason: String, CaseIterable, Sendable {
    /// No answer within the time-out and its retries.
    case timeout
    /// The address cannot be resolved, or the network says that nothing is there.
    case unreachable
    /// The agent does not know the user (RFC 3414 usmStatsUnknownUserNames).
    case unknownUser = "unknown_user"
    /// The agent says the digest is wrong (usmStatsWrongDigests).
    case wrongAuthPassphrase = "wrong_auth_passphrase"
    /// The agent cannot decrypt (usmStatsDecryptionErrors), or stays silent exactly when asked with privacy.
    case wrongPrivacyPassphrase = "wrong_privacy_passphrase"
    /// The agent refuses the security level (usmStatsUnsupportedSecLevels).
    case unsupportedSecurityLevel = "unsupported_security_level"
    /// The agent's clock disagrees even after synchronising (usmStatsNotInTimeWindows).
    case notInTimeWindow = "not_in_time_window"
    /// It answers, but no profile fits it.
    case unsupportedDevice = "unsupported_device"
    /// It answers, but not in a way that makes sense.
    case badResponse = "bad_response"
    /// The run's deadline came first.
    case deadline
}

/// What became of one PDU in one poll.
package enum PollOutcome: Equatable, Sendable {
    /// It was read.
    case read(DeviceReading)
    /// It was not; with the reason and one sentence for people.
    case failed(FailureReason, String)
}
