// A large site for measuring answers. Its loads are no easier than life: each unit has a day and a week of its own, a
// slow drift, steps when equipment comes or goes, jobs that run for a while, noise from minute to minute, and now and
// then it does not answer. All of it follows from a seed.

import Basics
import Energy
import Metering
import Storage

/// PDUs with outlets, whose whole units are read minute by minute.
struct LargeSite {
    let outlets: Int
    private(set) var units: [LargeUnit]

    /// `count` units with `outlets` outlets each.
    init(units count: Int, outlets: Int) {
        self.outlets = outlets
        units = (0..<count).map { LargeUnit(number: $0) }
    }

    /// What the unit with `index` shows at `time`; nil while it does not answer.
    ///
    /// To be asked in the order of time.
    mutating func reading(of index: Int, at time: UnixTime) -> BulkReading? {
        units[index].reading(at: time)
    }

    /// What an hour of every outlet came to, by its place.
    func outletRollup(unit: Int, outlet: Int, in hour: Bucket) -> Rollup {
        let number = UInt64(unit * 64 + outlet)
        // One socket in six has nothing plugged in.
        let watts = outlet % 6 == 5 ? 0 : Int64(80 + scrambled(number, 0) % 200)
        let noise = Int64(scrambled(number, hour.start.seconds) % 4096)
        let mean =
            watts * 1000 * (1000 + units[unit].shapePerMille(at: hour.start)) / 1000 + noise * watts / 64
        let seconds = hour.end - hour.start
        var rollup = Rollup()
        rollup.readings = seconds / 60
        rollup.powerSum = mean * rollup.readings
        rollup.coveredSeconds = seconds
        rollup.powerIntegral = mean * seconds
        rollup.energy.integrated = rollup.powerIntegral
        let wobble = watts * (10 + noise / 64)
        rollup.minimum = PowerExtreme(
            power: FixedPoint(thousandths: mean - wobble),
            at: hour.start + noise % 60 * 60
        )
        rollup.maximum = PowerExtreme(
            power: FixedPoint(thousandths: mean + wobble),
            at: hour.start + noise / 60 % 60 * 60
        )
        rollup.members = 1
        return rollup
    }

    /// A run at `time`; with the outlets' own readings unless `isWholeOnly`.
    ///
    /// To be asked in the order of time.
    mutating func run(at time: UnixTime, interval: Int64, isWholeOnly: Bool = false) -> PollRun {
        let pdus = units.indices.map { index -> PolledPDU in
            let outcome = outcome(of: index, at: time, isWholeOnly)
            return PolledPDU(
                key: "pdu\(index + 1)",
                name: "PDU \(index + 1)",
                address: "192.0.2.\(index + 1)",
                outcome: outcome,
                latencyMilliseconds: 10,
                engine: nil
            )
        }
        return PollRun(
            minute: time,
            startedAt: time + 1,
            durationMilliseconds: 100,
            interval: interval,
            pdus: pdus,
            isComplete: true
        )
    }

    private mutating func outcome(of index: Int, at time: UnixTime, _ isWholeOnly: Bool) -> PollOutcome {
        guard let found = reading(of: index, at: time) else {
            return .failed(.timeout, "no answer (made up)")
        }
        var whole = ElementReading(.wholePDU)
        whole.activePower = found.power
        whole.energy = found.energy
        whole.energyResolution = FixedPoint(100)
        let parts = (0..<outlets).map { number -> ElementReading in
            var outlet = ElementReading(Element(.outlet, number + 1))
            outlet.state = .on
            guard !isWholeOnly else { return outlet }
            let hour = Bucket(.hour, start: time.floored(to: 3600), end: time.floored(to: 3600) + 3600)
            let mean = outletRollup(unit: index, outlet: number, in: hour).powerSum / 60
            let noise = Int64(scrambled(UInt64(number), time.seconds) % 41) - 20
            outlet.activePower = FixedPoint(thousandths: mean / 1000 * (1000 + noise) / 1000 * 1000)
            return outlet
        }
        return .read(
            DeviceReading(profile: "test", identity: DeviceIdentity(), elements: [whole] + parts, sensors: [])
        )
    }
}

/// One unit's load.
struct LargeUnit {
    private let seed: UInt64
    private let watts: Double
    /// What its display rounds to, in watts.
    private let resolution: Double
    private let dayAmplitude: Double
    private let weekAmplitude: Double
    private let peakHour: Double
    private var generator: LinearGenerator
    private var wander = 0.0
    private var level = 0.0
    private var job = 0.0
    private var jobEnd: Int64 = 0
    private var wattHours: Double
    private var last: UnixTime?

    /// The unit with `number`.
    init(number: Int) {
        seed = UInt64(number)
        generator = LinearGenerator(state: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        watts = 3500 + generator.next(within: 1800)
        resolution = number % 2 == 0 ? 1 : 10
        dayAmplitude = 0.06 + generator.next(within: 0.05)
        weekAmplitude = 0.03 + generator.next(within: 0.03)
        peakHour = 14 + generator.next(within: 3)
        wattHours = 900_000 + generator.next(within: 800_000)
    }

    /// How far the day and the week are above the mean at `time`, in thousandths.
    func shapePerMille(at time: UnixTime) -> Int64 { Int64(shape(at: time) * 1000) }

    private func shape(at time: UnixTime) -> Double {
        let hour = Double(time.seconds % 86_400) / 3600
        let distance = abs(hour - peakHour)
        let day = 1 - 2 * min(distance, 24 - distance) / 12
        // 1970 began on a Thursday.
        let isWeekend = (time.seconds / 86_400 + 3) % 7 >= 5
        return dayAmplitude * day - (isWeekend ? weekAmplitude : 0)
    }

    /// What it shows at `time`, which comes after that of the last call; nil while it does not answer.
    mutating func reading(at time: UnixTime) -> BulkReading? {
        let seconds = last.map { time - $0 } ?? 60
        last = time
        let minutes = Double(seconds) / 60
        // Over longer steps more is forgotten, and the spread stays the same.
        let memory = seconds == 60 ? 0.97 : 0.6
        wander = wander * memory + generator.next(within: seconds == 60 ? 0.0042 : 0.0139)
        if time.seconds >= jobEnd {
            job = 0
            if generator.next(within: 0.5) + 0.5 < minutes / 500 {
                job = 0.03 + generator.next(within: 0.03)
                jobEnd = time.seconds + 600 + Int64((generator.next(within: 0.5) + 0.5) * 5400)
            }
        }
        // Equipment comes and goes about every six weeks.
        if generator.next(within: 0.5) + 0.5 < minutes / 60_000 {
            level = max(-0.3, min(0.4, level + generator.next(within: 0.12)))
        }
        let drift = 0.04 * Double(Int64(scrambled(seed, time.seconds / (30 * 86_400)) % 2001) - 1000) / 1000
        let blend = Double(time.seconds % (30 * 86_400)) / (30 * 86_400)
        let next =
            0.04 * Double(Int64(scrambled(seed, time.seconds / (30 * 86_400) + 1) % 2001) - 1000) / 1000
        let flicker = generator.next(within: 0.006)
        let factor = 1 + shape(at: time) + level + job + wander + flicker + drift + (next - drift) * blend
        let drawn = watts * factor
        wattHours += drawn * Double(seconds) / 3600
        guard !isSilent(at: time), let power = rounded(drawn, to: resolution),
            let energy = rounded(wattHours, to: 100)
        else { return nil }
        return BulkReading(power: power, energy: energy)
    }

    /// A stretch of silence of some minutes up to some hours, in one fortnight of ten.
    private func isSilent(at time: UnixTime) -> Bool {
        let span: Int64 = 14 * 86_400
        let number = time.seconds / span
        let luck = scrambled(seed &+ 7919, number)
        guard luck % 10 == 0 else { return false }
        let start = Int64((luck >> 8) % UInt64(span - 40_000))
        let length = 300 + Int64((luck >> 40) % 30_000) / (luck % 3 == 0 ? 1 : 20)
        return start..<start + length ~= time.seconds % span
    }

    private func rounded(_ value: Double, to step: Double) -> FixedPoint? {
        FixedPoint((value / step).rounded(.down) * step)
    }
}

/// A random number that belongs to two others (the finalizer of SplitMix64).
func scrambled(_ first: UInt64, _ second: Int64) -> UInt64 {
    var bits = (UInt64(bitPattern: second) &+ first &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
}
