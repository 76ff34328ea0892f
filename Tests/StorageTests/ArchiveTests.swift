import Basics
import Energy
import Foundation
import Metering
import Testing

@testable import Storage

@Suite("The archive")
struct ArchiveTests {
    @Test(
        "has every reading that retention took, exactly as it was, and the database all others",
        arguments: 0..<6
    )
    func exact(seed: UInt64) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RichHistory(seed: seed, from: monday - 86_400 * 8, pdus: 2)
        _ = try writer.store(random.runs(until: monday + 86_400), policy: minutePolicy)
        let readings = try history.databaseReadings()
        if seed % 2 == 1 { try writer.packAll() }
        let limit = monday - 86_400 * Int64(seed) - 4321

        try writer.letGo(before: limit)

        let split = limit.floored(to: 86_400)
        #expect(readings.contains { $0.time < split } && readings.contains { $0.time >= split })
        let isArchived = try history.archivedReadings() == readings.filter { $0.time < split }
        let isKept = try history.databaseReadings() == readings.filter { $0.time >= split }
        #expect(isArchived && isKept)
    }

    @Test("goes on where it stopped, a member a day, a file a month in UTC")
    func continues() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RichHistory(seed: 9, from: monday - 86_400 * 5, pdus: 2)
        _ = try writer.store(random.runs(until: monday + 86_400 * 3, gap: 1...5), policy: minutePolicy)
        let readings = try history.databaseReadings()

        for day in -4...2 { try writer.letGo(before: monday + 86_400 * Int64(day)) }

        #expect(try history.archiveFiles() == ["readings-2026-02.csv.gz", "readings-2026-03.csv.gz"])
        #expect(try history.value("SELECT count(*) FROM archive_member WHERE month = '2026-02'") == "4")
        let archived = try history.archivedReadings()
        let isExact = archived == readings.filter { $0.time < monday + 86_400 * 2 }
        #expect(isExact)
        let february = try history.zcat("2026-02").split(separator: "\r\n")
        let march = try history.zcat("2026-03").split(separator: "\r\n")
        #expect(february.count + march.count == archived.count + 2)
        #expect(february.first == march.first && february.first == ArchiveHeader.line[...])
        #expect(march.dropFirst().allSatisfy { $0.hasPrefix("2026-03-0") })
        #expect(february.filter { $0.hasPrefix("time") }.count == 1)
    }

    @Test("may be read by its group, written by its owner, and nothing by others")
    func modes() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let before = umask(0o077)
        defer { umask(before) }
        _ = try writer.store([.sample(at: monday), .sample(at: monday + 86_400)], policy: minutePolicy)

        try writer.letGo(before: monday + 86_400)

        let manager = FileManager.default
        func mode(_ path: String) throws -> Int? {
            try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(history.archive).map { $0 & 0o777 } == 0o750)
        #expect(try mode(history.archiveFile("2026-03")) == 0o640)
    }

    @Test(
        "and the database together have the readings that the database had, in the same order",
        arguments: 0..<3
    )
    func oneSource(seed: UInt64) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RichHistory(seed: seed + 40, from: monday - 86_400 * 6, pdus: 3)
        _ = try writer.store(random.runs(until: monday + 86_400 * 3), policy: minutePolicy)
        let source = ReadingHistory(writer.database)
        func readings(
            _ from: UnixTime,
            _ until: UnixTime,
            _ elements: ClosedRange<Int64>
        ) throws -> [StoredReading] {
            var readings: [StoredReading] = []
            try source.forEach(from: from, until: until, elements: elements) { readings.append($0) }
            return readings
        }
        let ranges: [(Int64, Int64)] = [(-600_000, 600_000), (-3600, 3600), (-90_000, -86_400), (10, 20)]
        let everything = ReadingHistory.allElements
        let wanted = [everything, ReadingHistory.wholePDUs, 2...2, 1_000_001...1_000_001]
        let before = try ranges.flatMap { from, until in
            try wanted.map { try readings(monday + from, monday + until, $0) }
        }
        #expect(before.contains { !$0.isEmpty })

        try writer.letGo(before: monday + 86_400)

        let after = try ranges.flatMap { from, until in
            try wanted.map { try readings(monday + from, monday + until, $0) }
        }
        let isSame = after == before
        #expect(isSame)
        #expect(try readings(UnixTime(.min), UnixTime(.max), everything).count > before[0].count / 2)
    }

    @Test("is read in the order of this database's ids, whoever wrote it")
    func otherIDs() throws {
        let history = try TemporaryHistory()
        let first = try history.writer()
        let left = PolledPDU.sample("left", [.sample(watts: 1)])
        let right = PolledPDU.sample("right", [.sample(watts: 2)])
        _ = try first.store([.sample(at: monday, [left, right])], policy: minutePolicy)
        try first.letGo(before: monday + 86_400)
        try FileManager.default.removeItem(atPath: history.path)

        let second = try history.writer()
        _ = try second.store([.sample(at: monday + 86_400, [right, left])], policy: minutePolicy)
        let reader = try ArchiveReader(
            path: history.archiveFile("2026-03"),
            names: PlaceNames(second.database)
        )
        let readings = [try reader.next(), try reader.next(), try reader.next()]

        #expect(readings[0] == .element(StoredReading(time: monday, element: 1, power: FixedPoint(2))))
        #expect(readings[1] == .element(StoredReading(time: monday, element: 2, power: FixedPoint(1))))
        #expect(readings[2] == nil)
    }
}
