import Basics
import Metering
import SQLite

/// A PDU as its row has it: one of the configuration, or a unit that is read through the address of one.
struct KnownPDU: Equatable {
    /// How long a linked unit may be missing from what its host answers until it is no longer counted, in seconds: a
    /// cable that is out over a holiday loses nothing.
    static let longestAbsence: Int64 = 7 * 86_400

    let id: Int64
    let key: String
    /// Its key in the configuration where `key` was taken; nil where `key` is it, and for linked units.
    let configuredKey: String?
    /// The PDU through whose address it is read; nil for what has an address of its own.
    let hostID: Int64?
    /// Its number behind that address.
    let unitNumber: Int?
    var name: String
    var address: String
    var isConfigured = true
    var profile: String?
    var identity = DeviceIdentity()
    /// Since when its host is read without it; nil while it is there.
    var missingSince: UnixTime?

    /// Takes over what `reading` says of the device.
    mutating func note(_ reading: DeviceReading) {
        profile = reading.profile
        identity = reading.identity
    }

    /// Takes over from its host what the two have in common, at `minute`.
    mutating func follow(_ host: KnownPDU, at minute: UnixTime) {
        name = host.name(ofUnit: unitNumber ?? 0)
        address = host.address
        isConfigured = host.isConfigured
        if let missingSince, minute - missingSince >= KnownPDU.longestAbsence { isConfigured = false }
    }

    /// What the unit `number` behind its address is called.
    func name(ofUnit number: Int) -> String {
        KnownPDU.name(ofUnit: number, behind: name)
    }

    /// What the unit `number` behind the address of the PDU called `host` is called.
    static func name(ofUnit number: Int, behind host: String) -> String {
        "\(host) unit \(number)"
    }
}

extension KnownPDU {
    /// The PDU in a row of `RosterSQL.pdu`.
    init(_ row: borrowing Row) {
        id = row.int(0)
        key = row.text(1)
        name = row.text(2)
        address = row.text(3)
        isConfigured = row.int(4) != 0
        profile = row.optionalText(5)
        identity.vendor = row.optionalText(6)
        identity.model = row.optionalText(7)
        identity.serial = row.optionalText(8)
        identity.firmware = row.optionalText(9)
        identity.name = row.optionalText(10)
        hostID = row.optionalInt(11)
        unitNumber = row.optionalInt(12).flatMap { Int(exactly: $0) }
        missingSince = row.optionalTime(13)
        configuredKey = row.optionalText(14)
    }

    /// Enters it, as of `minute`.
    func insert(into database: Connection, at minute: UnixTime) throws {
        try database.statement(RosterSQL.insertPDU).run(
            .int(id),
            .text(key),
            .text(name),
            .text(address),
            .time(minute),
            .int(hostID),
            .int(unitNumber.map(Int64.init)),
            .string(configuredKey)
        )
    }

    /// Writes what of it may change.
    func update(in database: Connection) throws {
        try database.statement(RosterSQL.updatePDU).run(
            .text(name),
            .text(address),
            .bool(isConfigured),
            .string(profile),
            .string(identity.vendor),
            .string(identity.model),
            .string(identity.serial),
            .string(identity.firmware),
            .string(identity.name),
            .time(missingSince),
            .int(id)
        )
    }
}
