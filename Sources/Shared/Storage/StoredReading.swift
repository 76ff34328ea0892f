import Basics

/// What was measured of one element at one time, as the history keeps it.
///
/// Absent: not read.
struct StoredReading: Hashable {
    var time: UnixTime
    var element: Int64
    /// Watts.
    var power: FixedPoint?
    /// The energy counter, in watt-hours.
    var energy: FixedPoint?
    /// Amperes.
    var current: FixedPoint?
    /// Volts.
    var voltage: FixedPoint?
    /// Volt-amperes.
    var apparentPower: FixedPoint?
    var powerFactor: FixedPoint?
}
