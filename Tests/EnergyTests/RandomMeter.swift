// Histories made at random, together with what truly happened: the slow and obvious reference of the property tests.

import Basics
import Energy
import TestSupport

/// What a circuit drew, minute by minute, and what was read of it.
struct RandomMeter {
    /// How a history goes wrong.
    struct Habits {
        var hasCounter = true
        var resets = true
        var swaps = true
        var rollsOver = false
        var glitches = true
        var jumps = true
        /// Minutes between which the counter shows nothing new.
        var pause = 1
        var gaps = true
        /// Whether a power or a counter is missing now and then.
        var omissions = true
        /// Whether runs come twice, or from a clock that was set back.
        var clocks = true
    }

    static let limit = 3680
    /// In the order in which they were taken, which the clock may not follow.
    private(set) var samples: [MeterSample] = []
    /// What was truly drawn until each minute, in watt-hours.
    private(set) var drawn: [Double] = [0]
    /// What of it can be known from the readings, in watt-hours.
    private(set) var knowable = 0.0
    /// How often something happened that leaves a step and a pause of the counter open.
    private(set) var disturbances = 1
    let step: Int
    let start: UnixTime
    let habits: Habits

    private var random: SeededGenerator
    private var watts = 800.0
    /// What the counter stands at, in watt-hours.
    private var stands: Double
    private var shown = 0
    private var maximum: Int?
    private var since = 0
    private var unit = 0
    private var factor = 1
    private var skipUntil = 0
    /// Until when a jump may be withheld, so that the counter bridges nothing.
    private var distrustUntil = -1
    /// The minutes of the last reading, and of the last with a power and with a counter of the present epoch.
    private var lastPower: Int?
    private var lastCounter: Int?
    private var knownUntil = 0

    /// `days` days from `start` on.
    init(seed: UInt64, from start: UnixTime, days: Int, habits: Habits) {
        random = SeededGenerator(seed: seed)
        self.start = start
        self.habits = habits
        step = [1, 10, 100].randomElement(using: &random) ?? 1
        stands = Double.random(in: 2_000_000..<3_000_000, using: &random)
        if habits.rollsOver {
            maximum = Int(stands) / 1000 * 1000 + 10_000 - step
        }
        shown = counterValue
        read(minute: 0)
        for minute in 1...(days * 1440) {
            pass()
            misbehave(minute)
            if minute % habits.pause == 0 { shown = counterValue }
            if minute >= skipUntil, !chance(20) || !habits.omissions { read(minute: minute) }
        }
    }

    /// The most that may lie between the ledger and the truth, in watt-hours.
    var tolerance: Double {
        Double(disturbances) * (3 * Double(step) + Double(habits.pause + 4) * 3600 / 60)
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private var counterValue: Int { Int(stands) / step * step }

    private mutating func pass() {
        let before = watts
        watts = min(max(watts + Double.random(in: -150...150, using: &random), 0), 3600).rounded()
        let energy = (before + watts) / 120
        drawn.append(drawn[drawn.count - 1] + energy)
        stands += energy
        if let maximum, stands >= Double(maximum + step) {
            stands -= Double(maximum + step)
            shown = counterValue
        }
    }

    private mutating func misbehave(_ minute: Int) {
        if habits.gaps, chance(400) { skipUntil = minute + Int.random(in: 2...300, using: &random) }
        if habits.resets, chance(1500) {
            stands = Double.random(in: 0...5, using: &random)
            since += Bool.random(using: &random) ? 1 : 0
            breakEpoch()
        }
        if habits.swaps, chance(3000) {
            stands = Double.random(in: 0...4_000_000, using: &random)
            unit += 1
            breakEpoch()
        }
        if habits.jumps, chance(3000) {
            stands += Double.random(in: 1_000_000...5_000_000, using: &random)
            distrust(minute, minutes: 1500)
        }
        if habits.jumps, factor == 1, stands > 500_000, chance(3000) { factor = 1000 }
        if factor != 1 {
            distrust(minute, minutes: 1500)
            if chance(200) { factor = 1 }
        }
    }

    private mutating func breakEpoch() {
        shown = counterValue
        lastCounter = nil
        disturbances += 1
    }

    /// From `minute` on, for `minutes`, the counter may not be believed.
    private mutating func distrust(_ minute: Int, minutes: Int) {
        if distrustUntil < minute { disturbances += 1 }
        distrustUntil = max(distrustUntil, minute + minutes)
        lastCounter = nil
    }

    private mutating func read(minute: Int) {
        var sample = MeterSample(at: start + Int64(minute) * 60, power: FixedPoint(Int(watts)))
        sample.powerLimit = FixedPoint(RandomMeter.limit)
        sample.unit = "unit \(unit)"
        if habits.omissions, chance(30) { sample.power = nil }
        if habits.glitches, chance(500) {
            sample.power = FixedPoint(Int.random(in: 6000...900_000, using: &random))
        }
        if habits.hasCounter, !habits.omissions || !chance(30) {
            sample.counter = FixedPoint(shown * factor)
            sample.counterResolution = FixedPoint(step)
            sample.counterSince = "epoch \(since)"
            sample.counterMaximum = maximum.map { FixedPoint($0) }
            glitch(&sample, minute)
        }
        know(sample, minute)
        samples.append(sample)
        if habits.clocks, chance(100) { repeatRun(sample) }
    }

    /// Gives `sample` a counter that is wrong this once: by far too high, or 0.
    private mutating func glitch(_ sample: inout MeterSample, _ minute: Int) {
        guard habits.glitches, factor == 1, chance(700) else { return }
        // A counter that comes back from 0 to a small value is believed some hours later.
        if stands < 500_000 || Bool.random(using: &random) {
            sample.counter = FixedPoint(shown + Int.random(in: 500_000...9_000_000, using: &random))
            if let maximum { sample.counter = min(sample.counter ?? FixedPoint(0), FixedPoint(maximum)) }
            disturbances += 1
            distrust(minute, minutes: 1)
        } else {
            // A counter that comes back from 0 is withheld for a day.
            sample.counter = FixedPoint(0)
            distrust(minute, minutes: 1500)
        }
    }

    /// A second run in the same minute, or one of a clock that was set back: not to be entered.
    private mutating func repeatRun(_ sample: MeterSample) {
        var again = sample
        again.at = sample.at - Int64.random(in: 0...600, using: &random)
        again.power = FixedPoint(Int.random(in: 0...3600, using: &random))
        again.counter = FixedPoint(Int.random(in: 0...9_000_000, using: &random))
        samples.append(again)
    }

    /// Adds what `sample` makes knowable: the time since the last power if it is near, or since the counter was read.
    private mutating func know(_ sample: MeterSample, _ minute: Int) {
        let isPower = sample.power.map { LedgerPolicy.believes($0, limit: sample.powerLimit) } ?? false
        let isCounter = sample.counter != nil && minute > distrustUntil
        if isCounter, let lastCounter {
            learn(from: lastCounter, to: minute)
        } else if isPower, let lastPower, minute - lastPower <= 3 {
            learn(from: lastPower, to: minute)
        }
        if isPower { lastPower = minute }
        if isCounter { lastCounter = minute }
    }

    private mutating func learn(from: Int, to: Int) {
        let begin = max(from, knownUntil)
        guard begin < to else { return }
        knowable += drawn[to] - drawn[begin]
        knownUntil = to
    }
}
