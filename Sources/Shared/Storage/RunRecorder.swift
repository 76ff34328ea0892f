// One run, or many, on the way into the database, within one transaction.

package import Basics
import Energy
import Metering
import SQLite

enum RunSQL: String, StatementList {
    case newest = """
        SELECT max(minute) FROM run
        """
    case maximumGap = """
        SELECT maximum_gap_seconds FROM run WHERE minute = $1
        """
    case insert = """
        INSERT INTO run (minute, started_at, duration_milliseconds, interval_seconds, maximum_gap_seconds,
            pdus_read, pdus_failed)
        VALUES ($1, $2, $3, $4, $5, 0, 0)
        """
    case count = """
        UPDATE run
        SET pdus_read = pdus_read + $1, pdus_failed = (SELECT count(*) FROM failed_poll WHERE minute = $2)
        WHERE minute = $3
        """
    case insertReading = """
        INSERT INTO reading (time, element_id, power_milliwatts, energy_milliwatt_hours, current_milliamps,
            voltage_millivolts, apparent_power_millivoltamps, power_factor_thousandths)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """
    case insertSensorReading = """
        INSERT INTO sensor_reading (time, sensor_id, temperature_millidegrees, humidity_thousandths)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (time, sensor_id) DO NOTHING
        """
    case saveStatus = """
        INSERT INTO pdu_status (pdu_id, last_attempt_at, last_read_at, latency_milliseconds, failure,
            failure_detail)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (pdu_id) DO UPDATE SET last_attempt_at = excluded.last_attempt_at,
            last_read_at = coalesce(excluded.last_read_at, last_read_at),
            latency_milliseconds = excluded.latency_milliseconds, failure = excluded.failure,
            failure_detail = excluded.failure_detail
        """
    case status = """
        SELECT last_read_at, failure FROM pdu_status WHERE pdu_id = $1
        """
    case insertFailure = """
        INSERT INTO failed_poll (minute, pdu_id, reason) VALUES ($1, $2, $3)
        ON CONFLICT (minute, pdu_id) DO UPDATE SET reason = excluded.reason
        """
    case deleteFailure = """
        DELETE FROM failed_poll WHERE minute = $1 AND pdu_id = $2
        """
    case countChange = """
        UPDATE history SET data_version = data_version + 1 WHERE only_row = 1
        """
}

/// What became of a run, or several, in the store.
package struct StoredRun: Hashable, Sendable {
    /// Readings of elements that were stored.
    package var readings = 0
    /// Readings that were not, since their element already has one of that minute or of a later one: the first
    /// one stays.
    package var ignored = 0
    /// The newest minute in the database, where that is later than the run's: the clock has been set back.
    package var clockIsBehind: UnixTime?

    /// Nothing yet.
    package init() {}
}

/// Records runs within one transaction.
struct RunRecorder {
    let database: Connection
    let roster: Roster
    private var accounts: Accounts
    /// The minute of the newest run; nil before the first.
    private(set) var newest: UnixTime?
    private(set) var stored = StoredRun()

    /// A recorder that goes on from what `database` holds.
    init(_ database: Connection, calendar: SiteCalendar) throws {
        self.database = database
        roster = try Roster(database)
        accounts = try Accounts(database, calendar: calendar)
        newest = try database.statement(RunSQL.newest).all { row in row.optionalTime(0) }.first ?? nil
    }

    /// Records `run`.
    ///
    /// Of a run before the newest one, only what was learned about agents is kept: the minutes of a clock that
    /// was set back have been accounted for already.
    mutating func record(_ run: PollRun, policy: LedgerPolicy) throws {
        try keepEngines(of: run)
        if let newest, run.minute < newest {
            stored.clockIsBehind = newest
            stored.ignored += run.readingCount
            return try keepPlans(of: run)
        }
        let isSecond = newest == run.minute
        let policy = isSecond ? try policyOfRun(at: run.minute) ?? policy : policy
        if !isSecond { try insert(run, policy) }
        newest = run.minute
        var pdusRead: Int64 = 0
        for polled in run.pdus {
            pdusRead += try record(polled, at: run.minute, policy)
        }
        try keepPlans(of: run)
        if isSecond { try accounts.reopenMinute(run.minute) } else { try accounts.closeMinute() }
        try database.statement(RunSQL.count).run(.int(pdusRead), .time(run.minute), .time(run.minute))
        if run.isComplete { try retireMissing(in: run) }
    }

    /// Writes what is still in memory, and forgets what is older than the newest run.
    mutating func flush() throws {
        try accounts.flush(forgettingUntil: newest ?? UnixTime(.min))
    }

    private func insert(_ run: PollRun, _ policy: LedgerPolicy) throws {
        try database.statement(RunSQL.insert).run(
            .time(run.minute),
            .time(run.startedAt),
            .int(run.durationMilliseconds),
            .int(run.interval),
            .int(policy.maximumGap)
        )
        try PollRule(interval: run.interval, policy: policy).keep(from: run.minute, in: database)
    }

    private func policyOfRun(at minute: UnixTime) throws -> LedgerPolicy? {
        try database.statement(RunSQL.maximumGap).first(.time(minute)) { row in
            LedgerPolicy(maximumGap: row.int(0))
        }
    }

    /// Records one PDU with the units behind its address; answers how many of them were read, for the first time in
    /// this minute.
    ///
    /// A linked unit is a PDU like any other, and counts as one of the run's.
    private mutating func record(
        _ polled: PolledPDU,
        at minute: UnixTime,
        _ policy: LedgerPolicy
    ) throws -> Int64 {
        let host = try roster.id(of: polled, at: minute)
        let latency = polled.latencyMilliseconds
        var count: Int64 = try record(polled.outcome, of: host, latency, at: minute, policy) ? 1 : 0
        var present: Set<Int> = []
        for unit in polled.outcome.linkedUnits where present.insert(unit.number).inserted {
            guard let id = try roster.id(of: unit, behind: host, at: minute) else { continue }
            if try record(.read(unit.reading), of: id, latency, at: minute, policy) { count += 1 }
        }
        for unit in roster.linkedUnits(of: host) {
            guard let number = unit.unitNumber, !present.contains(number) else { continue }
            let isRead = polled.outcome.isRead
            guard try roster.noteAbsence(of: unit.id, isHostRead: isRead, at: minute) else { continue }
            let outcome = polled.outcome.ofMissingUnit(number, behind: polled.name)
            _ = try record(outcome, of: unit.id, latency, at: minute, policy)
        }
        return count
    }

    /// Records what became of the PDU `id`; answers whether it was read, for the first time in this minute.
    private mutating func record(
        _ outcome: PollOutcome,
        of id: Int64,
        _ latency: Int64?,
        at minute: UnixTime,
        _ policy: LedgerPolicy
    ) throws -> Bool {
        let before = try lastStatus(of: id)
        let hasReadings = before?.lastRead == minute
        switch outcome {
        case .read(let reading):
            // Who was read in this minute before is accounted for as the unit that it was then.
            if !hasReadings { try noteUnit(of: reading, on: id, at: minute) }
            try record(reading, on: id, at: minute, policy)
            try database.statement(RunSQL.deleteFailure).run(.time(minute), .int(id))
            if let last = before?.lastRead, before?.isFailure == true {
                try Happening.reachable(id, since: last, at: minute).note(at: minute, in: database)
            }
            try saveStatus(of: id, latency, at: minute, failure: nil)
            return !hasReadings
        case .failed(let reason, let detail):
            if !hasReadings {
                try database.statement(RunSQL.insertFailure)
                    .run(.time(minute), .int(id), .text(reason.rawValue))
            }
            if before?.isFailure == false {
                try Happening.unreachable(id, reason, detail).note(at: minute, in: database)
            }
            try saveStatus(of: id, latency, at: minute, failure: (reason, detail))
            return false
        }
    }

    /// What became of the PDU `id` last; nil when it was never polled.
    private func lastStatus(of id: Int64) throws -> (lastRead: UnixTime?, isFailure: Bool)? {
        try database.statement(RunSQL.status).first(.int(id)) { row in
            (lastRead: row.optionalTime(0), isFailure: !row.isNull(1))
        }
    }

    private func noteUnit(of reading: DeviceReading, on id: Int64, at minute: UnixTime) throws {
        guard let before = try roster.noteUnit(reading.identity.serial, of: id, at: minute),
            let serial = roster.unit(of: id)
        else { return }
        try Happening.unitReplaced(id, before: before, by: serial).note(at: minute, in: database)
    }

    private mutating func record(
        _ reading: DeviceReading,
        on id: Int64,
        at minute: UnixTime,
        _ policy: LedgerPolicy
    ) throws {
        let limits = CircuitLimits(of: reading)
        for element in reading.elements {
            let facts = ElementFacts(element, powerLimit: limits.powerLimit(of: element))
            try record(element, facts, on: id, at: minute, policy)
        }
        for sensor in reading.sensors {
            try record(sensor, on: id, at: minute)
        }
    }

    private mutating func record(
        _ reading: ElementReading,
        _ facts: ElementFacts,
        on pdu: Int64,
        at minute: UnixTime,
        _ policy: LedgerPolicy
    ) throws {
        let id = try roster.id(of: reading, on: pdu)
        if let last = accounts.lastTime(of: id), last >= minute {
            stored.ignored += 1
            return
        }
        if let before = try roster.note(facts, of: reading.element, on: pdu, at: minute) {
            for happening in Happening.changes(from: before, to: facts, pdu: pdu, element: id) {
                try happening.note(at: minute, in: database)
            }
        }
        guard reading.isMeasured || reading.element.kind == .pdu else { return }
        try insert(reading, of: id, at: minute)
        let sample = MeterSample(
            at: minute,
            power: reading.activePower,
            counter: reading.energy,
            counterResolution: facts.energyResolution,
            counterSince: facts.energySince,
            counterMaximum: facts.energyMaximum,
            powerLimit: facts.powerLimit,
            unit: roster.unit(of: pdu)
        )
        for remark in try accounts.enter(sample, of: id, policy: policy) {
            try Happening(remark, pdu: pdu, element: id)?.note(at: minute, in: database)
        }
        stored.readings += 1
    }

    private func insert(_ reading: ElementReading, of id: Int64, at minute: UnixTime) throws {
        try database.statement(RunSQL.insertReading).run(
            .time(minute),
            .int(id),
            .thousandths(reading.activePower),
            .thousandths(reading.energy),
            .thousandths(reading.current),
            .thousandths(reading.voltage),
            .thousandths(reading.apparentPower),
            .thousandths(reading.powerFactor)
        )
    }

    private func record(_ reading: SensorReading, on pdu: Int64, at minute: UnixTime) throws {
        guard let id = try roster.id(of: reading, on: pdu) else { return }
        try database.statement(RunSQL.insertSensorReading).run(
            .time(minute),
            .int(id),
            .thousandths(reading.temperature),
            .thousandths(reading.humidity)
        )
    }

    private func saveStatus(
        of id: Int64,
        _ latency: Int64?,
        at minute: UnixTime,
        failure: (FailureReason, String)?
    ) throws {
        try database.statement(RunSQL.saveStatus).run(
            .int(id),
            .time(minute),
            failure == nil ? .time(minute) : .null,
            .int(latency),
            .string(failure?.0.rawValue),
            .string(failure?.1)
        )
    }

    private func retireMissing(in run: PollRun) throws {
        try roster.retire(allBut: Set(run.pdus.map(\.key)))
        try forgetAgents()
    }
}

extension PollRun {
    fileprivate var readingCount: Int {
        pdus.reduce(0) { count, polled in
            guard case .read(let reading) = polled.outcome else { return count }
            return reading.linkedUnits.reduce(count + reading.elements.count) {
                $0 + $1.reading.elements.count
            }
        }
    }
}

extension PollOutcome {
    /// Whether the PDU was read.
    fileprivate var isRead: Bool {
        if case .read = self { true } else { false }
    }

    /// The units that were read through the PDU's address; none when it was not read.
    fileprivate var linkedUnits: [LinkedUnit] {
        if case .read(let reading) = self { reading.linkedUnits } else { [] }
    }

    /// What became of the unit `number`, known from former runs but not read now, when this became of its host.
    fileprivate func ofMissingUnit(_ number: Int, behind host: String) -> PollOutcome {
        guard isRead else { return self }
        return .failed(
            .unreachable,
            "\(host) was read, but unit \(number) was not among the units that its address answers for."
        )
    }
}

extension ElementReading {
    /// Whether anything was measured, beside what the device says of the element.
    fileprivate var isMeasured: Bool {
        activePower != nil || energy != nil || current != nil || voltage != nil || apparentPower != nil
            || powerFactor != nil
    }
}
