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
    /// The vendor of every device of the family; absent when it has several.
    package let vendor: String?
    let recognition: Recognition
    let sources: [RowSource]
    /// What stands before a value in sysDescr, such as `MN:`, for identities that no table gives.
    let descriptionMarks: [Quantity: String]
    let estimate: EstimateObjects?
}

/// How a family is told from others.
struct Recognition: Hashable, Sendable {
    /// Where several families fit equally well, the highest is taken.
    let priority: Int
    /// sysObjectID lies at or below one of these.
    let objectIDs: [ObjectIdentifier]
    /// sysDescr contains one of these, in upper or lower case.
    let descriptions: [String]
    /// An object that every device of the family has.
    let probe: ObjectIdentifier
    /// Values of the probe that mean "this device does not use this table".
    let unset: UnsetValues
}

/// Where a unit keeps what an estimate of its power needs.
struct EstimateObjects: Hashable, Sendable {
    /// The nominal voltage that is set on the device, in volts.
    let nominalVoltage: ObjectSpec?
    /// Whether that voltage is between two lines, so that each phase of three has 1/√3 of it.
    let isLineToLine: Bool
    /// The power factor that is set on the device.
    let powerFactor: ObjectSpec?
}

/// Rows of one kind of element, or of sensors: a table, or a handful of single objects that make one row.
struct RowSource: Hashable, Sendable {
    /// What the rows are about.
    enum Subject: Hashable, Sendable {
        case element(ElementKind)
        case sensor
    }

    /// Where a row's number or unit stands.
    enum Position: Hashable, Sendable {
        /// In a column.
        case column(ObjectIdentifier)
        /// In the row's index, the component at this place, from 0.
        case index(Int)
    }

    let subject: Subject
    /// Whether it is read only when the sources before it left one of its values unknown everywhere.
    let isFallback: Bool
    /// Whether the values are single objects instead of columns.
    let isSingle: Bool
    /// Absent for the whole PDU, which needs no number.
    let number: Position?
    /// Which of several units behind one address the row belongs to; absent where there is only one.
    let unit: Position?
    /// Rows that do not satisfy all of these are not read.
    let conditions: [RowCondition]
    /// Which unit's row is that of the unit with the address; the first row's when absent.
    let host: RowCondition?
    /// What is read, by what it means.
    let values: [Quantity: ObjectSpec]
}

/// A condition on one column of a row.
struct RowCondition: Hashable, Sendable {
    let column: ObjectIdentifier
    /// The values that satisfy it, or with `isNegated` do not.
    let values: Set<Int64>
    /// Whether a row without this column is among `values`.
    let includesAbsent: Bool
    let isNegated: Bool
}

/// What an object or column means.
struct ObjectSpec: Hashable, Sendable {
    let object: ObjectIdentifier
    let scale: DecimalScale
    let unset: UnsetValues
    /// The step of an energy counter, Wh.
    let resolution: FixedPoint?
    /// The largest value of an energy counter before it begins again at 0, Wh.
    let maximum: FixedPoint?
    let on: Set<Int64>
    let off: Set<Int64>
    /// While this object has a value, the device has calculated its power from a nominal voltage.
    let estimatedWith: ObjectIdentifier?
    /// Whether 0 means "not there" while current flows.
    let isZeroUnsetUnderLoad: Bool
}

/// Raw values that mean "not there".
struct UnsetValues: Hashable, Sendable {
    let numbers: Set<Int64>
    /// In lower case, without blanks at the ends.
    let texts: Set<String>
}
