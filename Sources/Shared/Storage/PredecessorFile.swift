// The database of the system before this one, `pdu_monitor.db`, as a file to be read: which of its two schemas it has, and
// what is in it, row by row. What the rows mean is decided elsewhere: PredecessorSurvey.swift, WallClock.swift.
//
// The older schema has readings of whole units, as its README has it. The newer one adds outlets (`pdu_ports`), their
// readings and groups of them, and calls the power of the whole unit `total_power_watts`.

import Basics
import SQLite

/// What the predecessor's file is asked.
///
/// Not for the history's list of statements, whose schema this is not.
enum PredecessorSQL: String {
    case schema = "SELECT count(*) FROM sqlite_schema"
    case columns = "SELECT lower(name) FROM pragma_table_info($1)"
    case pdus = "SELECT id, name, ip_address, created_at FROM pdus ORDER BY id"
    case ports = "SELECT id, pdu_id, port_number, name FROM pdu_ports ORDER BY id"
    case groups = "SELECT id, name, description, outlet_ids, color FROM outlet_groups ORDER BY id"
    case countWhole = "SELECT count(*) FROM power_readings"
    case countOutlets = "SELECT count(*) FROM port_power_readings"
    case countSums = "SELECT count(*) FROM power_aggregations"
    case countSettings = "SELECT count(*) FROM system_settings"
    // In the order in which they were written: of an hour that local clocks show twice, only that tells.
    case whole = "SELECT pdu_id, timestamp, power_watts, power_kw FROM power_readings ORDER BY rowid"
    case totals =
        "SELECT pdu_id, timestamp, total_power_watts, total_power_kw FROM power_readings ORDER BY rowid"
    case outlets = """
        SELECT port_id, timestamp, power_watts, power_kw, current_amps, voltage, power_factor
        FROM port_power_readings
        ORDER BY rowid
        """
}

/// The predecessor's database, opened to be read, as of one moment.
package final class PredecessorFile {
    /// Which schema it has.
    package enum Generation: String, Sendable {
        /// Readings of whole units alone.
        case wholeUnits = "whole-PDU readings"
        /// Readings of outlets as well, with their names and groups.
        case outlets = "outlet readings"
    }

    /// A PDU there.
    package struct Unit: Hashable, Sendable {
        package let id: Int64
        package let name: String
        /// An address without a port.
        package let address: String
    }

    /// An outlet there.
    package struct Port: Hashable, Sendable {
        package let id: Int64
        package let unit: Int64
        package let number: Int
        package let name: String
    }

    /// A group of outlets there.
    package struct Group: Hashable, Sendable {
        package let name: String
        package let description: String?
        /// `#rrggbb`; absent where none was chosen, or what is there is no colour.
        package let colour: String?
        /// Ids of ports.
        package let ports: [Int64]
    }

    /// The two tables of readings.
    package enum Table: String, CaseIterable, Sendable {
        case whole = "power_readings"
        case outlets = "port_power_readings"
    }

    /// One reading as it lies there; absent: no number.
    struct Entry {
        /// The id of a unit, or of a port.
        var owner: Int64
        /// Absent: not to be read as a time.
        var time: WallTime?
        var watts: Double?
        var kilowatts: Double?
        var current: Double?
        var voltage: Double?
        var powerFactor: Double?
    }

    package let path: String
    package let generation: Generation
    package let units: [Unit]
    package let ports: [Port]
    package let groups: [Group]
    /// Rows of each table of readings.
    package let counts: [Table: Int]
    /// Rows of `power_aggregations`: sums that the predecessor made of its readings.
    package let sums: Int
    /// Rows of `system_settings`.
    package let settings: Int
    private let database: Connection
    private let measured: Set<String>

    /// The file at `path`, held as it is now until this is gone.
    ///
    /// Throws `StorageError`, which says what the file is instead.
    package init(_ path: String) throws {
        self.path = path
        let database = try withStorageErrors(on: path) {
            try Connection(.file(path), .readOnly, busyTimeout: 5000)
        }
        self.database = database
        (generation, measured) = try withStorageErrors(on: path) {
            try database.execute("BEGIN")
            return try PredecessorFile.generation(of: database, path)
        }
        let hasOutlets = generation == .outlets
        (units, ports, groups) = try withStorageErrors(on: path) {
            (
                try PredecessorFile.units(database),
                hasOutlets ? try PredecessorFile.ports(database) : [],
                hasOutlets ? try PredecessorFile.groups(database) : []
            )
        }
        (counts, sums, settings) = try withStorageErrors(on: path) {
            let whole = Int(try database.integer(PredecessorSQL.countWhole.rawValue))
            let outlets = hasOutlets ? Int(try database.integer(PredecessorSQL.countOutlets.rawValue)) : 0
            return (
                [.whole: whole, .outlets: outlets],
                try PredecessorFile.count(.countSums, of: "power_aggregations", in: database),
                try PredecessorFile.count(.countSettings, of: "system_settings", in: database)
            )
        }
    }

    /// How many readings there are, of whole units and of outlets.
    package var readingCount: Int { counts.values.reduce(0, +) }

    /// Calls `body` with every reading of `table`, in the order in which they were written.
    func forEach(in table: Table, _ body: (Entry) throws -> Void) throws {
        guard counts[table, default: 0] > 0 else { return }
        let sql: PredecessorSQL =
            switch table {
            case .whole: measured.contains("total_power_watts") ? .totals : .whole
            case .outlets: .outlets
            }
        try database.prepare(sql.rawValue).forEach { row in
            var entry = Entry(owner: row.int(0), time: row.withBytes(1) { WallTime($0) })
            entry.watts = row.number(2)
            entry.kilowatts = row.number(3)
            if table == .outlets {
                entry.current = row.number(4)
                entry.voltage = row.number(5)
                entry.powerFactor = row.number(6)
            }
            try body(entry)
        }
    }
}

// MARK: - What is there

extension PredecessorFile {
    private static func generation(
        of database: Connection,
        _ path: String
    ) throws -> (Generation, measured: Set<String>) {
        if try database.integer("PRAGMA application_id") == Migrator.applicationID {
            let message = "this is a history of this program, not the predecessor's: pductl restore takes it"
            throw StorageError(.refused, path: path, message)
        }
        let units = try columns(of: "pdus", in: database)
        let readings = try columns(of: "power_readings", in: database)
        guard units.isSuperset(of: ["id", "name", "ip_address", "created_at"]),
            readings.isSuperset(of: ["pdu_id", "timestamp"])
        else {
            let message =
                "\(path) is no database of the predecessor: there are no tables pdus and power_readings in it, with id,"
                + " name, ip_address, created_at, pdu_id and timestamp; its name is pdu_monitor.db"
            throw StorageError(.refused, path: path, message)
        }
        let isTotal = readings.isSuperset(of: ["total_power_watts", "total_power_kw"])
        guard isTotal || readings.isSuperset(of: ["power_watts", "power_kw"]) else {
            let message =
                "\(path): power_readings has neither power_watts and power_kw nor total_power_watts and total_power_kw"
            throw StorageError(.refused, path: path, message)
        }
        let ports = try columns(of: "pdu_ports", in: database)
        let outlets = try columns(of: "port_power_readings", in: database)
        let groups = try columns(of: "outlet_groups", in: database)
        let hasOutlets =
            ports.isSuperset(of: ["id", "pdu_id", "port_number", "name"])
            && outlets.isSuperset(of: [
                "port_id", "timestamp", "power_watts", "power_kw", "current_amps", "voltage", "power_factor",
            ]) && groups.isSuperset(of: ["id", "name", "description", "outlet_ids", "color"])
        return (hasOutlets ? .outlets : .wholeUnits, readings)
    }

    private static func columns(of table: String, in database: Connection) throws -> Set<String> {
        Set(
            try database.prepare(PredecessorSQL.columns.rawValue).all(.text(table)) { row in row.text(0) }
        )
    }

    private static func count(
        _ sql: PredecessorSQL,
        of table: String,
        in database: Connection
    ) throws -> Int {
        try columns(of: table, in: database).isEmpty ? 0 : Int(database.integer(sql.rawValue))
    }

    private static func units(_ database: Connection) throws -> [Unit] {
        try database.prepare(PredecessorSQL.pdus.rawValue).all { row in
            Unit(id: row.int(0), name: row.text(1), address: row.text(2))
        }
    }

    private static func ports(_ database: Connection) throws -> [Port] {
        try database.prepare(PredecessorSQL.ports.rawValue).all { row in
            Port(id: row.int(0), unit: row.int(1), number: Int(row.int(2)), name: row.text(3))
        }
    }

    private static func groups(_ database: Connection) throws -> [Group] {
        try database.prepare(PredecessorSQL.groups.rawValue).all { row in
            Group(
                name: row.text(1),
                description: row.optionalText(2),
                colour: row.optionalText(4).flatMap(colour),
                ports: portIDs(row.text(3))
            )
        }
    }

    /// The ids in a JSON array of them, as numbers or as texts.
    private static func portIDs(_ text: String) -> [Int64] {
        guard case .list(let values)? = try? JSONValue(parsing: Array(text.utf8)) else { return [] }
        return values.compactMap { value in
            if case .text(let digits) = value { return Int64(digits) }
            return value.integer
        }
    }

    private static func colour(_ text: String) -> String? {
        let digits = text.utf8.dropFirst()
        guard text.utf8.count == 7, text.utf8.first == UInt8(ascii: "#"),
            digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        else { return nil }
        return text.lowercased()
    }
}
