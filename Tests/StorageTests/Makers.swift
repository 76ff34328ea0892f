// Values with defaults for what a test does not care about, and a history of one's own to store them in.

import Basics
import Energy
import Foundation
import Metering
import SQLite
import TestSupport

@testable import Storage

/// 2026-03-02T00:00:00Z, a Monday.
let monday = UnixTime(1_772_409_600)

let minutePolicy = LedgerPolicy(maximumGap: 180)

func calendar(_ zone: String = "Europe/London") throws -> SiteCalendar {
    SiteCalendar(zone: zone, rules: try ZoneRules(tzif: try SystemZone.rules(of: zone)))
}

/// A history in a directory of its own.
struct TemporaryHistory {
    let directory: TemporaryDirectory
    let path: String

    /// None yet, in a directory of its own or in a `folder` of that, which is still to be made.
    init(in folder: String? = nil) throws {
        directory = try TemporaryDirectory()
        path = directory.file(folder.map { $0 + "/history.db" } ?? "history.db")
    }

    /// The history in the file at `path`.
    init(directory: TemporaryDirectory, path: String) {
        self.directory = directory
        self.path = path
    }

    func writer(_ zone: String = "Europe/London", now: UnixTime = monday) throws -> HistoryWriter {
        try HistoryWriter(path, calendar: try calendar(zone), now: now)
    }

    func reader(_ zone: String = "Europe/London") -> HistoryReader {
        HistoryReader(path: path, zone: zone)
    }

    /// Every row that `sql` answers, its columns joined by `|`, as the sqlite3 shell prints them.
    func rows(_ sql: String) throws -> [String] {
        let connection = try Connection(.file(path), .readWrite, busyTimeout: 1000)
        return try connection.prepare(sql).all { row in
            var columns: [String] = []
            for column in 0..<row.columnCount { columns.append(row.optionalText(column) ?? "") }
            return columns.joined(separator: "|")
        }
    }

    func value(_ sql: String) throws -> String? { try rows(sql).first }

    /// The same as `accounts`, without the numbers of buckets, which depend on the order in which they were met.
    func unnumberedAccounts() throws -> [String] {
        try accounts().map { row in
            let columns = row.split(separator: "|", omittingEmptySubsequences: false)
            let isRollup = Period.allCases.contains { columns[0] == $0.contractName }
            return (isRollup ? columns[..<3] + columns[4...] : columns[...]).joined(separator: "|")
        }
    }

    /// All rollups and what the ledger remembers, to be compared with those of another history.
    func accounts() throws -> [String] {
        try rows(
            """
            SELECT period, start, "end", rollup.* FROM rollup JOIN bucket ON bucket.id = bucket_id
            ORDER BY period, start, element_id
            """
        )
            + rows(
                """
                SELECT period, start, "end", site_rollup.* FROM site_rollup JOIN bucket ON bucket.id = bucket_id
                ORDER BY period, start
                """
            )
            + rows("SELECT pdu_id, hex(accounts) FROM open_account ORDER BY pdu_id")
            + rows("SELECT * FROM meter_checkpoint ORDER BY element_id, day_start")
    }
}

extension ElementReading {
    static func sample(
        _ element: Element = .wholePDU,
        watts: Double? = 1000,
        wattHours: Double? = nil
    ) -> ElementReading {
        var reading = ElementReading(element)
        reading.activePower = watts.flatMap { FixedPoint($0) }
        reading.energy = wattHours.flatMap { FixedPoint($0) }
        return reading
    }
}

extension PolledPDU {
    static func sample(
        _ key: String = "left",
        name: String? = nil,
        address: String = "192.0.2.1",
        _ elements: [ElementReading] = [.sample()],
        engine: EngineRecord? = nil
    ) -> PolledPDU {
        let reading = DeviceReading(
            profile: "test",
            identity: DeviceIdentity(),
            elements: elements,
            sensors: []
        )
        return PolledPDU(
            key: key,
            name: name ?? key,
            address: address,
            outcome: .read(reading),
            latencyMilliseconds: 12,
            engine: engine
        )
    }

    static func failed(_ key: String = "left", _ reason: FailureReason = .timeout) -> PolledPDU {
        PolledPDU(
            key: key,
            name: key,
            address: "192.0.2.1",
            outcome: .failed(reason, "no answer"),
            latencyMilliseconds: nil,
            engine: nil
        )
    }
}

extension PollRun {
    static func sample(
        at minute: UnixTime,
        _ pdus: [PolledPDU] = [.sample()],
        isComplete: Bool = true
    ) -> PollRun {
        PollRun(
            minute: minute,
            startedAt: minute + 1,
            durationMilliseconds: 100,
            interval: 60,
            pdus: pdus,
            isComplete: isComplete
        )
    }
}
