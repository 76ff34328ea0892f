import Basics
import TestSupport
import Testing

@testable import Storage

@Suite("A block of readings")
struct ReadingBlockTests {
    private func packed(_ readings: [(reading: StoredReading, step: Int64)]) -> [ReadingBlock] {
        var builder = ReadingBlock.Builder()
        for (reading, step) in readings { builder.add(reading, step: step) }
        return builder.finish()
    }

    @Test("gives back whatever was packed", arguments: 0..<60)
    func roundTrip(seed: UInt64) throws {
        var random = RandomReadings(seed: seed, element: seed.isMultiple(of: 2) ? 7 : 1_000_007)
        let readings = (0..<600).map { _ in random.next() }

        let blocks = packed(readings)

        #expect(try blocks.flatMap { try $0.readings() } == readings.map(\.reading))
        #expect(blocks.count > 1)
        for block in blocks {
            let length = Int64(block.slots - 1) * block.step
            #expect(block.start.floored(to: 86_400) == (block.start + length).floored(to: 86_400))
            #expect(block.powerUnit > 0)
        }
    }

    @Test("whose numbers a disk has changed is damage, not a trap")
    func impossible() throws {
        let good = ReadingBlock(
            element: 1,
            start: monday,
            step: 60,
            slots: 2,
            powerUnit: 1,
            power: Array("[1,2]".utf8),
            measurements: nil
        )
        func changed(
            start: UnixTime = monday,
            step: Int64 = 60,
            slots: Int = 2,
            unit: Int64 = 1
        ) -> ReadingBlock {
            ReadingBlock(
                element: 1,
                start: start,
                step: step,
                slots: slots,
                powerUnit: unit,
                power: good.power,
                measurements: good.measurements
            )
        }

        #expect(try good.readings().count == 2)
        for block in [
            changed(step: 0), changed(step: -60), changed(step: .max), changed(step: 86_400),
            changed(slots: 0),
            changed(slots: -1), changed(slots: .max), changed(slots: 1441), changed(unit: 0),
            changed(start: UnixTime(.max)), changed(start: UnixTime(.min)),
        ] {
            #expect(throws: DamagedBlock.self) { try block.readings() }
        }
    }

    @Test("takes a steady day in a few bytes a reading")
    func size() throws {
        let readings = (0..<1440).map { minute -> (reading: StoredReading, step: Int64) in
            var reading = StoredReading(time: monday + Int64(minute) * 60, element: 1)
            reading.power = FixedPoint(1000 + minute * 7919 % 17)
            reading.energy = FixedPoint(500_000 + minute / 6 * 100)
            reading.voltage = FixedPoint(230)
            reading.current = FixedPoint(thousandths: 4300 + Int64(minute * 7919 % 17) * 10)
            return (reading, 60)
        }

        let blocks = packed(readings)

        #expect(blocks.count == 1)
        #expect(blocks.allSatisfy { ($0.power?.count ?? 0) + ($0.measurements?.count ?? 0) < 1440 * 4 })
        #expect(blocks.first?.powerUnit == 1000)
    }

    @Test("writes powers as the views read them")
    func powers() {
        let watts: [Int64: Double?] = [0: 1000, 1: 1002.5, 2: nil, 5: 1002.5, 6: -3]
        let readings = watts.sorted { $0.key < $1.key }.map { minute, watts in
            var reading = StoredReading(time: monday + minute * 60, element: 1)
            reading.power = watts.flatMap { FixedPoint($0) }
            return (reading: reading, step: Int64(60))
        }

        let block = packed(readings).first

        #expect(block?.powerUnit == 500)
        #expect(
            block?.power.map { String(decoding: $0, as: UTF8.self) }
                == "[2000,5,false,null,null,0,-2011]"
        )
        #expect(block?.measurements == nil)
    }

    @Test("of a part without any power lists its readings beside the other measurements")
    func withoutPower() throws {
        let readings = [Int64(0), 1, 4, 5].map { minute in
            var reading = StoredReading(time: monday + minute * 60, element: 1_000_000)
            reading.current = FixedPoint(Int(minute))
            return (reading: reading, step: Int64(60))
        }

        let block = try #require(packed(readings).first)

        #expect(block.power == nil)
        #expect(try block.readings() == readings.map(\.reading))
    }

    @Test("that was damaged is refused or misread, but ends nothing", arguments: 0..<20)
    func damaged(seed: UInt64) throws {
        var random = RandomReadings(seed: seed, element: seed.isMultiple(of: 2) ? 7 : 1_000_007)
        var refused = 0
        for block in packed((0..<300).map { _ in random.next() }) {
            for _ in 0..<30 {
                var power = block.power
                var measurements = block.measurements
                damage(&power, &random.generator)
                damage(&measurements, &random.generator)
                let damaged = ReadingBlock(
                    element: block.element,
                    start: block.start,
                    step: block.step,
                    slots: block.slots,
                    powerUnit: block.powerUnit,
                    power: power,
                    measurements: measurements
                )
                if (try? damaged.readings()) == nil { refused += 1 }
            }
        }
        #expect(refused > 0)
    }

    /// Changes a byte, or leaves out some at the end.
    private func damage(_ bytes: inout [UInt8]?, _ generator: inout SeededGenerator) {
        guard var damaged = bytes, !damaged.isEmpty else { return }
        if Bool.random(using: &generator) {
            damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(
                in: 1...255,
                using: &generator
            )
        } else {
            damaged.removeLast(Int.random(in: 1...damaged.count, using: &generator))
        }
        bytes = damaged
    }
}
