package import Basics

/// Whether an outlet passes current.
package enum SwitchState: String, Sendable {
    case on
    case off
    /// The device has a state but gives a value that is neither, such as "cycling".
    case unknown
}

/// What one element measured at one time.
///
/// An absent value is one that the device does not give; it is never 0.
package struct ElementReading: Equatable, Sendable {
    /// Where.
    package let element: Element
    /// The name that the device gives the element; absent when it gives none.
    package var name: String?
    /// Active power in watts.
    package var activePower: FixedPoint?
    /// Apparent power in volt-amperes.
    package var apparentPower: FixedPoint?
    /// RMS current in amperes.
    package var current: FixedPoint?
    /// RMS voltage in volts.
    package var voltage: FixedPoint?
    /// Power factor, 0...1; negative where the device says "leading" so.
    package var powerFactor: FixedPoint?
    /// The device's own energy counter in watt-hours, since whenever it was last reset.
    package var energy: FixedPoint?
    /// The step of the energy counter in watt-hours, as its family documents it: 100 for a counter in 0.1 kWh.
    package var energyResolution: FixedPoint?
    /// The largest value of the energy counter in watt-hours, as its family documents it, before it begins again at 0.
    package var energyMaximum: FixedPoint?
    /// When the device says its energy counter was last reset, in the device's own words.
    package var energySince: String?
    /// Whether it passes current; absent where it cannot be switched.
    package var state: SwitchState?
    /// Rated current in amperes; absent when the device does not say.
    package var ratedCurrent: FixedPoint?
    /// Rated active power in watts; absent when the device does not say.
    package var ratedPower: FixedPoint?
    /// The current in amperes above which the device warns; absent when it does not say, or does not watch.
    package var warningCurrent: FixedPoint?
    /// The current in amperes above which the device calls it an overload; absent when it does not say.
    package var criticalCurrent: FixedPoint?
    /// The number of the bank that feeds an outlet; absent when the device does not say.
    package var bank: Int?
    /// The number of the phase that feeds a bank or an outlet; absent when the device does not say, and for what lies
    /// between two phases.
    package var phase: Int?
    /// Whether `activePower` was calculated (current × nominal voltage × power factor) instead of measured.
    package var powerIsEstimate = false

    /// A reading of `element` that knows nothing yet.
    package init(_ element: Element) {
        self.element = element
    }
}

/// What one temperature and humidity probe measured.
package struct SensorReading: Equatable, Sendable {
    /// Its number on the PDU, from 1.
    package let number: Int
    /// The name that the device gives it.
    package var name: String?
    /// Temperature in °C.
    package var temperature: FixedPoint?
    /// Relative humidity in per cent, 0...100.
    package var humidity: FixedPoint?

    /// A reading of probe `number` that knows nothing yet.
    package init(number: Int) {
        self.number = number
    }
}
