// What a PDU's parts did last. Readings are keyed by time first, so each is sought at a time that is known: an element's
// from what the ledger remembers of it, a probe's in the newest runs.

import Basics
import Metering
import SQLite

enum LatestSQL: String, StatementList {
    /// The state has been the same since the first version with it after the last one with another.
    case elements = """
        SELECT element.id, element.kind, element.number,
            (
                SELECT min(same.valid_from)
                FROM element_version AS same
                WHERE same.element_id = element.id AND same.state = version.state AND same.valid_from >
                    (
                        SELECT max(other.valid_from)
                        FROM element_version AS other
                        WHERE other.element_id = element.id AND other.state <> version.state
                    )
            ),
            version.name, version.rated_milliamps, version.energy_resolution_milliwatt_hours, version.energy_since,
            coalesce(version.power_is_estimate, 0), version.state, version.energy_maximum_milliwatt_hours,
            version.power_limit_milliwatts, version.rated_milliwatts, version.warning_milliamps,
            version.critical_milliamps, version.bank_number, version.phase_number
        FROM element
        LEFT JOIN element_version AS version
            ON version.element_id = element.id
            AND version.valid_from =
                (SELECT max(valid_from) FROM element_version WHERE element_id = element.id)
        WHERE element.pdu_id = $1
        ORDER BY element.kind, element.number
        """
    case sensors = """
        SELECT sensor.id, sensor.number, sensor.name, sensor_reading.time,
            sensor_reading.temperature_millidegrees, sensor_reading.humidity_thousandths
        FROM sensor
        LEFT JOIN sensor_reading
            ON sensor_reading.sensor_id = sensor.id
            AND sensor_reading.time = (
                SELECT run.minute
                FROM pdu_status
                CROSS JOIN run
                    ON run.minute <= pdu_status.last_read_at AND run.minute > pdu_status.last_read_at - 3600
                CROSS JOIN sensor_reading AS known ON known.time = run.minute AND known.sensor_id = sensor.id
                WHERE pdu_status.pdu_id = sensor.pdu_id
                ORDER BY run.minute DESC
                LIMIT 1
            )
        WHERE sensor.pdu_id = $1
        ORDER BY sensor.number
        """
}

extension HistoryReader {
    package func elements(of pduID: Int64) throws -> [ElementStatus] {
        try query { database in
            let account = try OpenAccount.stored(of: pduID, in: database)
            var latest = LatestReadings(of: pduID, in: database)
            let known = try database.statement(LatestSQL.elements).all([.int(pduID)]) { row in
                ElementStatus(row, measuredAt: account.entry(of: row.int(0))?.state?.lastAt)
            }
            return try known.compactMap { status in
                guard var status = status else { return nil }
                if let time = status.measuredAt, let reading = try latest.reading(of: status.id, at: time) {
                    status.reading.take(reading)
                }
                return status
            }
        }
    }

    package func sensors(of pduID: Int64) throws -> [SensorStatus] {
        try query { database in
            try database.statement(LatestSQL.sensors).all([.int(pduID)]) { row in
                var reading = SensorReading(number: Int(row.int(1)))
                reading.name = row.optionalText(2)
                reading.temperature = row.optionalFixed(4)
                reading.humidity = row.optionalFixed(5)
                return SensorStatus(id: row.int(0), reading: reading, readAt: row.optionalTime(3))
            }
        }
    }
}

/// The readings of one PDU's elements at the times of their last ones, which mostly are one time.
private struct LatestReadings {
    private let pdu: Int64
    private let database: Connection
    private var parts: [UnixTime: [Int64: StoredReading]] = [:]

    init(of pdu: Int64, in database: Connection) {
        self.pdu = pdu
        self.database = database
    }

    /// That of `element` at `time`; nil where it is no longer in the database.
    mutating func reading(of element: Int64, at time: UnixTime) throws -> StoredReading? {
        if element >= Roster.firstPart {
            if parts[time] == nil {
                let found = try PartReadings.all(of: pdu, at: time, in: database)
                parts[time] = Dictionary(found.map { ($0.element, $0) }) { $1 }
            }
            if let reading = parts[time]?[element] { return reading }
        }
        // With hours between runs, or of a PDU that has been away for long, it is packed.
        return try ReadingHistory(database).reading(of: element, at: time)
    }
}

extension ElementStatus {
    /// The status in a row of `LatestSQL.elements`; nil for a kind that this program does not know.
    fileprivate init?(_ row: borrowing Row, measuredAt: UnixTime?) {
        guard let kind = ElementKind(rawValue: row.text(1)) else { return nil }
        var reading = ElementReading(Element(kind, Int(row.int(2))))
        ElementFacts(row, from: 4).put(into: &reading)
        self.init(
            id: row.int(0),
            reading: reading,
            measuredAt: measuredAt,
            stateSince: row.optionalTime(3)
        )
    }
}

extension ElementReading {
    /// Takes over what was measured.
    mutating func take(_ stored: StoredReading) {
        activePower = stored.power
        energy = stored.energy
        current = stored.current
        voltage = stored.voltage
        apparentPower = stored.apparentPower
        powerFactor = stored.powerFactor
    }
}
