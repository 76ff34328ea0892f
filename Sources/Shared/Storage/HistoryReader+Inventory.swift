// Everything at once, in a dozen queries, however many PDUs and outlets there are.

import Basics
import Metering
import SQLite

enum InventorySQL: String, StatementList {
    case keys = "SELECT id, key FROM pdu"
    case run = """
        SELECT started_at, duration_milliseconds FROM run WHERE minute = (SELECT max(minute) FROM run)
        """
    /// In the order of the index that has these columns; the facts are those said last.
    case elements = """
        SELECT element.id, element.pdu_id, element.kind, element.number,
            (SELECT min(valid_from) FROM element_version WHERE element_id = element.id),
            version.name, version.rated_milliamps, version.energy_resolution_milliwatt_hours, version.energy_since,
            coalesce(version.power_is_estimate, 0), version.state, version.energy_maximum_milliwatt_hours,
            version.power_limit_milliwatts, version.rated_milliwatts, version.warning_milliamps,
            version.critical_milliamps, version.bank_number, version.phase_number
        FROM element
        LEFT JOIN element_version AS version
            ON version.element_id = element.id
            AND version.valid_from =
                (SELECT max(valid_from) FROM element_version WHERE element_id = element.id)
        ORDER BY element.pdu_id, element.kind, element.number
        """
    case units = """
        SELECT time, element_id, power_milliwatts, energy_milliwatt_hours, current_milliamps, voltage_millivolts,
            apparent_power_millivoltamps, power_factor_thousandths
        FROM reading
        WHERE time = $1 AND element_id < 1000000
        """
    case sensors = """
        SELECT sensor.id, sensor.number, sensor.name, sensor_reading.temperature_millidegrees,
            sensor_reading.humidity_thousandths, sensor.pdu_id
        FROM sensor_reading
        CROSS JOIN sensor ON sensor.id = sensor_reading.sensor_id
        WHERE sensor_reading.time = $1
        """
}

extension HistoryReader {
    package func inventory(_ freshness: Freshness) throws -> Inventory {
        try query { database in
            let statuses = try status().filter(\.pdu.isConfigured)
            let accounts = try OpenAccounts(in: database)
            let times = Set(accounts.measuredAt.values.filter(freshness.isFresh))
            let readings = try FreshReadings(at: times, in: database)
            let energies = try LastingCounters.shown(
                try LastingCounters.accounted(in: database, open: accounts.energies),
                in: database
            )
            var resets: [Int64: Int64] = [:]
            try database.statement(CounterSQL.resets).forEach { row in
                if let element = row.optionalInt(1) { resets[element] = row.int(2) }
            }
            var members: [Int64: [Inventory.Member]] = [:]
            for known in try KnownElement.all(in: database) {
                let id = known.id
                var reading = known.reading
                let measuredAt = accounts.measuredAt[id]
                if let measuredAt, let stored = try readings.reading(of: id, at: measuredAt) {
                    reading.take(stored)
                }
                let member = Inventory.Member(
                    status: ElementStatus(id: id, reading: reading, measuredAt: measuredAt),
                    millijoules: energies[id],
                    firstReadAt: known.firstReadAt,
                    resets: resets[id] ?? 0
                )
                members[known.pdu, default: []].append(member)
            }
            let keys = try keys(in: database)
            let sensors = try sensors(at: Set(statuses.compactMap(\.lastReadingAt).filter(freshness.isFresh)))
            let failures = try failures(in: database)
            let units = statuses.map { status in
                let id = status.pdu.id
                return Inventory.Unit(
                    status: status,
                    key: keys[id] ?? status.pdu.name,
                    elements: members[id] ?? [],
                    sensors: sensors[id] ?? [],
                    failures: failures[id] ?? [:]
                )
            }
            let run = try database.statement(InventorySQL.run).first { row in
                Inventory.Run(startedAt: row.time(0), durationMilliseconds: row.int(1))
            }
            return Inventory(units: units, run: run)
        }
    }

    private func keys(in database: Connection) throws -> [Int64: String] {
        var keys: [Int64: String] = [:]
        try database.statement(InventorySQL.keys).forEach { row in keys[row.int(0)] = row.text(1) }
        return keys
    }

    private func failures(in database: Connection) throws -> [Int64: [FailureReason: Int64]] {
        var rows: [(pdu: Int64, reason: String, count: Int64)] = []
        try database.statement(CounterSQL.failures).forEach { row in
            rows.append((row.int(0), row.text(1), row.int(2)))
        }
        var failures: [Int64: [FailureReason: Int64]] = [:]
        for (pdu, word, count) in rows {
            if let reason = FailureReason(rawValue: word) { failures[pdu, default: [:]][reason] = count }
        }
        return failures
    }

    /// What probes said at the newest of `times` at which they said anything, by PDU.
    private func sensors(at times: Set<UnixTime>) throws -> [Int64: [SensorStatus]] {
        try query { database in
            var found: [(pdu: Int64, sensor: SensorStatus)] = []
            for time in times.sorted(by: >) {
                try database.statement(InventorySQL.sensors).forEach(.time(time)) { row in
                    var reading = SensorReading(number: Int(row.int(1)))
                    reading.name = row.optionalText(2)
                    reading.temperature = row.optionalFixed(3)
                    reading.humidity = row.optionalFixed(4)
                    found.append((row.int(5), SensorStatus(id: row.int(0), reading: reading, readAt: time)))
                }
            }
            var known: Set<Int64> = []
            var sensors: [Int64: [SensorStatus]] = [:]
            for (pdu, sensor) in found where known.insert(sensor.id).inserted {
                sensors[pdu, default: []].append(sensor)
            }
            return sensors.mapValues { $0.sorted { $0.reading.number < $1.reading.number } }
        }
    }
}

/// An element with the facts that were said last.
private struct KnownElement {
    let id: Int64
    let pdu: Int64
    /// The facts alone: nothing that was measured.
    let reading: ElementReading
    let firstReadAt: UnixTime?

    /// A row of `InventorySQL.elements`; nil where it is of a kind that nobody knows.
    init?(_ row: borrowing Row) {
        guard let kind = ElementKind(rawValue: row.text(2)) else { return nil }
        id = row.int(0)
        pdu = row.int(1)
        firstReadAt = row.optionalTime(4)
        var facts = ElementReading(Element(kind, Int(row.int(3))))
        ElementFacts(row, from: 5).put(into: &facts)
        reading = facts
    }

    /// Every element, in the order of PDUs, kinds and numbers.
    static func all(in database: Connection) throws -> [KnownElement] {
        var all: [KnownElement] = []
        try database.statement(InventorySQL.elements).forEach { row in
            if let known = KnownElement(row) { all.append(known) }
        }
        return all
    }
}

/// What open accounts say of every element.
private struct OpenAccounts {
    /// When each was last read.
    var measuredAt: [Int64: UnixTime] = [:]
    /// What flowed in the hour at hand and is not in rollups yet, in thousandths of a watt-second.
    var energies: [Int64: Int64] = [:]

    init(in database: Connection) throws {
        try OpenAccount.forEach(in: database) { account in
            for entry in account.entries {
                if let state = entry.state { measuredAt[entry.element] = state.lastAt }
                if let energy = entry.rollup?.energy.total { energies[entry.element] = energy }
            }
        }
    }
}

/// What was read at a few times.
private struct FreshReadings {
    private let database: Connection
    private let times: Set<UnixTime>
    private var readings: [UnixTime: [Int64: StoredReading]] = [:]

    /// All that was read at `times`.
    init(at times: Set<UnixTime>, in database: Connection) throws {
        self.database = database
        self.times = times
        for time in times {
            var found: [Int64: StoredReading] = [:]
            try database.statement(InventorySQL.units).forEach(.time(time)) { row in
                found[row.int(1)] = StoredReading(row)
            }
            try database.statement(PartReadingSQL.ofTime).forEach(.time(time), .int(1), .int(.max)) { row in
                try PartReadings.decode(row.bytes(1), of: row.int(0), at: time) { found[$0.element] = $0 }
            }
            readings[time] = found
        }
    }

    /// That of `element` at `time`; nil where that is none of the times.
    func reading(of element: Int64, at time: UnixTime) throws -> StoredReading? {
        guard times.contains(time) else { return nil }
        if let reading = readings[time]?[element] { return reading }
        // With hours between runs it is packed already.
        return try ReadingHistory(database).reading(of: element, at: time)
    }
}
