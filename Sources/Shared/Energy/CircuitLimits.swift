// What the circuits of a PDU can carry at the most, from what is printed on it: what is beyond that by far was
// misread. Coarse on purpose, so that a limit does not change from minute to minute with the voltage.

package import Basics
package import Metering

/// The most that the elements of one PDU can carry.
package struct CircuitLimits: Hashable, Sendable {
    private let volts: Int64
    private let poles: Int64

    /// The limits of the PDU that gave `reading`.
    ///
    /// Its voltage counts as the next of 150, 300 and 500 V above the highest that was read (nominal voltages to
    /// earth and between lines are 100…127, 200…277 and 346…480 V, by IEC 60038), 300 V when none was; its poles are
    /// its phases, 3 when it has not said.
    package init(of reading: DeviceReading) {
        var highest: Int64 = 0
        for element in reading.elements { highest = max(highest, element.voltage?.thousandths ?? 0) }
        switch highest {
        case 1...150_000: volts = 150
        case ...300_000: volts = 300
        default: volts = 500
        }
        let phases = reading.elements.count { $0.element.kind == .phase }
        poles = phases > 0 ? Int64(phases) : 3
    }

    /// The most that the element of `reading` can carry, in watts: its rated current times the voltage, for the
    /// whole unit times the poles.
    ///
    /// Where the device does not say a rated current, it is that of the largest circuit of its kind that is sold
    /// (32 A for an outlet, 63 A for a bank, 125 A for a phase and for each of three poles of a unit).
    package func powerLimit(of reading: ElementReading) -> FixedPoint {
        let rated = reading.ratedCurrent.flatMap { $0.thousandths > 0 ? $0.thousandths : nil }
        let (largest, poles): (Int64, Int64) =
            switch reading.element.kind {
            case .outlet: (32_000, 1)
            case .bank: (63_000, 1)
            case .phase: (125_000, 1)
            case .pdu: (125_000, rated == nil ? 3 : self.poles)
            }
        let (milliwatts, isTooLarge) = (rated ?? largest).multipliedReportingOverflow(by: volts * poles)
        return FixedPoint(thousandths: isTooLarge ? .max : milliwatts)
    }
}
