// Whatever a device measures goes into the accounts, however absurd it is.

import Basics

@testable import Energy

extension FuzzTarget {
    /// Twelve bytes a sample: what is given, seconds since the last one, power, counter and limit, all within what a
    /// profile lets through.
    static let ledger = FuzzTarget("ledger", longest: 600) { input in
        var state: MeterState?
        var buckets = BucketCursor(calendar)
        var total = EnergyAccount()
        var at = UnixTime(1_774_742_400)
        let policy = LedgerPolicy(maximumGap: 180)
        for start in stride(from: 0, through: input.count - 12, by: 12) {
            let bytes = Array(input[start..<start + 12])
            at = at + Int64(bytes[1]) * Int64(bytes[2])
            let step = Ledger.record(sample(bytes, at: at), after: state, policy: policy, buckets: &buckets)
            state = step.state
            for contribution in step.contributions where contribution.bucket.period == .month {
                total.add(contribution.rollup.energy)
            }
        }
        return state == nil ? .refused : .taken
    }

    private static func sample(_ bytes: [UInt8], at time: UnixTime) -> MeterSample {
        var sample = MeterSample(at: time, power: nil)
        let given = bytes[0]
        if given & 1 != 0 { sample.power = amount(bytes[3...4], bytes[9]) }
        if given & 2 != 0 { sample.counter = amount(bytes[5...6], bytes[10]).magnitude }
        if given & 4 != 0 { sample.powerLimit = amount(bytes[7...8], bytes[11]).magnitude }
        if given & 8 != 0 { sample.counterResolution = FixedPoint(100) }
        if given & 16 != 0 { sample.counterSince = given & 32 != 0 ? "then" : "now" }
        if given & 64 != 0 { sample.counterMaximum = FixedPoint(99_999_999) }
        if given & 128 != 0 { sample.unit = given & 32 != 0 ? "A" : "B" }
        return sample
    }

    /// Two bytes with a sign, shifted, at most as large as a reading may be.
    private static func amount(_ bytes: ArraySlice<UInt8>, _ shift: UInt8) -> FixedPoint {
        let number = Int64(Int16(truncatingIfNeeded: bytes.reduce(0) { $0 << 8 | Int($1) }))
        let largest: Int64 = 9_000_000_000_000_000
        return FixedPoint(thousandths: min(max(number << Int64(shift % 40), -largest), largest))
    }
}

extension FixedPoint {
    fileprivate var magnitude: FixedPoint { FixedPoint(thousandths: abs(thousandths)) }
}
