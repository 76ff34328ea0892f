// What tests of the archive have in common: histories with everything in them, and all their readings at once.

import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing
import Zlib

@testable import Storage

/// A random history whose PDUs measure everything, and have sensors.
struct RichHistory {
    private var random: RandomHistory

    init(seed: UInt64, from minute: UnixTime, pdus: Int) {
        random = RandomHistory(seed: seed, from: minute, pdus: pdus)
    }

    var minute: UnixTime { random.minute }

    /// The runs up to `end`, with now and then a gap of up to `gap` minutes.
    mutating func runs(until end: UnixTime, gap: ClosedRange<Int64> = 1...2000) -> [PollRun] {
        var runs: [PollRun] = []
        while random.minute < end {
            var run = random.next(gap: gap)
            for index in run.pdus.indices { enrich(&run.pdus[index]) }
            runs.append(run)
        }
        return runs
    }

    private mutating func enrich(_ pdu: inout PolledPDU) {
        guard case .read(var reading) = pdu.outcome else { return }
        for index in reading.elements.indices where Bool.random(using: &random.generator) {
            reading.elements[index].current = value(0...32_000)
            reading.elements[index].voltage = value(200_000...250_000)
            reading.elements[index].apparentPower = value(-5...5_000_000)
            reading.elements[index].powerFactor = value(-1000...1000)
        }
        // Nothing at all is a reading, too.
        if Int.random(in: 0..<10, using: &random.generator) == 0 {
            reading.elements[0] = ElementReading(.wholePDU)
        }
        for number in 1...2 where Bool.random(using: &random.generator) {
            var sensor = SensorReading(number: number)
            sensor.temperature = value(-40_000...60_000)
            if number == 2 { sensor.humidity = value(0...100_000) }
            reading.sensors.append(sensor)
        }
        pdu.outcome = .read(reading)
    }

    private mutating func value(_ range: ClosedRange<Int64>) -> FixedPoint? {
        guard Int.random(in: 0..<8, using: &random.generator) > 0 else { return nil }
        return FixedPoint(thousandths: Int64.random(in: range, using: &random.generator))
    }
}

extension HistoryWriter {
    /// Takes every step of retention that there is; answers how many.
    @discardableResult
    func letGo(before time: UnixTime) throws -> Int {
        var steps = 1
        while try deleteReadings(before: time) { steps += 1 }
        return steps
    }

    /// Packs all that can be packed.
    func packAll() throws {
        while try packReadings() {}
    }
}

extension TemporaryHistory {
    /// The directory of the archive.
    var archive: String { directory.path + "/archive" }

    /// The names of the files in the archive.
    func archiveFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: archive).sorted()
    }

    /// The path of the archive's file of `month`.
    func archiveFile(_ month: String) -> String { "\(archive)/readings-\(month).csv.gz" }

    /// All readings in the database, sensors' included, in the archive's order.
    func databaseReadings() throws -> [ArchivedReading] {
        let writer = try writer()
        var readings: [ArchivedReading] = []
        try ReadingHistory(writer.database).forEachInDatabase(
            from: UnixTime(.min),
            until: UnixTime(.max),
            elements: ReadingHistory.allElements
        ) { readings.append(.element($0)) }
        try writer.database.statement(SensorSQL.readings).forEach(.int(.min), .int(.max)) { row in
            let values = (row.optionalFixed(2), row.optionalFixed(3))
            readings.append(
                .sensor(
                    StoredSensorReading(
                        time: row.time(0),
                        sensor: row.int(1),
                        temperature: values.0,
                        humidity: values.1
                    )
                )
            )
        }
        return readings.sorted { ($0.time, $0.place) < ($1.time, $1.place) }
    }

    /// All readings in the files, as far as the database knows them to be sound, or to their ends where it does not.
    func archivedReadings() throws -> [ArchivedReading] {
        guard FileManager.default.fileExists(atPath: archive) else { return [] }
        let database = try writer().database
        let names = try PlaceNames(database)
        var readings: [ArchivedReading] = []
        for file in try archiveFiles() where file.hasPrefix("readings-") {
            let month = try #require(ArchiveMonth(name: String(file.dropFirst(9).dropLast(7))))
            let known = try Archive(of: database).record(of: month)?.bytes
            let path = "\(archive)/\(file)"
            let reader = try ArchiveReader(path: path, to: known, names: names, includingSensors: true)
            while let reading = try reader.next() { readings.append(reading) }
        }
        return readings
    }

    /// The text of a file of the archive, by the system's own tools.
    func zcat(_ month: String) throws -> String {
        let test = try runTool("gzip", "-t", archiveFile(month))
        #expect(test.status == 0)
        return try runTool("zcat", archiveFile(month)).output
    }
}
