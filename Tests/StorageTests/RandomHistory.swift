// Histories at random: PDUs that come and go, counters that reset, runs that are missing, late or repeated; and
// the slow obvious way to the same answers.

import Basics
import Energy
import Metering
import TestSupport

@testable import Storage

/// A maker of runs.
struct RandomHistory {
    var generator: SeededGenerator
    var minute: UnixTime
    private var counters: [String: Double] = [:]
    let pduCount: Int

    init(seed: UInt64, from minute: UnixTime, pdus: Int) {
        generator = SeededGenerator(seed: seed)
        self.minute = minute
        pduCount = pdus
    }

    /// The next run: mostly the next minute, now and then after a gap or in the same minute again.
    mutating func next(gap: ClosedRange<Int64> = 1...4000) -> PollRun {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<2: minute = minute + 60 * Int64.random(in: gap, using: &generator)
        case 2..<5: break
        default: minute = minute + 60
        }
        var pdus: [PolledPDU] = []
        for number in 1...pduCount {
            if Int.random(in: 0..<10, using: &generator) == 0 { continue }
            pdus.append(pdu("pdu\(number)", number))
        }
        return PollRun.sample(at: minute, pdus, isComplete: Bool.random(using: &generator))
    }

    private mutating func pdu(_ key: String, _ number: Int) -> PolledPDU {
        if Int.random(in: 0..<20, using: &generator) == 0 { return .failed(key) }
        let hasPower = Int.random(in: 0..<20, using: &generator) > 0
        let watts = hasPower ? Double(Int.random(in: 0..<3000, using: &generator)) : nil
        var whole = ElementReading.sample(watts: watts)
        if number.isMultiple(of: 2) {
            var counter = (counters[key] ?? 5000) + Double.random(in: 0..<30, using: &generator)
            if Int.random(in: 0..<400, using: &generator) == 0 { counter = 3 }
            counters[key] = counter
            whole.energy = FixedPoint((counter / 100).rounded(.down) * 100)
            whole.energyResolution = FixedPoint(100)
        }
        let outlet = ElementReading.sample(
            Element(.outlet, 1),
            watts: Double(Int.random(in: 0..<500, using: &generator))
        )
        return .sample(key, [whole, outlet])
    }
}
