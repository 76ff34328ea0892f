// Which PDUs and elements there are. Read once at the beginning of a transaction and kept beside the database as
// it changes.

import Basics
import Metering
import SQLite

enum RosterSQL: String, StatementList {
    case pdus = """
        SELECT id, key, name, address, is_configured, profile, vendor, model, serial, firmware, device_name
        FROM pdu
        """
    case insertPDU = """
        INSERT INTO pdu (id, key, name, address, created_at, is_configured)
        VALUES ($1, $2, $3, $4, $5, 1)
        """
    case updatePDU = """
        UPDATE pdu
        SET name = $1, address = $2, is_configured = $3, profile = $4, vendor = $5, model = $6, serial = $7,
            firmware = $8, device_name = $9
        WHERE id = $10
        """
    case elements = """
        SELECT element.id, element.pdu_id, element.kind, element.number, version.valid_from, version.name,
            version.rated_milliamps, version.energy_resolution_milliwatt_hours, version.energy_since,
            version.power_is_estimate, version.state, version.energy_maximum_milliwatt_hours,
            version.power_limit_milliwatts
        FROM element
        LEFT JOIN element_version AS version
            ON version.element_id = element.id
            AND version.valid_from =
                (SELECT max(valid_from) FROM element_version WHERE element_id = element.id)
        """
    case insertElement = """
        INSERT INTO element (id, pdu_id, kind, number) VALUES ($1, $2, $3, $4)
        """
    case insertVersion = """
        INSERT INTO element_version (element_id, valid_from, name, rated_milliamps,
            energy_resolution_milliwatt_hours, energy_since, power_is_estimate, state,
            energy_maximum_milliwatt_hours, power_limit_milliwatts)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (element_id, valid_from) DO UPDATE SET name = excluded.name,
            rated_milliamps = excluded.rated_milliamps,
            energy_resolution_milliwatt_hours = excluded.energy_resolution_milliwatt_hours,
            energy_since = excluded.energy_since, power_is_estimate = excluded.power_is_estimate,
            state = excluded.state, energy_maximum_milliwatt_hours = excluded.energy_maximum_milliwatt_hours,
            power_limit_milliwatts = excluded.power_limit_milliwatts
        """
    case units = "SELECT pdu_id, serial FROM pdu_unit ORDER BY pdu_id, valid_from"
    case insertUnit = "INSERT INTO pdu_unit (pdu_id, valid_from, serial) VALUES ($1, $2, $3)"
    case sensor = "SELECT id, name FROM sensor WHERE pdu_id = $1 AND number = $2"
    case saveSensor = """
        INSERT INTO sensor (pdu_id, number, name) VALUES ($1, $2, $3)
        ON CONFLICT (pdu_id, number) DO UPDATE SET name = excluded.name
        """
}

/// The PDUs and elements of a database, by what the configuration and the devices call them.
final class Roster {
    private struct KnownPDU: Equatable {
        let id: Int64
        var name: String
        var address: String
        var isConfigured: Bool
        var profile: String?
        var identity: DeviceIdentity
    }

    private struct KnownElement {
        let id: Int64
        var facts: ElementFacts?
    }

    private struct ElementKey: Hashable {
        let pdu: Int64
        let element: Element
    }

    /// The whole unit's element has its PDU's id; parts count from here.
    static let firstPart: Int64 = 1_000_000

    private let database: Connection
    private var pdus: [String: KnownPDU] = [:]
    private var elements: [ElementKey: KnownElement] = [:]
    /// The serial number of each PDU's unit, as far as one was ever said.
    private var units: [Int64: String] = [:]
    private var lastPDU: Int64 = 0
    private var lastPart = Roster.firstPart - 1

    /// Reads what `database` knows.
    init(_ database: Connection) throws {
        self.database = database
        try database.statement(RosterSQL.pdus).forEach { row in
            var identity = DeviceIdentity()
            identity.vendor = row.optionalText(6)
            identity.model = row.optionalText(7)
            identity.serial = row.optionalText(8)
            identity.firmware = row.optionalText(9)
            identity.name = row.optionalText(10)
            pdus[row.text(1)] = KnownPDU(
                id: row.int(0),
                name: row.text(2),
                address: row.text(3),
                isConfigured: row.int(4) != 0,
                profile: row.optionalText(5),
                identity: identity
            )
            lastPDU = max(lastPDU, row.int(0))
        }
        try database.statement(RosterSQL.elements).forEach { row in
            guard let kind = ElementKind(rawValue: row.text(2)) else { return }
            let key = ElementKey(pdu: row.int(1), element: Element(kind, Int(row.int(3))))
            let facts = row.isNull(4) ? nil : ElementFacts(row, from: 5)
            elements[key] = KnownElement(id: row.int(0), facts: facts)
            lastPart = max(lastPart, row.int(0))
        }
        try database.statement(RosterSQL.units).forEach { row in units[row.int(0)] = row.text(1) }
    }

    /// The id of the PDU that the configuration calls `key`; nil when it was never polled.
    func pduID(of key: String) -> Int64? {
        pdus[key]?.id
    }

    /// The serial number of the unit that is the PDU `pdu`; nil as long as none was said.
    func unit(of pdu: Int64) -> String? {
        units[pdu]
    }

    /// Keeps the serial number `serial` that the PDU `pdu` says it has; answers the one before where that is
    /// another.
    func noteUnit(_ serial: String?, of pdu: Int64, at minute: UnixTime) throws -> String? {
        let before = units[pdu]
        guard let serial, !serial.isEmpty, serial != before else { return nil }
        try database.statement(RosterSQL.insertUnit).run(.int(pdu), .time(minute), .text(serial))
        units[pdu] = serial
        return before
    }

    /// The id of `polled`, entered or brought up to date.
    func id(of polled: PolledPDU, at minute: UnixTime) throws -> Int64 {
        var pdu = try pdus[polled.key] ?? inserted(polled, at: minute)
        let before = pdu
        pdu.name = polled.name
        pdu.address = polled.address
        pdu.isConfigured = true
        if case .read(let reading) = polled.outcome {
            pdu.profile = reading.profile
            pdu.identity = reading.identity
        }
        if pdu != before { try update(pdu) }
        pdus[polled.key] = pdu
        return pdu.id
    }

    /// Marks every PDU whose key is not among `keys` as no longer configured.
    func retire(allBut keys: Set<String>) throws {
        for (key, pdu) in pdus where pdu.isConfigured && !keys.contains(key) {
            var retired = pdu
            retired.isConfigured = false
            try update(retired)
            pdus[key] = retired
        }
    }

    /// The id of the element of `reading` on the PDU `pdu`, entered where it is new.
    func id(of reading: ElementReading, on pdu: Int64) throws -> Int64 {
        let key = ElementKey(pdu: pdu, element: reading.element)
        if let known = elements[key] { return known.id }
        let isWhole = reading.element.kind == .pdu
        let id = isWhole ? pdu : lastPart + 1
        try database.statement(RosterSQL.insertElement).run(
            .int(id),
            .int(pdu),
            .text(reading.element.kind.rawValue),
            .int(Int64(reading.element.number))
        )
        if !isWhole { lastPart = id }
        elements[key] = KnownElement(id: id, facts: nil)
        return id
    }

    /// Keeps `facts`, which the device says of `element` on the PDU `pdu` beside its measurements, where they are
    /// news.
    func note(_ facts: ElementFacts, of element: Element, on pdu: Int64, at minute: UnixTime) throws {
        let key = ElementKey(pdu: pdu, element: element)
        guard let known = elements[key], known.facts != facts else { return }
        try database.statement(RosterSQL.insertVersion).run(
            .int(known.id),
            .time(minute),
            .string(facts.name),
            .thousandths(facts.ratedCurrent),
            .thousandths(facts.energyResolution),
            .string(facts.energySince),
            .bool(facts.powerIsEstimate),
            .string(facts.state?.rawValue),
            .thousandths(facts.energyMaximum),
            .thousandths(facts.powerLimit)
        )
        elements[key]?.facts = facts
    }

    /// The id of `sensor` on the PDU `pdu`, entered or brought up to date.
    func id(of sensor: SensorReading, on pdu: Int64) throws -> Int64? {
        func known() throws -> (id: Int64, name: String?)? {
            try database.statement(RosterSQL.sensor).first(.int(pdu), .int(Int64(sensor.number))) { row in
                (id: row.int(0), name: row.optionalText(1))
            }
        }
        if let found = try known(), found.name == sensor.name { return found.id }
        try database.statement(RosterSQL.saveSensor).run(
            .int(pdu),
            .int(Int64(sensor.number)),
            .string(sensor.name)
        )
        return try known()?.id
    }

    private func inserted(_ polled: PolledPDU, at minute: UnixTime) throws -> KnownPDU {
        lastPDU += 1
        try database.statement(RosterSQL.insertPDU).run(
            .int(lastPDU),
            .text(polled.key),
            .text(polled.name),
            .text(polled.address),
            .time(minute)
        )
        return KnownPDU(
            id: lastPDU,
            name: polled.name,
            address: polled.address,
            isConfigured: true,
            profile: nil,
            identity: DeviceIdentity()
        )
    }

    private func update(_ pdu: KnownPDU) throws {
        try database.statement(RosterSQL.updatePDU).run(
            .text(pdu.name),
            .text(pdu.address),
            .bool(pdu.isConfigured),
            .string(pdu.profile),
            .string(pdu.identity.vendor),
            .string(pdu.identity.model),
            .string(pdu.identity.serial),
            .string(pdu.identity.firmware),
            .string(pdu.identity.name),
            .int(pdu.id)
        )
    }
}
