// What a run changes of a PDU's accounts, in one row: the ledger's memory of each of its elements, and what its parts
// have in the hour at hand. An hour, a day and a month of each of two dozen outlets are not written every minute; they
// are when the hour is over, and until then a reader adds what is here.

import Basics
import Energy
import SQLite

enum OpenAccountSQL: String, StatementList {
    case one = "SELECT accounts FROM open_account WHERE pdu_id = $1"
    case all = "SELECT pdu_id, accounts FROM open_account ORDER BY pdu_id"
    case insert = "INSERT INTO open_account (accounts, pdu_id) VALUES ($1, $2)"
    case update = "UPDATE open_account SET accounts = $1 WHERE pdu_id = $2"
    case owner = "SELECT pdu_id FROM element WHERE id = $1"
    case owners = "SELECT id, pdu_id FROM element WHERE id BETWEEN $1 AND $2"
}

/// The open accounts of one PDU.
final class OpenAccount {
    /// One of its elements.
    struct Entry: Equatable {
        let element: Int64
        /// What the ledger remembers; nil when nothing was ever entered.
        var state: MeterState?
        /// What it has in `hour`, beside its row in `rollup`; nil for nothing, and for whole units.
        var rollup: Rollup?
    }

    let pdu: Int64
    /// In the order of their ids.
    private(set) var entries: [Entry] = []
    /// The hour of the rollups in `entries`; nil when there are none.
    private(set) var hour: Bucket?
    /// Whether there is a row of it.
    private var isStored = false
    private var isChanged = false

    /// The open accounts of `pdu`, of which there is no row yet.
    private init(of pdu: Int64) {
        self.pdu = pdu
    }

    /// The accounts in `bytes`, a row of `open_account`.
    ///
    /// Throws `DamagedRow`.
    init(of pdu: Int64, _ bytes: [UInt8]) throws {
        self.pdu = pdu
        isStored = true
        do {
            (hour, entries) = try OpenAccountCoding.decode(bytes)
        } catch {
            throw DamagedRow(table: "open_account", pdu: pdu)
        }
    }

    /// Those of `pdu` as `database` has them; empty ones where it has none.
    static func stored(of pdu: Int64, in database: Connection) throws -> OpenAccount {
        try stored(of: pdu, by: try database.statement(OpenAccountSQL.one))
    }

    /// The same, by the statement `OpenAccountSQL.one`.
    static func stored(of pdu: Int64, by statement: Statement) throws -> OpenAccount {
        let bytes = try statement.first(.int(pdu)) { row in row.bytes(0) }
        return try bytes.map { try OpenAccount(of: pdu, $0) } ?? OpenAccount(of: pdu)
    }

    /// Calls `body` with those of every PDU in `database`.
    static func forEach(in database: Connection, _ body: (OpenAccount) throws -> Void) throws {
        try database.statement(OpenAccountSQL.all).forEach { row in
            try body(OpenAccount(of: row.int(0), row.bytes(1)))
        }
    }

    /// The place of `element` in `entries`, made where there is none; `hint` is where it may be.
    func place(of element: Int64, near hint: Int = 0) -> Int {
        if hint < entries.count, entries[hint].element == element { return hint }
        let index = firstIndex(notBefore: element)
        if index == entries.count || entries[index].element != element {
            entries.insert(Entry(element: element), at: index)
        }
        return index
    }

    /// What is remembered of `element`; nil when nothing is.
    func entry(of element: Int64) -> Entry? {
        let index = firstIndex(notBefore: element)
        return index < entries.count && entries[index].element == element ? entries[index] : nil
    }

    /// The time of the last sample of the element at `place`; nil before the first.
    func lastTime(at place: Int) -> UnixTime? {
        // Of hundreds of bytes, eight are looked at.
        entries.withUnsafeBufferPointer { $0[place].state?.lastAt }
    }

    private func firstIndex(notBefore element: Int64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].element < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Remembers `state` of the element at `place`.
    func set(_ state: MeterState?, at place: Int) {
        entries[place].state = state
        isChanged = true
    }

    /// Adds `rollup` to what the part at `place` has in `hour`, the only one that is open.
    func merge(_ rollup: Rollup, at place: Int, in hour: Bucket) {
        self.hour = hour
        isChanged = true
        if entries[place].rollup?.merge(rollup) == nil { entries[place].rollup = rollup }
    }

    /// Takes the rollups of its hour away, of the element at `place` or of all, and gives them to `body`.
    func takeRollups(at place: Int? = nil, _ body: (_ element: Int64, Rollup) throws -> Void) rethrows {
        guard hour != nil else { return }
        for index in place.map({ $0...$0 }) ?? 0...max(0, entries.count - 1) where index < entries.count {
            guard let rollup = entries[index].rollup else { continue }
            entries[index].rollup = nil
            isChanged = true
            try body(entries[index].element, rollup)
        }
        if !entries.contains(where: { $0.rollup != nil }) { hour = nil }
    }

    /// Writes it, if it has changed, by the statements `OpenAccountSQL.insert` and `update`, with `writer`'s memory.
    func save(_ insert: Statement, _ update: Statement, _ writer: inout ByteWriter) throws {
        guard isChanged else { return }
        entries.removeAll { $0.state == nil && $0.rollup == nil }
        OpenAccountCoding.encode(hour, entries, &writer)
        try (isStored ? update : insert).run(.blob(writer.bytes), .int(pdu))
        isStored = true
        isChanged = false
    }
}

extension OpenAccount {
    /// What parts among `elements` have in an hour that is still open.
    static func rollups(
        of elements: ClosedRange<Int64>,
        in database: Connection
    ) throws -> [(element: Int64, hour: Bucket, rollup: Rollup)] {
        guard elements.upperBound >= Roster.firstPart else { return [] }
        var owners: [Int64] = []
        let range = (max(elements.lowerBound, Roster.firstPart), elements.upperBound)
        try database.statement(OpenAccountSQL.owners).forEach(.int(range.0), .int(range.1)) { row in
            if owners.last != row.int(1) { owners.append(row.int(1)) }
        }
        var found: [(element: Int64, hour: Bucket, rollup: Rollup)] = []
        for pdu in Set(owners) {
            let account = try stored(of: pdu, in: database)
            guard let hour = account.hour else { continue }
            for entry in account.entries where elements.contains(entry.element) {
                if let rollup = entry.rollup { found.append((entry.element, hour, rollup)) }
            }
        }
        return found
    }

    /// Takes over what `meter_state` held until then, and drops it.
    static func convertMeterStates(in database: Connection) throws {
        var accounts: [Int64: OpenAccount] = [:]
        let rows = try database.prepare(
            """
            SELECT last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
                counter_since, epoch_start_milliwatt_hours, epoch_millijoules, counter_unit, counter_moved_at,
                withheld_at, withheld_milliwatt_hours, withheld_epoch_millijoules, compared_from_milliwatt_hours,
                compared_millijoules, is_scale_suspect, is_power_withheld, element_id,
                (SELECT pdu_id FROM element WHERE element.id = element_id)
            FROM meter_state
            """
        )
        try rows.forEach { row in
            let pdu = row.int(MeterState.columnCount + 1)
            let account = accounts[pdu] ?? OpenAccount(of: pdu)
            account.set(MeterState(row), at: account.place(of: row.int(MeterState.columnCount)))
            accounts[pdu] = account
        }
        var writer = ByteWriter()
        let insert = try database.statement(OpenAccountSQL.insert)
        for account in accounts.values.sorted(by: { $0.pdu < $1.pdu }) {
            try account.save(insert, insert, &writer)
        }
        try database.execute("DROP TABLE meter_state")
    }
}
