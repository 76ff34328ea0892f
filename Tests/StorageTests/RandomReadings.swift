// Readings at random, as unlike what a PDU says as the columns can hold.

import Basics
import TestSupport

@testable import Storage

/// A maker of readings of one element, with the interval of each one's run.
struct RandomReadings {
    var generator: SeededGenerator
    private var time: UnixTime
    private var step: Int64 = 60
    private var levels: [Int64?]
    private let element: Int64

    init(seed: UInt64, element: Int64, from time: UnixTime = monday) {
        generator = SeededGenerator(seed: seed)
        self.element = element
        self.time = time
        levels = (0..<6).map { _ in nil }
    }

    mutating func next() -> (reading: StoredReading, step: Int64) {
        let chance = Int.random(in: 0..<200, using: &generator)
        if chance == 0 { step = [1, 10, 60, 300, 3600].randomElement(using: &generator) ?? 60 }
        let slots = chance < 10 ? Int64.random(in: 1...60, using: &generator) : 1
        time = time + slots * step
        if chance == 1 { time = time + Int64.random(in: 1..<100, using: &generator) }
        for column in levels.indices where Int.random(in: 0..<40, using: &generator) == 0 {
            levels[column] = level()
        }
        var reading = StoredReading(time: time, element: element)
        reading.power = value(0)
        for column in MeasurementColumn.allCases { reading[column] = value(column.rawValue + 1) }
        return (reading, step)
    }

    private mutating func level() -> Int64? {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<3: nil
        case 3: 0
        case 4: [.min, .max, .min + 1, -1].randomElement(using: &generator)
        case 5: Int64.random(in: .min ... .max, using: &generator)
        default: Int64.random(in: -500...5000, using: &generator) * 1000
        }
    }

    private mutating func value(_ column: Int) -> FixedPoint? {
        guard let level = levels[column], Int.random(in: 0..<30, using: &generator) > 0 else { return nil }
        let noise = Int64.random(in: -3...3, using: &generator) * 100
        return FixedPoint(thousandths: level &+ noise)
    }
}

extension ReadingBlock {
    /// What is in it.
    func readings() throws -> [StoredReading] {
        var cursor = try BlockCursor(self)
        var readings: [StoredReading] = []
        while let reading = cursor.reading {
            readings.append(reading)
            try cursor.advance()
        }
        return readings
    }
}

extension HistoryWriter {
    /// Everything that can be read, from wherever it lies.
    func readings() throws -> [StoredReading] {
        var readings: [StoredReading] = []
        let history = ReadingHistory(database)
        let elements = ReadingHistory.allElements
        try history.forEach(from: UnixTime(.min), until: UnixTime(.max), elements: elements) {
            readings.append($0)
        }
        return readings
    }

    /// Packs all that can be packed.
    func packEverything(perStep: Int = 300) throws {
        while try packReadings(perStep: perStep) {}
    }
}
