// The meaning of one MIB family's tables, as a profile file gives it (docs/profiles.md). These are plain values: the
// reader fills them, recognition, conversation and decoding use them, and none of them knows YAML.

import Basics
import MIB
import Metering

/// How the devices of one family are recognised and read.
package struct DeviceProfile: Hashable, Sendable {
    /// Its name, such as `apc-rpdu2`: what a configuration may ask for and a reading tells.
    package let name: String
    /// One line for people.
    package let summary: String
    /// The vendor of a device that does not say another; absent when the family has several.
    package let vendor: String?
    let recognition: Recognition
    let sources: [RowSource]
    /// Every column that any source may read.
    let columnSet: Set<ObjectIdentifier>
    /// What stands before a value in sysDescr, such as `MN:`, for identities that no table gives.
    let descriptionMarks: [Quantity: String]
    let estimate: EstimateObjects?
    /// Whether it distributes direct current, so that volts × amperes are watts.
    let isDirectCurrent: Bool
    /// Whether its tables lie below the device's own sysObjectID.
    let isRelative: Bool
    /// Differs between any two profiles, so that what was learned with one is not used with another.
    let fingerprint: UInt64
}

/// How a family is told from others.
struct Recognition: Hashable, Sendable {
    /// Where several families fit equally well, the highest is taken.
    let priority: Int
    /// sysObjectID lies at or below one of these.
    let objectIDs: [ObjectIdentifier]
    /// sysDescr contains one of these, in upper or lower case.
    let descriptions: [String]
    /// Objects, columns or tables, one of which every device of the family has.
    let probes: [ObjectIdentifier]
    /// Values of the probe that mean "this device does not use this table".
    let unset: RawValues
}

/// Where a unit keeps what an estimate of its power needs.
struct EstimateObjects: Hashable, Sendable {
    /// The nominal voltage that is set on the device, in volts.
    let nominalVoltage: ValueSpec?
    /// Whether that voltage is between two lines, so that each phase of three has 1/√3 of it.
    let isLineToLine: Bool
    /// The power factor that is set on the device.
    let powerFactor: ValueSpec?
}
