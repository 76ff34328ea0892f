// What the ledger remembers of elements, and what their parts have in the hour at hand: each PDU's row read when it is
// first needed in a transaction, and written once at its end. Days begin with a checkpoint of it.

import Basics
import Energy
import SQLite

enum MeterStateSQL: String, StatementList {
    /// The newest checkpoint of the element $1 that is not after $2.
    case checkpoint = """
        SELECT last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules, counter_unit, counter_moved_at,
            withheld_at, withheld_milliwatt_hours, withheld_epoch_millijoules, compared_from_milliwatt_hours,
            compared_millijoules, is_scale_suspect, is_power_withheld, day_start
        FROM meter_checkpoint
        WHERE element_id = $1 AND day_start <= $2
        ORDER BY day_start DESC
        """
    /// Every checkpoint of the days from $1 on.
    case checkpoints = """
        SELECT last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules, counter_unit, counter_moved_at,
            withheld_at, withheld_milliwatt_hours, withheld_epoch_millijoules, compared_from_milliwatt_hours,
            compared_millijoules, is_scale_suspect, is_power_withheld, element_id, day_start
        FROM meter_checkpoint
        WHERE day_start >= $1
        ORDER BY day_start
        """
    /// What there is stays: it was kept before the first entry of the day.
    case saveCheckpoint = """
        INSERT INTO meter_checkpoint (last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules, counter_unit, counter_moved_at,
            withheld_at, withheld_milliwatt_hours, withheld_epoch_millijoules, compared_from_milliwatt_hours,
            compared_millijoules, is_scale_suspect, is_power_withheld, element_id, day_start)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        ON CONFLICT (day_start, element_id) DO NOTHING
        """
    case deleteCheckpoints = "DELETE FROM meter_checkpoint WHERE day_start >= $1"
    case deleteCheckpointsOfElement = "DELETE FROM meter_checkpoint WHERE day_start >= $1 AND element_id = $2"
}

/// The ledger's memory of every element, or of one.
struct MeterStates {
    /// A state before anything was entered on a day or later.
    struct Checkpoint {
        let day: UnixTime
        let state: MeterState
    }

    private let database: Connection
    private let one: Statement
    private var accounts: [Int64: OpenAccount] = [:]
    /// The PDU of each element, as far as it was looked for.
    private var owners: [Int64: Int64] = [:]
    /// What is taken up at the first entry of an element.
    private var resumable: [Int64: Checkpoint] = [:]

    /// What `database` remembers.
    init(_ database: Connection) throws {
        self.database = database
        one = try database.statement(OpenAccountSQL.one)
    }

    /// The memory for a rebuild from `start` on, which forgets in `database` what that is to remember.
    init(rebuilding database: Connection, from start: UnixTime) throws {
        try self.init(database)
        try database.statement(OpenAccountSQL.owners).forEach(.int(1), .int(.max)) { row in
            owners[row.int(0)] = row.int(1)
        }
        try loadAll()
        for account in accounts.values {
            if let hour = account.hour, hour.end > start { account.takeRollups { _, _ in } }
            // Of elements that are no longer read since then, the state stays what it is.
            for (place, entry) in account.entries.enumerated() where (entry.state?.lastAt ?? start) >= start {
                account.set(nil, at: place)
            }
        }
        if start > UnixTime(.min) {
            resumable = try MeterStates.firstCheckpoints(in: database, from: start)
        }
        // What stays, should nothing be entered any more.
        for (element, checkpoint) in resumable {
            let account = try account(of: element)
            account.set(checkpoint.state, at: account.place(of: element))
        }
        try database.statement(MeterStateSQL.deleteCheckpoints).run(.time(start))
    }

    /// The memory of `element` alone, from `checkpoint` on or from its beginning; forgets in `database` what comes
    /// after.
    init(of element: Int64, in database: Connection, from checkpoint: Checkpoint?) throws {
        try self.init(database)
        let account = try account(of: element)
        let place = account.place(of: element)
        account.takeRollups(at: place) { _, _ in }
        account.set(checkpoint?.state, at: place)
        try database.statement(MeterStateSQL.deleteCheckpointsOfElement)
            .run(.time(checkpoint?.day ?? UnixTime(.min)), .int(element))
    }

    /// The state of `element` before its first entry on the day of `time`, or of a day before, the nearest that
    /// `isUsable`; nil when there is none.
    static func checkpoint(
        of element: Int64,
        before time: UnixTime,
        in database: Connection,
        where isUsable: (UnixTime) -> Bool
    ) throws -> Checkpoint? {
        var day = time
        while true {
            let found = try database.statement(MeterStateSQL.checkpoint).first(.int(element), .time(day)) {
                row in
                Checkpoint(day: row.time(MeterState.columnCount), state: MeterState(row))
            }
            guard let found, !isUsable(found.day) else { return found }
            day = found.day - 1
        }
    }

    /// The open accounts of `pdu`.
    mutating func account(ofPDU pdu: Int64) throws -> OpenAccount {
        if let known = accounts[pdu] { return known }
        let account = try OpenAccount.stored(of: pdu, by: one)
        accounts[pdu] = account
        return account
    }

    /// The open accounts of the PDU that `element` belongs to.
    mutating func account(of element: Int64) throws -> OpenAccount {
        if let pdu = owners[element] { return try account(ofPDU: pdu) }
        let found = try database.statement(OpenAccountSQL.owner).first(.int(element)) { row in row.int(0) }
        // A whole unit has its PDU's id.
        let pdu = found ?? element
        owners[element] = pdu
        return try account(ofPDU: pdu)
    }

    /// Makes ready for what is entered at `time`, a day that begins at `day`, of `element`, which has that place in
    /// `account`.
    mutating func prepare(
        _ element: Int64,
        at place: Int,
        in account: OpenAccount,
        at time: UnixTime,
        on day: UnixTime
    ) throws {
        if !resumable.isEmpty, let checkpoint = resumable[element] {
            resumable[element] = nil
            account.set(checkpoint.day <= time ? checkpoint.state : nil, at: place)
        }
        guard let lastAt = account.lastTime(at: place), lastAt < day,
            let state = account.entries[place].state
        else { return }
        try database.statement(MeterStateSQL.saveCheckpoint)
            .run(state.columns + [.int(element), .time(day)])
    }

    /// Gives every rollup of an hour other than `hour` to `body`, in the order of PDUs and elements; it is not open
    /// any more.
    mutating func closeHours(
        except hour: Bucket,
        _ body: (_ element: Int64, Bucket, Rollup) throws -> Void
    ) throws {
        try loadAll()
        for account in accounts.values.sorted(by: { $0.pdu < $1.pdu }) {
            try close(account, except: hour, body)
        }
    }

    /// The same for one PDU.
    func close(
        _ account: OpenAccount,
        except hour: Bucket,
        _ body: (_ element: Int64, Bucket, Rollup) throws -> Void
    ) throws {
        guard let former = account.hour, former != hour else { return }
        try account.takeRollups { element, rollup in try body(element, former, rollup) }
    }

    /// Writes what changed.
    mutating func flush() throws {
        var writer = ByteWriter()
        let insert = try database.statement(OpenAccountSQL.insert)
        let update = try database.statement(OpenAccountSQL.update)
        for account in accounts.values.sorted(by: { $0.pdu < $1.pdu }) {
            try account.save(insert, update, &writer)
        }
    }

    private mutating func loadAll() throws {
        try OpenAccount.forEach(in: database) { account in
            if accounts[account.pdu] == nil { accounts[account.pdu] = account }
        }
    }

    private static func firstCheckpoints(
        in database: Connection,
        from start: UnixTime
    ) throws -> [Int64: Checkpoint] {
        var first: [Int64: Checkpoint] = [:]
        try database.statement(MeterStateSQL.checkpoints).forEach(.time(start)) { row in
            let element = row.int(MeterState.columnCount)
            guard first[element] == nil else { return }
            first[element] = Checkpoint(day: row.time(MeterState.columnCount + 1), state: MeterState(row))
        }
        return first
    }
}

extension MeterState {
    /// How many columns `columns` has.
    static let columnCount: Int32 = 18

    /// The columns that a row begins with, as `init` reads them.
    fileprivate var columns: [SQLValue] {
        [
            .time(lastAt),
            .time(enteredUntil),
            .thousandths(lastPower?.power),
            .time(lastPower?.at),
            .time(counter?.at),
            .thousandths(counter?.value),
            .string(counter?.since),
            .thousandths(counter?.epochStart),
            .int(counter?.epochEnergy),
            .string(counter?.unit),
            .time(counter?.movedAt),
            .time(counter?.withheld?.at),
            .thousandths(counter?.withheld?.value),
            .int(counter?.withheld?.epochEnergy),
            .thousandths(counter?.comparison?.from),
            .int(counter?.comparison?.integral),
            .bool(counter?.isScaleSuspect ?? false),
            .bool(isPowerWithheld),
        ]
    }

    /// The state in the first columns of a row.
    init(_ row: borrowing Row) {
        var power: PowerExtreme?
        if let watts = row.optionalFixed(2), let at = row.optionalTime(3) {
            power = PowerExtreme(power: watts, at: at)
        }
        self.init(
            lastAt: row.time(0),
            enteredUntil: row.time(1),
            lastPower: power,
            counter: CounterState(row)
        )
        isPowerWithheld = row.int(17) != 0
    }
}

extension CounterState {
    /// The counter in the columns of a state's row from the fifth on; nil where it has shown none.
    fileprivate init?(_ row: borrowing Row) {
        guard let at = row.optionalTime(4), let value = row.optionalFixed(5),
            let start = row.optionalFixed(7),
            let energy = row.optionalInt(8)
        else { return nil }
        self.init(
            at: at,
            value: value,
            since: row.optionalText(6),
            epochStart: start,
            epochEnergy: energy,
            unit: row.optionalText(9),
            // Unknown of states that an older program wrote.
            movedAt: row.optionalTime(10) ?? at
        )
        if let at = row.optionalTime(11), let value = row.optionalFixed(12), let energy = row.optionalInt(13)
        {
            withheld = WithheldJump(at: at, value: value, epochEnergy: energy)
        }
        if let from = row.optionalFixed(14), let integral = row.optionalInt(15) {
            comparison = ScaleComparison(from: from, integral: integral)
        }
        isScaleSuspect = row.int(16) != 0
    }
}
