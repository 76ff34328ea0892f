// Noise that is the same whenever and by whomever it is asked: a pure function of a seed and the time. It is
// given as an energy, bounded and with a known derivative, so that a load made of it has a power and an energy
// counter which agree exactly, at any time, without adding anything up.

/// A smooth random function of time between fixed points `period` seconds apart.
struct SmoothNoise {
    /// Seconds between the fixed points.
    let period: Double
    /// What `rate` rarely exceeds.
    let amplitude: Double
    let seed: UInt64

    /// The integral of `rate` over time, within ±⅔ · amplitude · period for ever.
    func total(at time: Double) -> Double {
        let (before, after, phase) = surroundings(of: time)
        let blend = phase * phase * (3 - 2 * phase)
        return amplitude * period / 1.5 * (before + (after - before) * blend)
    }

    /// The noise itself, within ±2 · amplitude, mostly within ±amplitude.
    func rate(at time: Double) -> Double {
        let (before, after, phase) = surroundings(of: time)
        return amplitude * 4 * phase * (1 - phase) * (after - before)
    }

    /// The random values at the fixed points on either side, -1...1, and how far `time` is between them, 0..<1.
    private func surroundings(of time: Double) -> (before: Double, after: Double, phase: Double) {
        let position = time / period
        let index = position.rounded(.down)
        let slot = UInt64(bitPattern: Int64(index))
        return (value(at: slot), value(at: slot &+ 1), position - index)
    }

    /// A random number, -1...1, that belongs to `slot` (the finalizer of SplitMix64).
    private func value(at slot: UInt64) -> Double {
        var bits = (slot &+ seed &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(Int64(bitPattern: bits) >> 11) / Double(1 << 52)
    }
}
