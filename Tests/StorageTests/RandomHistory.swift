// Histories at random: PDUs that come and go, are replaced and restart, counters that reset, jump and roll over, powers
// that cannot be, runs that are missing or repeated.

import Basics
import Energy
import Metering
import TestSupport

@testable import Storage

/// A maker of runs.
struct RandomHistory {
    /// What is behind a PDU's name.
    fileprivate struct Unit {
        var number = 1
        /// Watt-hours.
        var counter = 5000.0
        var resets = 0
        var boots: Int64 = 1
        var ratedCurrent: Double? = 16
    }

    /// No power below it is implausible, whatever the circuit.
    static let absurdWatts = 1_000_000

    var generator: SeededGenerator
    var minute: UnixTime
    private var units: [String: Unit] = [:]
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
        if isOne(in: 20) { return .failed(key) }
        var unit = units[key] ?? Unit()
        unit.live(number, &generator)
        units[key] = unit
        var whole = ElementReading.sample(watts: isOne(in: 20) ? nil : Double(int(0..<3000)))
        if isOne(in: 150) { whole.activePower = FixedPoint(RandomHistory.absurdWatts + int(0..<1000)) }
        whole.voltage = isOne(in: 30) ? nil : FixedPoint(228 + int(0..<5))
        whole.ratedCurrent = unit.ratedCurrent.flatMap { FixedPoint($0) }
        if number.isMultiple(of: 2) {
            // Now and then a digit is lost on the way.
            let shown = isOne(in: 200) ? unit.counter * 10 : unit.counter
            whole.energy = FixedPoint((shown / 100).rounded(.down) * 100)
            whole.energyResolution = FixedPoint(100)
            if number.isMultiple(of: 4) { whole.energyMaximum = FixedPoint(Unit.maximum) }
            if isOne(in: 50) { whole.energy = nil }
        }
        if number.isMultiple(of: 3) { whole.energySince = "\(unit.resets) resets" }
        let outlet = ElementReading.sample(Element(.outlet, 1), watts: Double(int(0..<500)))
        var polled = PolledPDU.sample(key, address: "192.0.2.\(number)", [whole, outlet])
        if case .read(var reading) = polled.outcome {
            reading.identity.serial = isOne(in: 30) ? nil : "\(key)-\(unit.number)"
            polled.outcome = .read(reading)
        }
        polled.engine = EngineRecord(engineID: [1, 2, 3], boots: unit.boots, time: 1, observedAt: minute)
        return polled
    }

    private mutating func int(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    private mutating func isOne(in count: Int) -> Bool {
        int(0..<count) == 0
    }
}

extension RandomHistory.Unit {
    fileprivate static let maximum = 100_000

    /// Goes on by a minute.
    fileprivate mutating func live(_ name: Int, _ generator: inout SeededGenerator) {
        counter += Double.random(in: 0..<50, using: &generator)
        switch Int.random(in: 0..<1600, using: &generator) {
        case 0..<4: counter = 3
        case 4..<8:
            counter = 3
            resets += 1
        case 8..<12:
            self = RandomHistory.Unit()
            number = Int.random(in: 2..<1_000_000, using: &generator)
        case 12..<16: counter += 40_000
        case 16..<20: counter = Double(RandomHistory.Unit.maximum - 100)
        case 20..<28: boots += 1
        case 28..<36: ratedCurrent = ratedCurrent == nil ? 32 : nil
        default: break
        }
        if name.isMultiple(of: 4), counter > Double(RandomHistory.Unit.maximum) {
            counter -= Double(RandomHistory.Unit.maximum)
        }
    }
}
