// Which PDUs and elements there are. Read once at the beginning of a transaction and kept beside the database as
// it changes.

import Basics
import Metering
import SQLite

enum RosterSQL: String, StatementList {
    case pdus = """
        SELECT id, key, name, address, is_configured, profile, vendor, model, serial, firmware, device_name, host_id,
            unit_number, missing_since, configured_key
        FROM pdu
        """
    case insertPDU = """
        INSERT INTO pdu (id, key, name, address, created_at, is_configured, host_id, unit_number, configured_key)
        VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)
        """
    case updatePDU = """
        UPDATE pdu
        SET name = $1, address = $2, is_configured = $3, profile = $4, vendor = $5, model = $6, serial = $7,
            firmware = $8, device_name = $9, missing_since = $10
        WHERE id = $11
        """
    case elements = """
        SELECT element.id, element.pdu_id, element.kind, element.number, version.valid_from, version.name,
            version.rated_milliamps, version.energy_resolution_milliwatt_hours, version.energy_since,
            version.power_is_estimate, version.state, version.energy_maximum_milliwatt_hours,
            version.power_limit_milliwatts, version.rated_milliwatts, version.warning_milliamps,
            version.critical_milliamps, version.bank_number, version.phase_number
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
            energy_maximum_milliwatt_hours, power_limit_milliwatts, rated_milliwatts, warning_milliamps,
            critical_milliamps, bank_number, phase_number)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (element_id, valid_from) DO UPDATE SET name = excluded.name,
            rated_milliamps = excluded.rated_milliamps,
            energy_resolution_milliwatt_hours = excluded.energy_resolution_milliwatt_hours,
            energy_since = excluded.energy_since, power_is_estimate = excluded.power_is_estimate,
            state = excluded.state, energy_maximum_milliwatt_hours = excluded.energy_maximum_milliwatt_hours,
            power_limit_milliwatts = excluded.power_limit_milliwatts,
            rated_milliwatts = excluded.rated_milliwatts, warning_milliamps = excluded.warning_milliamps,
            critical_milliamps = excluded.critical_milliamps, bank_number = excluded.bank_number,
            phase_number = excluded.phase_number
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
    private var pdus: [Int64: KnownPDU] = [:]
    /// By their keys in the configuration.
    private var configured: [String: Int64] = [:]
    /// By their hosts and numbers.
    private var linked: [Int64: [Int: Int64]] = [:]
    /// Every key that a PDU has.
    private var keys: Set<String> = []
    private var elements: [ElementKey: KnownElement] = [:]
    /// The serial number of each PDU's unit, as far as one was ever said.
    private var units: [Int64: String] = [:]
    private var lastPDU: Int64 = 0
    private var lastPart = Roster.firstPart - 1

    /// Reads what `database` knows.
    init(_ database: Connection) throws {
        self.database = database
        try database.statement(RosterSQL.pdus).forEach { row in add(KnownPDU(row)) }
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
        configured[key]
    }

    /// The name of the PDU `id`; nil where there is none.
    func name(of id: Int64) -> String? {
        pdus[id]?.name
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
        let id = try configured[polled.key] ?? insert(polled, at: minute)
        try change(id) { pdu in
            pdu.name = polled.name
            pdu.address = polled.address
            pdu.isConfigured = true
            if case .read(let reading) = polled.outcome { pdu.note(reading) }
        }
        return id
    }

    /// Marks every PDU whose key is not among `keys` as no longer configured, with its linked units.
    func retire(allBut keys: Set<String>) throws {
        for (key, id) in configured where !keys.contains(key) {
            try change(id) { $0.isConfigured = false }
            for unit in linkedUnits(of: id) { try change(unit.id) { $0.isConfigured = false } }
        }
    }

    // MARK: - Linked units

    /// The units that were ever read through the address of the PDU `host`, in the order of their numbers.
    func linkedUnits(of host: Int64) -> [KnownPDU] {
        (linked[host] ?? [:]).sorted { $0.key < $1.key }.compactMap { pdus[$0.value] }
    }

    /// The id of `unit`, which was read through the address of the PDU `host`, entered or brought up to date; nil
    /// where there is no such PDU.
    func id(of unit: LinkedUnit, behind host: Int64, at minute: UnixTime) throws -> Int64? {
        guard let owner = pdus[host] else { return nil }
        let id = try linked[host]?[unit.number] ?? insert(unit, behind: owner, at: minute)
        try change(id) { pdu in
            pdu.missingSince = nil
            pdu.follow(owner, at: minute)
            pdu.note(unit.reading)
        }
        return id
    }

    /// Keeps that the linked unit `id` was not read, perhaps although its host was; answers whether it still counts as
    /// configured.
    func noteAbsence(of id: Int64, isHostRead: Bool, at minute: UnixTime) throws -> Bool {
        guard let host = pdus[id]?.hostID, let owner = pdus[host] else { return false }
        try change(id) { pdu in
            if isHostRead, pdu.missingSince == nil { pdu.missingSince = minute }
            pdu.follow(owner, at: minute)
        }
        return pdus[id]?.isConfigured ?? false
    }

    // MARK: - Elements

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
    /// news; answers those that held before, where there were any.
    func note(
        _ facts: ElementFacts,
        of element: Element,
        on pdu: Int64,
        at minute: UnixTime
    ) throws -> ElementFacts? {
        let key = ElementKey(pdu: pdu, element: element)
        guard let known = elements[key], known.facts != facts else { return nil }
        try database.statement(RosterSQL.insertVersion)
            .run([.int(known.id), .time(minute)] + facts.values)
        elements[key]?.facts = facts
        return known.facts
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

    // MARK: - Entering PDUs

    private func add(_ pdu: KnownPDU) {
        pdus[pdu.id] = pdu
        keys.insert(pdu.key)
        if let host = pdu.hostID, let number = pdu.unitNumber {
            linked[host, default: [:]][number] = pdu.id
        } else {
            configured[pdu.configuredKey ?? pdu.key] = pdu.id
        }
        lastPDU = max(lastPDU, pdu.id)
    }

    private func insert(_ polled: PolledPDU, at minute: UnixTime) throws -> Int64 {
        let key = freeKey(polled.key)
        return try insert(
            KnownPDU(
                id: lastPDU + 1,
                key: key,
                configuredKey: key == polled.key ? nil : polled.key,
                hostID: nil,
                unitNumber: nil,
                name: polled.name,
                address: polled.address
            ),
            at: minute
        )
    }

    private func insert(_ unit: LinkedUnit, behind host: KnownPDU, at minute: UnixTime) throws -> Int64 {
        try insert(
            KnownPDU(
                id: lastPDU + 1,
                key: freeKey("\(host.key)#\(unit.number)"),
                configuredKey: nil,
                hostID: host.id,
                unitNumber: unit.number,
                name: host.name(ofUnit: unit.number),
                address: host.address
            ),
            at: minute
        )
    }

    private func insert(_ pdu: KnownPDU, at minute: UnixTime) throws -> Int64 {
        try pdu.insert(into: database, at: minute)
        add(pdu)
        return pdu.id
    }

    /// `key`, or with signs after it where another PDU has that: whoever came first keeps it, since the archive names
    /// readings by it.
    private func freeKey(_ key: String) -> String {
        var key = key
        while keys.contains(key) { key += "#" }
        return key
    }

    private func change(_ id: Int64, _ body: (inout KnownPDU) -> Void) throws {
        guard let before = pdus[id] else { return }
        var pdu = before
        body(&pdu)
        guard pdu != before else { return }
        try pdu.update(in: database)
        pdus[id] = pdu
    }
}
