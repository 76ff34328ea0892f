// What the ledger remembers of every element, read once at the beginning of a transaction and written once at
// its end.

import Basics
import Energy
import SQLite

enum MeterStateSQL: String, StatementList {
    case all = """
        SELECT last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules, element_id
        FROM meter_state
        """
    case save = """
        INSERT INTO meter_state (last_at, entered_until, last_power_milliwatts, last_power_at, counter_at,
            counter_milliwatt_hours, counter_since, epoch_start_milliwatt_hours, epoch_millijoules, element_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (element_id) DO UPDATE SET last_at = excluded.last_at,
            entered_until = excluded.entered_until, last_power_milliwatts = excluded.last_power_milliwatts,
            last_power_at = excluded.last_power_at, counter_at = excluded.counter_at,
            counter_milliwatt_hours = excluded.counter_milliwatt_hours, counter_since = excluded.counter_since,
            epoch_start_milliwatt_hours = excluded.epoch_start_milliwatt_hours,
            epoch_millijoules = excluded.epoch_millijoules
        """
    case checkpoint = """
        SELECT last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules
        FROM meter_checkpoint
        WHERE element_id = $1 AND day_start BETWEEN $2 AND $3
        ORDER BY day_start DESC
        LIMIT 1
        """
    case saveCheckpoint = """
        INSERT INTO meter_checkpoint (last_at, entered_until, last_power_milliwatts, last_power_at, counter_at,
            counter_milliwatt_hours, counter_since, epoch_start_milliwatt_hours, epoch_millijoules, element_id,
            day_start)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (element_id, day_start) DO UPDATE SET last_at = excluded.last_at,
            entered_until = excluded.entered_until, last_power_milliwatts = excluded.last_power_milliwatts,
            last_power_at = excluded.last_power_at, counter_at = excluded.counter_at,
            counter_milliwatt_hours = excluded.counter_milliwatt_hours, counter_since = excluded.counter_since,
            epoch_start_milliwatt_hours = excluded.epoch_start_milliwatt_hours,
            epoch_millijoules = excluded.epoch_millijoules
        """
}

/// The ledger's memory of every element.
struct MeterStates {
    private let database: Connection
    private var states: [Int64: MeterState] = [:]
    private var changed: Set<Int64> = []

    /// What `database` remembers.
    init(_ database: Connection) throws {
        self.database = database
        var states: [Int64: MeterState] = [:]
        try database.statement(MeterStateSQL.all).forEach { row in
            states[row.int(9)] = MeterState(row)
        }
        self.states = states
    }

    /// Nothing yet, for a rebuild.
    init(forgetting database: Connection) {
        self.database = database
    }

    /// What is remembered of `element`.
    subscript(element: Int64) -> MeterState? {
        get { states[element] }
        set {
            states[element] = newValue
            changed.insert(element)
        }
    }

    /// Takes up the state of `element` before its first reading at or after `start`, which is at `time`.
    mutating func resume(_ element: Int64, from start: UnixTime, at time: UnixTime) throws {
        states[element] = try database.statement(MeterStateSQL.checkpoint)
            .first(.int(element), .time(start), .time(time)) { row in MeterState(row) }
    }

    /// Keeps `state`, which was that of `element` before its first reading of the month that begins at `month`.
    func keep(_ state: MeterState, of element: Int64, before month: UnixTime) throws {
        let key: [SQLValue] = [.int(element), .time(month)]
        try database.statement(MeterStateSQL.saveCheckpoint).run(state.columns + key)
    }

    /// Writes what changed.
    mutating func flush() throws {
        let save = try database.statement(MeterStateSQL.save)
        for element in changed.sorted() {
            guard let state = states[element] else { continue }
            try save.run(state.columns + [.int(element)])
        }
        changed.removeAll(keepingCapacity: true)
    }
}

extension MeterState {
    /// The nine columns that a row begins with, as `init` reads them.
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
        ]
    }

    /// The state in the first nine columns of a row.
    fileprivate init(_ row: borrowing Row) {
        var power: PowerExtreme?
        if let watts = row.optionalFixed(2), let at = row.optionalTime(3) {
            power = PowerExtreme(power: watts, at: at)
        }
        var counter: CounterState?
        if let at = row.optionalTime(4), let value = row.optionalFixed(5), let start = row.optionalFixed(7),
            let energy = row.optionalInt(8)
        {
            counter = CounterState(
                at: at,
                value: value,
                since: row.optionalText(6),
                epochStart: start,
                epochEnergy: energy
            )
        }
        self.init(lastAt: row.time(0), enteredUntil: row.time(1), lastPower: power, counter: counter)
    }
}
