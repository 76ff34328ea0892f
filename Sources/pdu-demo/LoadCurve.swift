// What one socket's equipment draws, for ever, as a function of time alone. The history and the live agents use
// the same curves, so the chart goes on where the generated past ends, and the energy counter with it.

import Glibc

/// The load of one piece of equipment.
struct LoadCurve {
    /// Mean active power in watts; 0: nothing is plugged in.
    let meanWatts: Double
    private let shape: WeekShape
    private let noises: [SmoothNoise]
    /// How much of the week's shape shows: 0 none, 1 all.
    private let liveliness: Double

    private static let year = 365.2425 * 86_400
    /// The part of the load that comes and goes with the summer: fans.
    private static let seasonal = 0.04

    /// A load of `meanWatts` in the mean; `seed` makes it one of a kind.
    init(meanWatts: Double, liveliness: Double, seed: UInt64, shape: WeekShape) {
        self.meanWatts = meanWatts
        self.liveliness = liveliness
        self.shape = shape
        let octaves: [(period: Double, part: Double)] = [
            (420, 0.05), (2700, 0.05), (21_600, 0.05), (259_200, 0.04),
        ]
        noises = octaves.enumerated().map { index, octave in
            SmoothNoise(
                period: octave.period,
                amplitude: octave.part * liveliness,
                seed: seed &* 16 &+ UInt64(index)
            )
        }
    }

    /// Active power in watts at `time` (seconds since 1970).
    func watts(at time: Double) -> Double {
        guard meanWatts > 0 else { return 0 }
        var factor = 1 + liveliness * (shape.factor(at: time) - 1)
        factor -= LoadCurve.seasonal * cos(2 * .pi * time / LoadCurve.year)
        for noise in noises { factor += noise.rate(at: time) }
        return meanWatts * factor
    }

    /// The integral of `watts` in watt-hours, from some time long ago to `time`; only differences mean anything.
    func wattHours(at time: Double) -> Double {
        guard meanWatts > 0 else { return 0 }
        var seconds = time + liveliness * (shape.total(at: time) - time)
        seconds -= LoadCurve.seasonal * LoadCurve.year / (2 * .pi) * sin(2 * .pi * time / LoadCurve.year)
        for noise in noises { seconds += noise.total(at: time) }
        return meanWatts * seconds / 3600
    }
}
