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

    /// A sample of these values.
    package init(
        at: UnixTime,
        power: FixedPoint?,
        counter: FixedPoint? = nil,
        counterResolution: FixedPoint? = nil,
        counterSince: String? = nil
    ) {
        self.at = at
        self.power = power
        self.counter = counter
        self.counterResolution = counterResolution
        self.counterSince = counterSince
    }
}

/// What the ledger must remember of an element from one reading to the next.
///
/// Stored in the same transaction as the readings.
package struct MeterState: Hashable, Sendable {
    /// The last sample.
    package var last: MeterSample
    /// The last sample that had a power.
    package var lastPower: PowerExtreme?
    /// When the counter was last read; absent while the element has shown none.
    package var counterAt: UnixTime?
    /// The counter at the beginning of its epoch, the time since it last fell or was reset, in watt-hours.
    package var epochStart: FixedPoint?
    /// The energy that the ledger gave out since the beginning of the epoch, in thousandths of a watt-second.
    package var epochEnergy: Int64 = 0

    /// The state after a first sample.
    package init(last: MeterSample) {
        self.last = last
    }
}

/// The rules by which readings become energy.
package struct LedgerPolicy: Hashable, Sendable {
    /// Seconds beyond which nothing is known of the time between two readings.
    package var maximumGap: Int64

    /// A policy of `maximumGap` seconds.
    package init(maximumGap: Int64) {
        self.maximumGap = maximumGap
    }
}
