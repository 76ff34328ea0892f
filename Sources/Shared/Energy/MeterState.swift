package import Basics

/// One power and energy reading of one element, as the ledger takes it.
package struct MeterSample: Hashable, Sendable {
    /// The minute the reading was due.
    package var at: UnixTime
    /// Active power in watts; absent when not known.
    package var power: FixedPoint?
    /// The device's energy counter in watt-hours; absent when it has none.
    package var counter: FixedPoint?
    /// The counter's step in watt-hours; absent counts as 1.
    package var counterResolution: FixedPoint?
    /// When the device says its counter was last reset, in its own words.
    package var counterSince: String?
    /// The largest value in watt-hours that the counter shows before it begins again at 0; absent when its family
    /// documents none.
    package var counterMaximum: FixedPoint?
    /// What the element's circuit can carry at the most, in watts; absent when not known: then only what no rack PDU
    /// could carry is implausible (`LedgerPolicy.largestPower`).
    package var powerLimit: FixedPoint?
    /// The serial number of the unit that was read; absent when not known.
    package var unit: String?

    /// A sample of these values.
    package init(
        at: UnixTime,
        power: FixedPoint?,
        counter: FixedPoint? = nil,
        counterResolution: FixedPoint? = nil,
        counterSince: String? = nil,
        counterMaximum: FixedPoint? = nil,
        powerLimit: FixedPoint? = nil,
        unit: String? = nil
    ) {
        self.at = at
        self.power = power
        self.counter = counter
        self.counterResolution = counterResolution
        self.counterSince = counterSince
        self.counterMaximum = counterMaximum
        self.powerLimit = powerLimit
        self.unit = unit
    }
}

/// An energy counter in one of its epochs: the time since it last fell, was reset or was first seen.
package struct CounterState: Hashable, Sendable {
    /// When it was last read.
    package var at: UnixTime
    /// What it showed then, in watt-hours.
    package var value: FixedPoint
    /// When the device says it was last reset, in its own words.
    package var since: String?
    /// What it showed when the epoch began, in watt-hours.
    package var epochStart: FixedPoint
    /// The energy entered since the epoch began, in thousandths of a watt-second.
    package var epochEnergy: Int64
    /// The serial number of the unit whose counter it is; absent when not known.
    package var unit: String?
    /// Since when it has shown `value`.
    package var movedAt: UnixTime
    /// A jump that is withheld; absent when none is.
    package var withheld: WithheldJump?
    /// The stretch over which the counter and power are compared; absent when none can be.
    package var comparison: ScaleComparison?
    /// Whether the last comparison found that one of the two has a wrong scale.
    package var isScaleSuspect = false

    /// A counter of these values.
    package init(
        at: UnixTime,
        value: FixedPoint,
        since: String?,
        epochStart: FixedPoint,
        epochEnergy: Int64,
        unit: String? = nil,
        movedAt: UnixTime? = nil
    ) {
        self.at = at
        self.value = value
        self.since = since
        self.epochStart = epochStart
        self.epochEnergy = epochEnergy
        self.unit = unit
        self.movedAt = movedAt ?? at
    }
}

extension CounterState {
    /// Since when what it shows next may have flowed: since it last moved, but one that was read and stood still for
    /// longer than a counter may take its time was at rest.
    var mayCountSince: UnixTime { max(movedAt, at - LedgerPolicy.longestPause) }
}

/// A rise of a counter that no circuit could have drawn, not counted until it proves true.
package struct WithheldJump: Hashable, Sendable {
    /// When it was seen.
    package var at: UnixTime
    /// What the counter showed then, in watt-hours; `CounterState.value` stays what it was before.
    package var value: FixedPoint
    /// The epoch's energy up to then, in thousandths of a watt-second.
    package var epochEnergy: Int64

    /// A jump of these values.
    package init(at: UnixTime, value: FixedPoint, epochEnergy: Int64) {
        self.at = at
        self.value = value
        self.epochEnergy = epochEnergy
    }
}

/// What the ledger must remember of an element from one reading to the next.
///
/// Stored in the same transaction as the readings.
package struct MeterState: Hashable, Sendable {
    /// The time of the last sample.
    package var lastAt: UnixTime
    /// The time up to which energy has been entered, or from which it can be.
    package var enteredUntil: UnixTime
    /// The last sample that had a power.
    package var lastPower: PowerExtreme?
    /// The counter; absent while the element has shown none.
    package var counter: CounterState?
    /// Whether the last power was one that the circuit cannot carry, so that it is not remarked on again.
    package var isPowerWithheld = false

    /// A state of these parts.
    package init(lastAt: UnixTime, enteredUntil: UnixTime, lastPower: PowerExtreme?, counter: CounterState?) {
        self.lastAt = lastAt
        self.enteredUntil = enteredUntil
        self.lastPower = lastPower
        self.counter = counter
    }
}

extension MeterState {
    /// A time before which no later sample or correction adds anything.
    package var openSince: UnixTime {
        let power = min(enteredUntil, lastPower?.at ?? enteredUntil)
        return min(power, counter?.mayCountSince ?? power)
    }
}
