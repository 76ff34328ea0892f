// A site made up for measuring the store: how many bytes a reading takes depends on what it says, so that powers
// here wander, flicker and are rounded as those of real units are.

import Basics
import Metering
import Storage

/// PDUs of one kind, minute by minute.
struct MadeUpSite {
    /// What one socket's equipment draws.
    private struct Load {
        let watts: Double
        var wander = 0.0
        var wattHours = 0.0
        var drawn = 0.0

        /// Goes on by `seconds`, at the part `hour` of the day.
        mutating func advance(by seconds: Double, hour: Double, _ generator: inout LinearGenerator) {
            wander = wander * 0.95 + generator.next(within: 0.01)
            let day = 1 + 0.08 * (1 - abs(hour - 14) / 12)
            drawn = watts * (day + wander + generator.next(within: 0.008))
            wattHours += drawn * seconds / 3600
        }
    }

    private static let volts = 230.0
    private static let powerFactor = 0.94
    private static let phases = 3

    /// Outlets of a unit; without them, a unit is its own power and nothing else.
    private let outlets: Int
    private var units: [[Load]] = []
    private var generator = LinearGenerator(state: 42)

    /// `count` units with `outlets` outlets each.
    init(units count: Int, outlets: Int) {
        self.outlets = outlets
        for _ in 0..<count {
            var loads: [Load] = []
            // One outlet in six has nothing plugged in.
            for number in 0..<max(outlets, 1) {
                let watts = number % 6 == 5 ? 0 : 140 + generator.next(within: 120)
                loads.append(Load(watts: watts, wattHours: 900_000 + generator.next(within: 800_000)))
            }
            units.append(loads)
        }
    }

    /// The next run, at `minute`, `interval` seconds after the last one.
    mutating func run(at minute: UnixTime, interval: Int64) -> PollRun {
        let hour = Double(minute.seconds % 86_400) / 3600
        let pdus = units.indices.map { index -> PolledPDU in
            for outlet in units[index].indices {
                units[index][outlet].advance(by: Double(interval), hour: hour, &generator)
            }
            let reading = DeviceReading(
                profile: "test",
                identity: DeviceIdentity(),
                elements: elements(units[index]),
                sensors: []
            )
            return PolledPDU(
                key: "pdu\(index + 1)",
                name: "PDU \(index + 1)",
                address: "192.0.2.\(index + 1)",
                outcome: .read(reading),
                latencyMilliseconds: 10,
                engine: nil
            )
        }
        return PollRun(
            minute: minute,
            startedAt: minute + 1,
            durationMilliseconds: 100,
            interval: interval,
            pdus: pdus,
            isComplete: true
        )
    }

    private mutating func elements(_ loads: [Load]) -> [ElementReading] {
        let total = loads.reduce(0) { $0 + $1.drawn }
        var whole = ElementReading(.wholePDU)
        whole.activePower = rounded(total, to: 1)
        guard outlets > 0 else { return [whole] }
        let volts = MadeUpSite.volts + generator.next(within: 1.4)
        measure(&whole, watts: total, volts: volts)
        whole.energy = rounded(loads.reduce(0) { $0 + $1.wattHours }, to: 100)
        whole.energyResolution = FixedPoint(100)
        let phases = (1...MadeUpSite.phases).map { number -> ElementReading in
            var phase = ElementReading(Element(.phase, number))
            let share = loads.enumerated().filter { $0.offset % MadeUpSite.phases == number - 1 }
            measure(&phase, watts: share.reduce(0) { $0 + $1.element.drawn }, volts: volts)
            return phase
        }
        let outlets = loads.enumerated().map { index, load -> ElementReading in
            var outlet = ElementReading(Element(.outlet, index + 1))
            outlet.activePower = rounded(load.drawn, to: 1)
            outlet.current = rounded(load.drawn / volts / MadeUpSite.powerFactor, to: 0.1)
            outlet.energy = rounded(load.wattHours, to: 100)
            outlet.energyResolution = FixedPoint(100)
            outlet.state = .on
            return outlet
        }
        return [whole] + phases + outlets
    }

    /// Sets what a unit measures of `watts` beside energy.
    private func measure(_ reading: inout ElementReading, watts: Double, volts: Double) {
        reading.activePower = rounded(watts, to: 1)
        reading.voltage = rounded(volts, to: 1)
        reading.apparentPower = rounded(watts / MadeUpSite.powerFactor, to: 1)
        reading.powerFactor = rounded(MadeUpSite.powerFactor, to: 0.01)
        reading.current = rounded(watts / volts / MadeUpSite.powerFactor, to: 0.01)
    }

    private func rounded(_ value: Double, to step: Double) -> FixedPoint? {
        FixedPoint((value / step).rounded(.down) * step)
    }
}

/// Numbers at random, the same in every run (Knuth's MMIX generator).
struct LinearGenerator {
    var state: UInt64

    /// A number from -`bound` to `bound`.
    mutating func next(within bound: Double) -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Double(state >> 11) / Double(UInt64(1) << 52) - 1) * bound
    }
}
