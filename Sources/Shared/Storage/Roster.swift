// Which PDUs and elements there are. Read once at the beginning of a transaction and kept beside the database as
// it changes.

import Basics
import Metering
import SQLite

enum RosterSQL: String, StatementList {
    case all = """
        SELECT pdu.id, coalesce(pdu.configured_key, pdu.key), pdu.is_configured, pdu.host_id, pdu.unit_number,
            pdu.missing_since, pdu_card.card, pdu_status.last_attempt_at, pdu_status.last_read_at, pdu_status.failure
        FROM pdu
        LEFT JOIN pdu_card ON pdu_card.pdu_id = pdu.id
        LEFT JOIN pdu_status ON pdu_status.pdu_id = pdu.id
        """
    case pdu = """
        SELECT id, key, name, address, is_configured, profile, vendor, model, serial, firmware, device_name, host_id,
            unit_number, missing_since, configured_key
        FROM pdu
        WHERE id = $1
        """
    case lastPDU = "SELECT max(id) FROM pdu"
    case hasKey = "SELECT 1 FROM pdu WHERE key = $1"
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
        SELECT element.id, element.kind, element.number, version.valid_from, version.name,
            version.rated_milliamps, version.energy_resolution_milliwatt_hours, version.energy_since,
            version.power_is_estimate, version.state, version.energy_maximum_milliwatt_hours,
            version.power_limit_milliwatts, version.rated_milliwatts, version.warning_milliamps,
            version.critical_milliamps, version.bank_number, version.phase_number
        FROM element
        LEFT JOIN element_version AS version
            ON version.element_id = element.id
            AND version.valid_from =
                (SELECT max(valid_from) FROM element_version WHERE element_id = element.id)
        WHERE element.pdu_id = $1
        """
    case lastElement = "SELECT max(id) FROM element"
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
    case unit = "SELECT serial FROM pdu_unit WHERE pdu_id = $1 ORDER BY valid_from DESC LIMIT 1"
    case insertUnit = "INSERT INTO pdu_unit (pdu_id, valid_from, serial) VALUES ($1, $2, $3)"
    case sensor = "SELECT id, name FROM sensor WHERE pdu_id = $1 AND number = $2"
    case saveSensor = """
        INSERT INTO sensor (pdu_id, number, name) VALUES ($1, $2, $3)
        ON CONFLICT (pdu_id, number) DO UPDATE SET name = excluded.name
        """
}

/// The PDUs and elements of a database, by what the configuration and the devices call them.
///
/// What a run needs of every PDU is read at once; the rest, of those that say something new.
final class Roster {
    /// What every run needs of a PDU.
    final class Entry {
        let id: Int64
        /// The PDU through whose address it is read, and its number there; nil for what has an address of its own.
        let place: (host: Int64, number: Int)?
        fileprivate(set) var isConfigured: Bool
        /// Whether its host is read without it.
        fileprivate(set) var isMissing: Bool
        fileprivate(set) var card: [UInt8]?
        /// What became of it last; nil when it was never polled.
        var status: (lastRead: UnixTime?, isFailure: Bool)?
        fileprivate var pdu: KnownPDU?
        fileprivate var elements: [Element: KnownElement]?
        fileprivate var unit: String??

        fileprivate init(_ row: borrowing Row) {
            id = row.int(0)
            isConfigured = row.int(2) != 0
            if let host = row.optionalInt(3), let number = row.optionalInt(4).flatMap({ Int(exactly: $0) }) {
                place = (host, number)
            } else {
                place = nil
            }
            isMissing = !row.isNull(5)
            card = row.isNull(6) ? nil : row.bytes(6)
            if !row.isNull(7) { status = (row.optionalTime(8), !row.isNull(9)) }
        }

        fileprivate init(_ pdu: KnownPDU) {
            id = pdu.id
            if let host = pdu.hostID, let number = pdu.unitNumber {
                place = (host, number)
            } else {
                place = nil
            }
            isConfigured = pdu.isConfigured
            isMissing = pdu.missingSince != nil
            self.pdu = pdu
        }
    }

    fileprivate struct KnownElement {
        let id: Int64
        var facts: ElementFacts?
    }

    /// The whole unit's element has its PDU's id; parts count from here.
    static let firstPart: Int64 = 1_000_000

    private let database: Connection
    private var entries: [Int64: Entry] = [:]
    /// By their keys in the configuration.
    private var configured: [String: Entry] = [:]
    /// By their hosts and numbers.
    private var linked: [Int64: [Int: Entry]] = [:]
    private var lastPart: Int64?
    /// Whether a PDU was entered or changed by this.
    private(set) var hasChanged = false

    /// Reads what `database` knows.
    init(_ database: Connection) throws {
        self.database = database
        try database.statement(RosterSQL.all).forEach { row in add(Entry(row), key: row.text(1)) }
    }

    /// The id of the PDU that the configuration calls `key`; nil when it was never polled.
    func pduID(of key: String) -> Int64? {
        configured[key]?.id
    }

    /// The PDU that the configuration calls, or called, `key`; nil when the history has none.
    func knownEntry(of key: String) -> Entry? {
        configured[key]
    }

    /// The id of `element` on the PDU `entry`; nil when the history has none.
    func knownID(of element: Element, on entry: Entry) throws -> Int64? {
        try elements(of: entry)[element]?.id
    }

    /// The PDU that is `target` of an import, entered where it is new, as of `minute`.
    func entry(of target: ImportPlan.Target, at minute: UnixTime) throws -> Entry {
        let polled = PolledPDU(
            key: target.key,
            name: target.name,
            address: target.address,
            outcome: .failed(.timeout, ""),
            latencyMilliseconds: nil,
            engine: nil
        )
        return try entry(of: polled, at: minute)
    }

    /// The PDU that is `polled`, entered where it is new.
    func entry(of polled: PolledPDU, at minute: UnixTime) throws -> Entry {
        if let known = configured[polled.key] { return known }
        let key = try freeKey(polled.key)
        return try insert(
            KnownPDU(
                id: try nextPDU(),
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

    /// Changes what is known of the PDU `entry`, where `body` makes it something else.
    func change(_ entry: Entry, _ body: (inout KnownPDU) -> Void) throws {
        let before = try pdu(entry)
        var pdu = before
        body(&pdu)
        guard pdu != before else { return }
        try pdu.update(in: database)
        entry.pdu = pdu
        entry.isConfigured = pdu.isConfigured
        entry.isMissing = pdu.missingSince != nil
        hasChanged = true
        try forgetCard(of: entry)
    }

    /// Marks every PDU whose key is not among `keys` as no longer configured, with its linked units.
    func retire(allBut keys: Set<String>) throws {
        for (key, entry) in configured where entry.isConfigured && !keys.contains(key) {
            try change(entry) { $0.isConfigured = false }
        }
        for (host, units) in linked {
            guard let host = entries[host], !host.isConfigured else { continue }
            for unit in units.values where unit.isConfigured { try change(unit) { $0.isConfigured = false } }
        }
    }

    // MARK: - Cards

    /// Keeps `card` of the PDU `entry`, which says `said`.
    func save(_ card: PDUCard, of entry: Entry, saying said: [UInt8]) throws {
        let bytes = card.bytes(saying: said)
        guard bytes != entry.card else { return }
        try database.statement(CardSQL.save).run(.int(entry.id), .blob(bytes))
        entry.card = bytes
    }

    /// Forgets what was kept of the PDU `entry`, which is not so any more.
    func forgetCard(of entry: Entry) throws {
        guard entry.card != nil else { return }
        try database.statement(CardSQL.delete).run(.int(entry.id))
        entry.card = nil
    }

    // MARK: - Units

    /// The serial number of the unit that is the PDU `entry`; nil as long as none was said.
    func unit(of entry: Entry) throws -> String? {
        if let known = entry.unit { return known }
        let unit = try database.statement(RosterSQL.unit).first(.int(entry.id)) { row in row.text(0) }
        entry.unit = .some(unit)
        return unit
    }

    /// Keeps the serial number `serial` that the PDU `entry` says it has; answers the one before where that is
    /// another.
    func noteUnit(_ serial: String?, of entry: Entry, at minute: UnixTime) throws -> String? {
        let before = try unit(of: entry)
        guard let serial, !serial.isEmpty, serial != before else { return nil }
        try database.statement(RosterSQL.insertUnit).run(.int(entry.id), .time(minute), .text(serial))
        entry.unit = .some(serial)
        return before
    }

    // MARK: - Linked units

    /// The units that were ever read through the address of the PDU `host`, in the order of their numbers.
    func linkedUnits(of host: Entry) -> [(number: Int, entry: Entry)] {
        guard let units = linked[host.id] else { return [] }
        return units.sorted { $0.key < $1.key }.map { (number: $0.key, entry: $0.value) }
    }

    /// The PDU that is `unit`, which was read through the address of the PDU `host`, entered where it is new.
    func entry(of unit: LinkedUnit, behind host: Entry, at minute: UnixTime) throws -> Entry {
        if let known = linked[host.id]?[unit.number] { return known }
        let owner = try pdu(host)
        return try insert(
            KnownPDU(
                id: try nextPDU(),
                key: try freeKey("\(owner.key)#\(unit.number)"),
                configuredKey: nil,
                hostID: owner.id,
                unitNumber: unit.number,
                name: owner.name(ofUnit: unit.number),
                address: owner.address
            ),
            at: minute
        )
    }

    /// Takes over from `host` what it has in common with its linked unit `entry`, which was read.
    func notePresence(
        of entry: Entry,
        behind host: Entry,
        _ reading: DeviceReading,
        at minute: UnixTime
    ) throws {
        let owner = try pdu(host)
        try change(entry) { pdu in
            pdu.missingSince = nil
            pdu.follow(owner, at: minute)
            pdu.note(reading)
        }
    }

    /// Keeps that the linked unit `entry` was not read, perhaps although its `host` was; answers whether it still counts
    /// as configured.
    func noteAbsence(
        of entry: Entry,
        behind host: Entry,
        isHostRead: Bool,
        at minute: UnixTime
    ) throws -> Bool {
        let owner = try pdu(host)
        try change(entry) { pdu in
            if isHostRead, pdu.missingSince == nil { pdu.missingSince = minute }
            pdu.follow(owner, at: minute)
        }
        return entry.isConfigured
    }

    // MARK: - Elements

    /// The id of `element` on the PDU `entry`, entered where it is new.
    func id(of element: Element, on entry: Entry) throws -> Int64 {
        if let known = try elements(of: entry)[element] { return known.id }
        let isWhole = element.kind == .pdu
        let id = isWhole ? entry.id : try lastKnownPart() + 1
        try database.statement(RosterSQL.insertElement).run(
            .int(id),
            .int(entry.id),
            .text(element.kind.rawValue),
            .int(Int64(element.number))
        )
        if !isWhole { lastPart = id }
        entry.elements?[element] = KnownElement(id: id, facts: nil)
        return id
    }

    /// Keeps `facts`, which the device says of `element` on the PDU `entry` beside its measurements, where they are
    /// news; answers those that held before, where there were any.
    func note(
        _ facts: ElementFacts,
        of element: Element,
        on entry: Entry,
        at minute: UnixTime
    ) throws -> ElementFacts? {
        guard let known = try elements(of: entry)[element], known.facts != facts else { return nil }
        try database.statement(RosterSQL.insertVersion)
            .run([.int(known.id), .time(minute)] + facts.values)
        entry.elements?[element]?.facts = facts
        return known.facts
    }

    private func elements(of entry: Entry) throws -> [Element: KnownElement] {
        if let known = entry.elements { return known }
        var elements: [Element: KnownElement] = [:]
        try database.statement(RosterSQL.elements).forEach(.int(entry.id)) { row in
            guard let kind = ElementKind(rawValue: row.text(1)) else { return }
            let facts = row.isNull(3) ? nil : ElementFacts(row, from: 4)
            elements[Element(kind, Int(row.int(2)))] = KnownElement(id: row.int(0), facts: facts)
        }
        entry.elements = elements
        return elements
    }

    private func lastKnownPart() throws -> Int64 {
        if let lastPart { return lastPart }
        let last = try database.statement(RosterSQL.lastElement).first { row in row.optionalInt(0) } ?? nil
        return max(last ?? 0, Roster.firstPart - 1)
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

    private func add(_ entry: Entry, key: String) {
        entries[entry.id] = entry
        if let place = entry.place {
            linked[place.host, default: [:]][place.number] = entry
        } else {
            configured[key] = entry
        }
    }

    private func pdu(_ entry: Entry) throws -> KnownPDU {
        if let known = entry.pdu { return known }
        let pdu = try database.statement(RosterSQL.pdu).first(.int(entry.id)) { row in KnownPDU(row) }
        guard let pdu else { throw DamagedRow(table: "pdu", pdu: entry.id) }
        entry.pdu = pdu
        return pdu
    }

    private func nextPDU() throws -> Int64 {
        let last = try database.statement(RosterSQL.lastPDU).first { row in row.optionalInt(0) } ?? nil
        return (last ?? 0) + 1
    }

    private func insert(_ pdu: KnownPDU, at minute: UnixTime) throws -> Entry {
        try pdu.insert(into: database, at: minute)
        let entry = Entry(pdu)
        add(entry, key: pdu.configuredKey ?? pdu.key)
        hasChanged = true
        return entry
    }

    /// `key`, or with signs after it where another PDU has that: whoever came first keeps it, since the archive names
    /// readings by it.
    private func freeKey(_ key: String) throws -> String {
        var key = key
        while try database.statement(RosterSQL.hasKey).first(.text(key), body: { _ in true }) != nil {
            key += "#"
        }
        return key
    }
}
