// What the ledger remembers of every element, read once at the beginning of a transaction and written once at
// its end.

import Basics
import Energy
import SQLite

enum MeterStateSQL: String, StatementList {
    case all = """
        SELECT last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules, counter_unit, counter_moved_at,
            withheld_at, withheld_milliwatt_hours, withheld_epoch_millijoules, compared_from_milliwatt_hours,
            compared_millijoules, is_scale_suspect, is_power_withheld, element_id
        FROM meter_state
        """
    case save = """
        INSERT OR REPLACE INTO meter_state (last_at, entered_until, last_power_milliwatts, last_power_at, counter_at, counter_milliwatt_hours,
            counter_since, epoch_start_milliwatt_hours, epoch_millijoules, counter_unit, counter_moved_at,
            withheld_at, withheld_milliwatt_hours, withheld_epoch_millijoules, compared_from_milliwatt_hours,
            compared_millijoules, is_scale_suspect, is_power_withheld, element_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """
    case delete = "DELETE FROM meter_state WHERE element_id = $1"
    case deleteAll = "DELETE FROM meter_state"
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
    private var states: [Int64: MeterState] = [:]
    private var changed: Set<Int64> = []
    /// What is taken up at the first entry of an element.
    private var resumable: [Int64: Checkpoint] = [:]

    /// What `database` remembers.
    init(_ database: Connection) throws {
        self.database = database
        states = try MeterStates.all(in: database)
    }

    /// The memory for a rebuild from `start` on, which forgets in `database` what that is to remember.
    init(rebuilding database: Connection, from start: UnixTime) throws {
        self.database = database
        // Of elements that are no longer read since then, the state stays what it is.
        states = try MeterStates.all(in: database).filter { $0.value.lastAt < start }
        changed = Set(states.keys)
        resumable =
            start == UnixTime(.min) ? [:] : try MeterStates.firstCheckpoints(in: database, from: start)
        // What stays, should nothing be entered any more.
        for (element, checkpoint) in resumable { self[element] = checkpoint.state }
        try database.statement(MeterStateSQL.deleteAll).run()
        try database.statement(MeterStateSQL.deleteCheckpoints).run(.time(start))
    }

    /// The memory of `element` alone, from `checkpoint` on or from its beginning; forgets in `database` what comes
    /// after.
    init(of element: Int64, in database: Connection, from checkpoint: Checkpoint?) throws {
        self.database = database
        self[element] = checkpoint?.state
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

    /// What is remembered of `element`.
    subscript(element: Int64) -> MeterState? {
        get { states[element] }
        set {
            states[element] = newValue
            changed.insert(element)
        }
    }

    /// Makes ready for what is entered of `element` at `time`, a day that begins at `day`.
    mutating func prepare(_ element: Int64, at time: UnixTime, on day: UnixTime) throws {
        if let checkpoint = resumable[element] {
            resumable[element] = nil
            states[element] = checkpoint.day <= time ? checkpoint.state : nil
        }
        guard let state = states[element], state.lastAt < day else { return }
        try database.statement(MeterStateSQL.saveCheckpoint)
            .run(state.columns + [.int(element), .time(day)])
    }

    /// Writes what changed.
    mutating func flush() throws {
        for element in changed.sorted() {
            if let state = states[element] {
                try database.statement(MeterStateSQL.save).run(state.columns + [.int(element)])
            } else {
                try database.statement(MeterStateSQL.delete).run(.int(element))
            }
        }
        changed.removeAll(keepingCapacity: true)
    }

    private static func all(in database: Connection) throws -> [Int64: MeterState] {
        var states: [Int64: MeterState] = [:]
        try database.statement(MeterStateSQL.all).forEach { row in
            states[row.int(MeterState.columnCount)] = MeterState(row)
        }
        return states
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
    fileprivate static let columnCount: Int32 = 18

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
    fileprivate init(_ row: borrowing Row) {
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
