// What a circuit can have carried. A power or a rise of a counter beyond that, with a margin, was never drawn: a
// digit lost on the way, another unit's value, a counter that came back from zero.

import Basics

/// The bounds of what can be true of a sample.
struct Plausibility {
    /// The highest power that is believed, in thousandths of a watt.
    let largestPower: Int64
    /// The counter's step in thousandths of a watt-hour.
    let step: Int64

    /// The bounds for the element of `sample`.
    init(_ sample: MeterSample) {
        largestPower = Plausibility.largest(sample.powerLimit)
        step = Plausibility.step(sample.counterResolution)
    }

    /// The step of a counter of `resolution` watt-hours, in thousandths of one: a watt-hour where that is absent, or no
    /// step that any counter has.
    static func step(_ resolution: FixedPoint?) -> Int64 {
        // From a milliwatt-hour to a megawatt-hour, whose products fit.
        guard let resolution, 1...1_000_000_000 ~= resolution.thousandths else {
            return FixedPoint(1).thousandths
        }
        return resolution.thousandths
    }

    /// The highest power that is believed where the circuit carries `limit`, in thousandths of a watt.
    static func largest(_ limit: FixedPoint?) -> Int64 {
        var rating = LedgerPolicy.largestPower.thousandths
        // A limit beyond a hundred times that says nothing, and its products would not fit.
        if let limit, limit.thousandths > 0 { rating = min(limit.thousandths, rating * 100) }
        return rating * LedgerPolicy.margin.numerator / LedgerPolicy.margin.denominator
    }

    /// The largest rise, in thousandths of a watt-hour, that a counter can show after `seconds`: two steps more than
    /// what can have flowed, since a counter moves in steps.
    func largestRise(in seconds: Int64) -> Int64 {
        proportion(of: largestPower, max(0, seconds), 3600) + 2 * step
    }

    /// The largest rise of `counter` by `time`, in thousandths of a watt-hour.
    func largestRise(of counter: CounterState, by time: UnixTime) -> Int64 {
        largestRise(in: time - counter.mayCountSince)
    }
}

extension MeterSample {
    /// The largest counter value that is believed, in thousandths of a watt-hour: a terawatt-hour, which is a small
    /// part of what a number holds.
    private static let largestCounter: Int64 = 1_000_000_000_000_000

    /// The counter, if it says something; at its maximum it may have stuck, as some do.
    ///
    /// One beyond it counts on: then the documented maximum is none.
    var tellingCounter: FixedPoint? {
        guard let counter, counter.thousandths.magnitude <= UInt64(MeterSample.largestCounter) else {
            return nil
        }
        if let counterMaximum, counter == counterMaximum { return nil }
        return counter
    }

    /// The counter's documented maximum, if it is one that a counter can have.
    var believedMaximum: FixedPoint? {
        counterMaximum.flatMap { 1...MeterSample.largestCounter ~= $0.thousandths ? $0 : nil }
    }

    /// The power, if the circuit can carry it.
    var plausiblePower: FixedPoint? {
        power.flatMap { LedgerPolicy.believes($0, limit: powerLimit) ? $0 : nil }
    }
}
