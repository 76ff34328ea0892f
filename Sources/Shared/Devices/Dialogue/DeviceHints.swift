package import Basics

/// What the operator says about a device, from the configuration.
package struct DeviceHints: Hashable, Sendable {
    /// The profile to read it with; absent: recognise it.
    package var profile: String?
    /// Volts between a phase and what its loads are connected to, for units that measure current only; absent: the
    /// device's own setting, if it has one.
    package var nominalVoltage: FixedPoint?
    /// For units that measure current only; absent: the device's own setting, else 1.
    package var powerFactor: FixedPoint?

    /// Hints of these values.
    package init(profile: String? = nil, nominalVoltage: FixedPoint? = nil, powerFactor: FixedPoint? = nil) {
        self.profile = profile
        self.nominalVoltage = nominalVoltage
        self.powerFactor = powerFactor
    }
}
