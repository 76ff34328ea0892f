// What a PDU's parts did last. Readings are keyed by time first, so each is sought at a time that is known: an element's
// from what the ledger remembers of it, a probe's in the newest runs.

import Basics
import Metering
import SQLite

enum LatestSQL: String, StatementList {
    /// The state has been the same since the first version with it after the last one with another.
    case elements = """
        SELECT element.id, element.kind, element.number, meter_state.last_at,
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
            reading.power_milliwatts, reading.energy_milliwatt_hours, reading.current_milliamps,
            reading.voltage_millivolts, reading.apparent_power_millivoltamps, reading.power_factor_thousandths,
            version.name, version.rated_milliamps, version.energy_resolution_milliwatt_hours, version.energy_since,
            coalesce(version.power_is_estimate, 0), version.state, version.energy_maximum_milliwatt_hours,
            version.power_limit_milliwatts, version.rated_milliwatts, version.warning_milliamps,
            version.critical_milliamps, version.bank_number, version.phase_number, reading.time
        FROM element
        LEFT JOIN element_version AS version
            ON version.element_id = element.id
            AND version.valid_from =
                (SELECT max(valid_from) FROM element_version WHERE element_id = element.id)
        LEFT JOIN meter_state ON meter_state.element_id = element.id
        LEFT JOIN reading ON reading.time = meter_state.last_at AND reading.element_id = element.id
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
            let readings = ReadingHistory(database)
            let rows = try database.statement(LatestSQL.elements).all([.int(pduID)]) { row in
                (status: ElementStatus(row), isComplete: !row.isNull(24))
            }
            return try rows.compactMap { row in
                guard var status = row.status else { return nil }
                // With hours between runs, or of a PDU that has been away for long, it is packed.
                if !row.isComplete, let time = status.measuredAt,
                    let reading = try readings.reading(of: status.id, at: time)
                {
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

extension ElementStatus {
    /// The status in a row of `LatestSQL.elements`; nil for a kind that this program does not know.
    fileprivate init?(_ row: borrowing Row) {
        guard let kind = ElementKind(rawValue: row.text(1)) else { return nil }
        var reading = ElementReading(Element(kind, Int(row.int(2))))
        var stored = StoredReading(time: UnixTime(row.int(3)), element: row.int(0))
        stored.power = row.optionalFixed(5)
        stored.energy = row.optionalFixed(6)
        stored.current = row.optionalFixed(7)
        stored.voltage = row.optionalFixed(8)
        stored.apparentPower = row.optionalFixed(9)
        stored.powerFactor = row.optionalFixed(10)
        reading.take(stored)
        ElementFacts(row, from: 11).put(into: &reading)
        self.init(
            id: row.int(0),
            reading: reading,
            measuredAt: row.optionalTime(3),
            stateSince: row.optionalTime(4)
        )
    }
}

extension ElementReading {
    /// Takes over what was measured.
    fileprivate mutating func take(_ stored: StoredReading) {
        activePower = stored.power
        energy = stored.energy
        current = stored.current
        voltage = stored.voltage
        apparentPower = stored.apparentPower
        powerFactor = stored.powerFactor
    }
}
