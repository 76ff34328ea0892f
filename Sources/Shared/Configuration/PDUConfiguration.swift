package import Basics

/// One PDU to poll.
package struct PDUConfiguration: Hashable, Sendable {
    /// Its identity: `id` where given, else the name.
    package var key: String
    /// Unique.
    package var name: String
    /// As written.
    package var address: String
    /// The host part of the address, without brackets.
    package var host: String
    /// The UDP port, 1...65535.
    package var port: Int
    /// The name of its credential, which exists.
    package var credential: String
    /// The profile to use; absent: recognise the device.
    package var profile: String?
    /// Volts, for units that measure current only; absent: the device's own setting, if it has one.
    package var nominalVoltage: FixedPoint?
    /// For units that measure current only; absent: the device's own setting, else 1.
    package var powerFactor: FixedPoint?
    /// Seconds that one attempt waits.
    package var timeout: FixedPoint
    /// Attempts after the first.
    package var retries: Int

    /// A PDU at `host`, with what the operator may leave out left out.
    package init(
        key: String? = nil,
        name: String,
        address: String,
        host: String,
        port: Int,
        credential: String,
        profile: String? = nil,
        nominalVoltage: FixedPoint? = nil,
        powerFactor: FixedPoint? = nil,
        timeout: FixedPoint = FixedPoint(3),
        retries: Int = 3
    ) {
        self.key = key ?? name
        self.name = name
        self.address = address
        self.host = host
        self.port = port
        self.credential = credential
        self.profile = profile
        self.nominalVoltage = nominalVoltage
        self.powerFactor = powerFactor
        self.timeout = timeout
        self.retries = retries
    }
}
