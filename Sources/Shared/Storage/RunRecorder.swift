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
    case insertStatus = """
        INSERT INTO pdu_status (last_attempt_at, last_read_at, latency_milliseconds, failure, failure_detail,
            quarter_start, quarter_worst_reason, pdu_id, quarter_polls, quarter_failures, quarter_answers,
            quarter_latency_sum_milliseconds, quarter_latency_maximum_milliseconds)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $4 IS NOT NULL, $3 IS NOT NULL, coalesce($3, 0), $3)
        """
    /// Of several attempts in one minute, the first counts for the quarter: who repeats a run counts none twice.
    case updateStatus = """
        UPDATE pdu_status
        SET last_attempt_at = $1, last_read_at = coalesce($2, last_read_at), latency_milliseconds = $3, failure = $4,
            failure_detail = $5, quarter_start = $6,
            quarter_polls = quarter_polls + (last_attempt_at < $1),
            quarter_failures = quarter_failures + (last_attempt_at < $1 AND $4 IS NOT NULL),
            quarter_worst_reason = coalesce($7, quarter_worst_reason),
            quarter_answers = quarter_answers + (last_attempt_at < $1 AND $3 IS NOT NULL),
            quarter_latency_sum_milliseconds = quarter_latency_sum_milliseconds
                + (last_attempt_at < $1) * coalesce($3, 0),
            quarter_latency_maximum_milliseconds = CASE
                WHEN $3 IS NULL OR last_attempt_at = $1 THEN quarter_latency_maximum_milliseconds
                ELSE max(coalesce(quarter_latency_maximum_milliseconds, $3), $3)
            END
        WHERE pdu_id = $8
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
    var accounts: Accounts
    /// The minute of the newest run; nil before the first.
    private(set) var newest: UnixTime?
    var stored = StoredRun()
    /// Whether the run at hand is not the first one of its minute.
    private(set) var isSecond = false
    /// Whether the run at hand is the first one of its hour.
    private var isFirstOfHour = false
    /// What the PDU at hand says of itself.
    private var said = ByteWriter()
    /// The readings of the parts of the PDU at hand.
    var packed = ByteWriter()
    // What runs for every PDU.
    let insertReading: Statement
    let insertParts: Statement
    private let updateStatus: Statement

    /// A recorder that goes on from what `database` holds.
    init(_ database: Connection, calendar: SiteCalendar) throws {
        self.database = database
        insertReading = try database.statement(RunSQL.insertReading)
        insertParts = try database.statement(PartReadingSQL.insert)
        updateStatus = try database.statement(RunSQL.updateStatus)
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
        isSecond = newest == run.minute
        isFirstOfHour = newest.map { $0.floored(to: 3600) < run.minute.floored(to: 3600) } ?? true
        let quarter = run.minute.floored(to: PollQuarter.seconds)
        if newest.map({ $0 < quarter }) ?? true { try PollQuarter.close(at: run.minute, in: database) }
        let policy = isSecond ? try policyOfRun(at: run.minute) ?? policy : policy
        if !isSecond { try insert(run, policy) }
        newest = run.minute
        try accounts.begin(run.minute)
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
        let host = try roster.entry(of: polled, at: minute)
        let latency = polled.latencyMilliseconds
        guard case .read(let reading) = polled.outcome else {
            try roster.change(host) { pdu in
                pdu.name = polled.name
                pdu.address = polled.address
                pdu.isConfigured = true
            }
            try recordFailure(polled.outcome, of: host, latency, at: minute)
            try recordMissingUnits(of: polled, host, present: [], at: minute)
            return 0
        }
        let hostRead = UnitRead(reading: reading, name: polled.name, address: polled.address)
        var count: Int64 = try record(hostRead, of: host, behind: nil, latency, at: minute, policy) ? 1 : 0
        var present: Set<Int> = []
        for unit in reading.linkedUnits where present.insert(unit.number).inserted {
            let entry = try roster.entry(of: unit, behind: host, at: minute)
            let name = KnownPDU.name(ofUnit: unit.number, behind: polled.name)
            let unitRead = UnitRead(reading: unit.reading, name: name, address: polled.address)
            if try record(unitRead, of: entry, behind: host, latency, at: minute, policy) { count += 1 }
        }
        try recordMissingUnits(of: polled, host, present: present, at: minute)
        return count
    }

    /// Records what became of the units behind the address of `polled`, the PDU `host`, that were not read.
    private func recordMissingUnits(
        of polled: PolledPDU,
        _ host: Roster.Entry,
        present: Set<Int>,
        at minute: UnixTime
    ) throws {
        for (number, unit) in roster.linkedUnits(of: host) where !present.contains(number) {
            let isRead = polled.outcome.isRead
            guard try roster.noteAbsence(of: unit, behind: host, isHostRead: isRead, at: minute) else {
                continue
            }
            let outcome = polled.outcome.ofMissingUnit(number, behind: polled.name)
            try recordFailure(outcome, of: unit, polled.latencyMilliseconds, at: minute)
        }
    }

    private func recordFailure(
        _ outcome: PollOutcome,
        of entry: Roster.Entry,
        _ latency: Int64?,
        at minute: UnixTime
    ) throws {
        guard case .failed(let reason, let detail) = outcome else { return }
        if entry.status?.lastRead != minute {
            try database.statement(RunSQL.insertFailure)
                .run(.time(minute), .int(entry.id), .text(reason.rawValue))
        }
        // Who repeats a run counts none twice.
        if !isSecond {
            try database.statement(CounterSQL.countFailure).run(.int(entry.id), .text(reason.rawValue))
        }
        if entry.status?.isFailure == false {
            try Happening.unreachable(entry.id, reason, detail).note(at: minute, in: database)
        }
        try saveStatus(of: entry, latency, at: minute, failure: (reason, detail))
    }

    /// Records what the PDU `entry`, perhaps read through the address of `host`, said; answers whether that was for the
    /// first time in this minute.
    private mutating func record(
        _ read: UnitRead,
        of entry: Roster.Entry,
        behind host: Roster.Entry?,
        _ latency: Int64?,
        at minute: UnixTime,
        _ policy: LedgerPolicy
    ) throws -> Bool {
        let hasReadings = entry.status?.lastRead == minute
        let limits = CircuitLimits(of: read.reading)
        PDUCard.say(name: read.name, address: read.address, read.reading, limits, &said)
        let known =
            try knownCard(of: entry, hasReadings: hasReadings)
            ?? identify(read, of: entry, behind: host, limits, hasReadings: hasReadings, at: minute)
        try record(read.reading, limits, of: entry, known, at: minute, policy)
        for sensor in read.reading.sensors { try record(sensor, on: entry.id, at: minute) }
        if isSecond { try database.statement(RunSQL.deleteFailure).run(.time(minute), .int(entry.id)) }
        if let status = entry.status, status.isFailure, let last = status.lastRead {
            try Happening.reachable(entry.id, since: last, at: minute).note(at: minute, in: database)
        }
        try saveStatus(of: entry, latency, at: minute, failure: nil)
        return !hasReadings
    }

    /// The card of the PDU `entry`, if what it says now is what it said then; nil otherwise.
    private func knownCard(of entry: Roster.Entry, hasReadings: Bool) -> PDUCard? {
        guard !hasReadings, entry.isConfigured, !entry.isMissing, let card = entry.card else { return nil }
        return PDUCard(card, saying: said.bytes)
    }

    /// Brings what is known of the PDU `entry` and its elements up to date; answers it.
    private mutating func identify(
        _ read: UnitRead,
        of entry: Roster.Entry,
        behind host: Roster.Entry?,
        _ limits: CircuitLimits,
        hasReadings: Bool,
        at minute: UnixTime
    ) throws -> PDUCard {
        if let host {
            try roster.notePresence(of: entry, behind: host, read.reading, at: minute)
        } else {
            try roster.change(entry) { pdu in
                pdu.name = read.name
                pdu.address = read.address
                pdu.isConfigured = true
                pdu.note(read.reading)
            }
        }
        // Who was read in this minute before is accounted for as the unit that it was then.
        if !hasReadings { try noteUnit(of: read.reading, on: entry, at: minute) }
        let account = try accounts.account(of: entry.id)
        var isComplete = !hasReadings
        var seen: Set<Int64> = []
        var elements: [Int64] = []
        for reading in read.reading.elements {
            let id = try roster.id(of: reading.element, on: entry)
            elements.append(id)
            // Of what is passed over, what it says is as well.
            let last = account.entry(of: id)?.state?.lastAt
            guard seen.insert(id).inserted, last.map({ $0 < minute }) ?? true else {
                isComplete = false
                continue
            }
            let facts = ElementFacts(reading, powerLimit: limits.powerLimit(of: reading))
            if let before = try roster.note(facts, of: reading.element, on: entry, at: minute) {
                for happening in Happening.changes(from: before, to: facts, pdu: entry.id, element: id) {
                    try happening.note(at: minute, in: database)
                }
            }
        }
        let card = PDUCard(elements: elements, unit: try roster.unit(of: entry))
        if isComplete {
            try roster.save(card, of: entry, saying: said.bytes)
        } else {
            try roster.forgetCard(of: entry)
        }
        return card
    }

    private func noteUnit(of reading: DeviceReading, on entry: Roster.Entry, at minute: UnixTime) throws {
        guard let before = try roster.noteUnit(reading.identity.serial, of: entry, at: minute),
            let serial = try roster.unit(of: entry)
        else { return }
        try Happening.unitReplaced(entry.id, before: before, by: serial).note(at: minute, in: database)
    }

    private func saveStatus(
        of entry: Roster.Entry,
        _ latency: Int64?,
        at minute: UnixTime,
        failure: (FailureReason, String)?
    ) throws {
        let isRead = failure == nil
        let worst = try failure.map { try PollQuarter.worse($0.0, ofPDU: entry.id, in: database) }
        let save = entry.status == nil ? try database.statement(RunSQL.insertStatus) : updateStatus
        try save.run(
            .time(minute),
            isRead ? .time(minute) : .null,
            .int(latency),
            .string(failure?.0.rawValue),
            .string(failure?.1),
            .time(minute.floored(to: PollQuarter.seconds)),
            .string(worst?.rawValue),
            .int(entry.id)
        )
        entry.status = (lastRead: isRead ? minute : entry.status?.lastRead, isFailure: !isRead)
    }

    private func retireMissing(in run: PollRun) throws {
        try roster.retire(allBut: Set(run.pdus.map(\.key)))
        // What an address meant changes with the PDUs, and kinds with plans; now and then, whatever was missed.
        let hasPlans = run.pdus.contains { $0.plan != nil }
        if roster.hasChanged || hasPlans || isFirstOfHour { try forgetAgents() }
    }
}

/// What one unit said, with what the configuration calls it.
private struct UnitRead {
    let reading: DeviceReading
    let name: String
    let address: String
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

    /// What became of the unit `number`, known from former runs but not read now, when this became of its host.
    fileprivate func ofMissingUnit(_ number: Int, behind host: String) -> PollOutcome {
        guard isRead else { return self }
        return .failed(
            .unreachable,
            "\(host) was read, but unit \(number) was not among the units that its address answers for."
        )
    }
}
