// The history as the responder sees it: read-only, from a user that may write neither the file nor its
// directory, while the poller writes, migrates or replaces it. One reader per thread.

import Basics
package import Energy
import Glibc
import Metering
import SQLite

enum ReaderSQL: String, StatementList {
    /// Another number whenever another connection has changed anything since this one last asked.
    case change = "PRAGMA data_version"
    case schema = "PRAGMA user_version"
    case state = "SELECT data_version, zone FROM history WHERE only_row = 1"
    case newestRun = """
        SELECT minute, interval_seconds, pdus_read, pdus_failed
        FROM run
        WHERE minute = (SELECT max(minute) FROM run)
        """
    case pdu = """
        SELECT id, name, address, created_at, is_configured, profile, vendor, model, serial, firmware,
            device_name, (SELECT ip_address FROM pdus WHERE pdus.id = pdu.id), host_id, unit_number
        FROM pdu
        WHERE id = $1
        """
    case pduCount = "SELECT count(*) FROM pdu"
    case pdus = """
        SELECT id, name, address, created_at, is_configured, profile, vendor, model, serial, firmware,
            device_name, (SELECT ip_address FROM pdus WHERE pdus.id = pdu.id), host_id, unit_number
        FROM pdu
        ORDER BY id
        """
    case status = """
        SELECT pdu.id, pdu.name, pdu.address, pdu.created_at, pdu.is_configured, pdu.profile, pdu.vendor,
            pdu.model, pdu.serial, pdu.firmware, pdu.device_name,
            (SELECT ip_address FROM pdus WHERE pdus.id = pdu.id), pdu.host_id, pdu.unit_number,
            reading.power_milliwatts,
            (
                SELECT power_is_estimate FROM element_version
                WHERE element_id = pdu.id AND valid_from <= pdu_status.last_read_at
                ORDER BY valid_from DESC LIMIT 1
            ),
            pdu_status.last_read_at, pdu_status.last_attempt_at, pdu_status.failure, pdu_status.failure_detail,
            pdu_status.latency_milliseconds
        FROM pdu
        LEFT JOIN pdu_status ON pdu_status.pdu_id = pdu.id
        LEFT JOIN reading ON reading.time = pdu_status.last_read_at AND reading.element_id = pdu.id
        WHERE pdu.id BETWEEN $1 AND $2
        ORDER BY pdu.id
        """
    case rollups = """
        SELECT rollup.element_id, rollup.readings, rollup.power_sum_milliwatts, rollup.covered_seconds,
            rollup.power_integral_millijoules, rollup.interpolated_seconds, rollup.counted_millijoules,
            rollup.integrated_millijoules, rollup.interpolated_millijoules, rollup.corrected_millijoules,
            rollup.minimum_milliwatts, rollup.minimum_at, rollup.maximum_milliwatts, rollup.maximum_at
        FROM bucket
        CROSS JOIN rollup ON rollup.bucket_id = bucket.id AND rollup.element_id BETWEEN $1 AND $2
        WHERE bucket.period = $3 AND bucket.start = $4
        """
    case siteRollup = """
        SELECT readings, power_sum_milliwatts, covered_seconds, power_integral_millijoules, interpolated_seconds,
            counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules,
            minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at, members
        FROM bucket
        CROSS JOIN site_rollup ON site_rollup.bucket_id = bucket.id
        WHERE bucket.period = $1 AND bucket.start = $2
        """
}

/// Answers questions about the history.
package final class HistoryReader {
    /// Which file a path leads to, and when it was last written.
    ///
    /// Who copies another database into the file leaves SQLite no sign of it; a checkpoint changes it as well, and costs
    /// opening the file anew.
    private struct FileIdentity: Equatable {
        let device: UInt
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// What every answer depends on, of one state of the file.
    private struct State {
        /// SQLite's number for what has changed; the same as long as nothing has.
        let change: Int64
        let version: Int64
        let newestRun: RunRecord?
    }

    private let path: String
    private let zone: String
    private let busyTimeout: Int32
    private var opened: (connection: Connection, file: FileIdentity, state: State?)?
    /// The connection and the state of the snapshot at hand.
    private var current: (connection: Connection, state: State)?

    /// A reader of the history at `path`, whose rollups must be of `zone`.
    ///
    /// The file is opened by the first question, and again whenever another has taken its place. Every question
    /// throws `StorageError`: `missing` before the first run, `schemaTooOld`, `schemaTooNew` and `zoneChanged`
    /// while the poller has yet to catch up with the configuration or the program, and so on.
    package init(path: String, zone: String, busyTimeoutMilliseconds: Int32 = 1000) {
        self.path = path
        self.zone = zone
        busyTimeout = busyTimeoutMilliseconds
    }

    package func snapshot<Answer>(_ body: () throws -> Answer) throws -> Answer {
        guard current == nil else { return try body() }
        do {
            return try withStorageErrors(on: path) {
                let connection = try connected()
                return try connection.transaction(.deferred) {
                    current = (connection, try state(of: connection))
                    defer { current = nil }
                    return try body()
                }
            }
        } catch let error as StorageError where error.code != .busy {
            // Whatever it was, the next question starts from the file as it is then.
            opened = nil
            throw error
        }
    }

    package func dataVersion() throws -> Int64 {
        try query { _ in current?.state.version ?? 0 }
    }

    package func newestRun() throws -> RunRecord? {
        try query { _ in current?.state.newestRun }
    }

    package func pdus() throws -> [PDURecord] {
        try query { database in
            try database.statement(ReaderSQL.pdus).all { row in PDURecord(row) }
        }
    }

    package func pdu(id: Int64) throws -> PDURecord? {
        try query { database in
            try database.statement(ReaderSQL.pdu).first(.int(id)) { row in PDURecord(row) }
        }
    }

    package func pduCount() throws -> Int {
        try query { database in
            Int(try database.statement(ReaderSQL.pduCount).first { row in row.int(0) } ?? 0)
        }
    }

    package func status() throws -> [PDUStatus] {
        try status(ofAll: ReadingHistory.wholePDUs)
    }

    package func status(of pduID: Int64) throws -> PDUStatus? {
        try status(ofAll: pduID...pduID).first
    }

    private func status(ofAll ids: ClosedRange<Int64>) throws -> [PDUStatus] {
        try query { database in
            let readings = ReadingHistory(database, isPowerOnly: true)
            let range: [SQLValue] = [.int(ids.lowerBound), .int(ids.upperBound)]
            return try database.statement(ReaderSQL.status).all(range) { row in
                let pdu = PDURecord(row)
                let last = row.optionalTime(16)
                // Of a PDU that has been away for long it is packed.
                let power =
                    try row.optionalFixed(14) ?? last.flatMap { try readings.power(of: pdu.id, at: $0) }
                return PDUStatus(
                    pdu: pdu,
                    power: power,
                    powerIsEstimate: row.optionalInt(15) == 1,
                    lastReadingAt: last,
                    lastAttemptAt: row.optionalTime(17),
                    failure: row.optionalText(18).flatMap(FailureReason.init),
                    failureDetail: row.optionalText(19),
                    latencyMilliseconds: row.optionalInt(20)
                )
            }
        }
    }

    package func rollups(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [[Int64: Rollup]] {
        try query { database in
            let statement = try database.statement(ReaderSQL.rollups)
            let wanted = IDRanges(elementIDs, tolerance: 4)
            let open = try wanted.ranges.flatMap { try OpenAccount.rollups(of: $0, in: database) }
            return try buckets.map { bucket in
                var rollups: [Int64: Rollup] = [:]
                for range in wanted.ranges {
                    try statement.forEach(
                        .int(range.lowerBound),
                        .int(range.upperBound),
                        .text(bucket.period.contractName),
                        .time(bucket.start)
                    ) { row in
                        guard wanted.contains(row.int(0)) else { return }
                        rollups[row.int(0)] = Rollup(ofElement: row, from: 1)
                    }
                }
                for part in open where bucket.contains(part.hour.start) && wanted.contains(part.element) {
                    rollups[part.element, default: Rollup()].merge(part.rollup)
                }
                return rollups
            }
        }
    }

    package func siteRollups(in buckets: [Bucket]) throws -> [Rollup?] {
        try query { database in
            let statement = try database.statement(ReaderSQL.siteRollup)
            return try buckets.map { bucket in
                try statement.first(.text(bucket.period.contractName), .time(bucket.start)) { row in
                    Rollup(ofSite: row, from: 0)
                }
            }
        }
    }

    package func sumExtremes(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [SumExtremes?] {
        if Set(elementIDs).count <= 1 {
            return try rollups(of: elementIDs, in: buckets).map { $0.values.first.flatMap(SumExtremes.init) }
        }
        return try query { database in
            if let sums = try sumsOfEvery(elementIDs, in: buckets) { return sums }
            guard let first = buckets.map(\.start).min(), let last = buckets.map(\.end).max() else {
                return []
            }
            let search = try ExtremesSearch(
                database,
                of: elementIDs,
                from: first,
                until: last,
                visitsEveryDay: buckets.allSatisfy { $0.period != .month }
            )
            return try buckets.map { bucket in try search.extremes(in: bucket) }
        }
    }

    package func sumExtremes(of elementIDs: [Int64], across buckets: [Bucket]) throws -> SumExtremes? {
        guard let first = buckets.first, let last = buckets.last, Set(elementIDs).count > 1 else {
            return SumExtremes(of: try sumExtremes(of: elementIDs, in: buckets))
        }
        return try query { database in
            if let sums = try sumsOfEvery(elementIDs, in: buckets) { return SumExtremes(of: sums) }
            let search = try ExtremesSearch(
                database,
                of: elementIDs,
                from: first.start,
                until: last.end,
                visitsEveryDay: false
            )
            return try search.extremes(across: buckets)
        }
    }

    /// The extremes of the sums in `buckets` where `elementIDs` are all PDUs, whose sums have rollups; nil where not.
    private func sumsOfEvery(_ elementIDs: [Int64], in buckets: [Bucket]) throws -> [SumExtremes?]? {
        let ids = Set(elementIDs)
        guard try ids.count == pduCount(), try ids.allSatisfy({ try pdu(id: $0) != nil }) else { return nil }
        return try siteRollups(in: buckets).map { $0.flatMap(SumExtremes.init) }
    }

    /// Answers a question from one snapshot.
    func query<Answer>(_ body: (Connection) throws -> Answer) throws -> Answer {
        try snapshot {
            guard let current else { throw StorageError(.unexpected, path: path, "no snapshot") }
            return try withStorageErrors(on: path) { try body(current.connection) }
        }
    }

    /// The connection to the file that `path` leads to now.
    private func connected() throws -> Connection {
        let file = try fileIdentity()
        if let opened, opened.file == file { return opened.connection }
        opened = nil
        let connection = try Connection(.file(path), .readOnly, busyTimeout: busyTimeout)
        try connection.execute("PRAGMA query_only = ON")
        try Migrator.checkReadable(connection, path: path)
        opened = (connection, file, nil)
        return connection
    }

    private func fileIdentity() throws -> FileIdentity {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT {
                throw StorageError(.missing, path: path, "there is no history yet: pdu-poll makes it")
            }
            throw HistoryFile.failure(path)
        }
        return FileIdentity(
            device: UInt(status.st_dev),
            inode: UInt(status.st_ino),
            size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    /// The state of the snapshot; throws when the schema or the zone changed since the file was opened.
    ///
    /// As long as nothing has changed it is the one that was looked up before: then an answer that the browser has
    /// already costs no query.
    private func state(of connection: Connection) throws -> State {
        let change = try connection.statement(ReaderSQL.change).first { row in row.int(0) } ?? 0
        if let known = opened?.state, known.change == change { return known }
        // Before any table is asked: those of another schema may have other columns.
        let schema = try connection.statement(ReaderSQL.schema).first { row in row.int(0) }
        guard schema == Migration.latest else {
            throw StorageError(.schemaTooNew, path: path, "the schema is changing: try again")
        }
        let stored = try connection.statement(ReaderSQL.state).first { row in
            (version: row.int(0), zone: row.text(1))
        }
        guard let stored, stored.zone == zone else {
            let message =
                "the rollups are of \(stored?.zone ?? "no zone"), the configuration says \(zone): run pductl rebuild"
            throw StorageError(.zoneChanged, path: path, message)
        }
        let newestRun = try connection.statement(ReaderSQL.newestRun).first { row in
            RunRecord(
                minute: row.time(0),
                interval: row.int(1),
                pdusRead: row.int(2),
                pdusFailed: row.int(3)
            )
        }
        let state = State(change: change, version: stored.version, newestRun: newestRun)
        opened?.state = state
        return state
    }
}

extension HistoryReader: HistoryQueries {}

extension SumExtremes {
    /// The extremes that `rollup` knows; nil when it knows none.
    fileprivate init?(_ rollup: Rollup) {
        guard let minimum = rollup.minimum, let maximum = rollup.maximum else { return nil }
        self.init(minimum: minimum, maximum: maximum, members: rollup.members)
    }
}

extension PDURecord {
    /// The record in the first fourteen columns of a row.
    init(_ row: borrowing Row) {
        var identity = DeviceIdentity()
        identity.vendor = row.optionalText(6)
        identity.model = row.optionalText(7)
        identity.serial = row.optionalText(8)
        identity.firmware = row.optionalText(9)
        identity.name = row.optionalText(10)
        self.init(
            id: row.int(0),
            name: row.text(1),
            address: row.text(2),
            host: row.text(11),
            createdAt: row.time(3),
            isConfigured: row.int(4) != 0,
            identity: identity,
            profile: row.optionalText(5),
            hostID: row.optionalInt(12),
            unit: row.optionalInt(13)
        )
    }
}

extension HistoryReader {
    /// A database to be opened again and again.
    package struct Source: HistorySource {
        private let path: String
        private let zone: String

        /// The history at `path`, of a site in `zone`.
        package init(path: String, zone: String) {
            self.path = path
            self.zone = zone
        }

        package func open() -> sending any HistoryQueries {
            HistoryReader(path: path, zone: zone)
        }
    }
}
