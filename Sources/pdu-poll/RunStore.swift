// Where a run's readings go: into the database, or where that cannot take them into the spool, which the next good run
// takes up first. Nothing that was read is dropped without a word.

import Basics
import Collection
import Configuration
import Energy
import SNMP
import Spool
import Storage

/// The database and the spool, as one run uses them.
struct RunStore {
    /// What part of the time until the deadline the database is waited for before anything has been read: it is asked
    /// again afterwards.
    private static let partBefore: Int64 = 20
    /// How long the run may go on after its deadline, in milliseconds, so that taking up gets on even when every run
    /// reads until its deadline.
    private static let extraTime: Int64 = 3000
    /// How long plans hold at the most, in seconds.
    private static let planTime: Int64 = 1800

    private let configuration: Configuration
    private let startedAt: UnixTime
    /// When to be done, by `SystemClock.monotonicMilliseconds()`.
    private let deadline: Int64
    private let log: Log
    private let spool: Spool
    /// Nil as long as it could not be opened.
    private(set) var history: HistoryWriter?
    /// Where damaged databases were moved to.
    private var quarantined: [String] = []

    /// The store of a run that began at `startedAt` and has until `deadline`.
    init(_ configuration: Configuration, startedAt: UnixTime, deadline: Int64, log: Log) {
        self.configuration = configuration
        self.startedAt = startedAt
        self.deadline = deadline
        self.log = log
        spool = Spool(in: configuration.stateDirectory)
    }

    /// Whether a damaged database was found.
    var foundDamage: Bool { !quarantined.isEmpty }

    // MARK: - What is known

    /// The engines, by address, and the plans, by key, that former runs left; of those that wait in the spool, too.
    ///
    /// None where the database cannot be read: every PDU is met anew then. Throws `FileError` when the system does not
    /// know the site's time zone.
    mutating func agents() throws -> (engines: [String: SNMPEngine], plans: KnownPlans) {
        var engines: [String: EngineRecord] = [:]
        var plans = KnownPlans()
        do {
            let part = (deadline - SystemClock.monotonicMilliseconds()) / Self.partBefore
            let history = try openedHistory(patience: Int32(clamping: max(0, part)))
            engines = try history.engines()
            let stored = try history.plans()
            plans = KnownPlans(plans: stored.plans, kinds: stored.kinds)
        } catch let error as StorageError {
            // Of damage only he is told who finds it; of everything else, whoever asks again.
            if error.code == .corrupt {
                log.error("\(error)")
            } else {
                log.debug("nothing is known of former runs: \(error)")
            }
        }
        for run in spool.recent(since: startedAt - Self.planTime) {
            for pdu in run.pdus {
                if let engine = pdu.engine { engines[pdu.address] = engine }
                guard let plan = pdu.plan else { continue }
                plans.plans[pdu.key] = plan.plan
                plans.kinds[plan.kindKey] = plan.kind
            }
        }
        return (engines.mapValues(SNMPEngine.init), plans)
    }

    // MARK: - Storing

    /// Stores `run` after all that waits; where that cannot be, keeps it in the spool, and says what is the matter.
    ///
    /// Answers the exit status that the run's readings come to: nil when they are stored, or wait only for their turn.
    mutating func store(_ run: PollRun) throws -> ExitStatus? {
        let waiting = WaitingRun(run, policy: LedgerPolicy(maximumGap: 3 * run.interval))
        var takeUp = TakeUp()
        do {
            defer { report(takeUp) }
            let history = try openedHistory(patience: remainingPatience())
            history.busyTimeout = remainingPatience()
            let end = max(deadline, SystemClock.monotonicMilliseconds() + Self.extraTime)
            try spool.takeUp(into: history, upTo: run.minute, until: end, &takeUp)
            noteQuarantine(history)
            if takeUp.remaining > 0 { return keep(waiting, because: nil) }
            let stored = try history.store(run, policy: waiting.policy)
            noteQuarantine(history)
            warnOfClock(stored)
            spool.prepare()
            return nil
        } catch let error as StorageError {
            return keep(waiting, because: error)
        } catch let error as SpoolError {
            return keep(waiting, because: StorageError(.inputOutput, path: error.path, error.message))
        }
    }

    /// Closes the database; what was stored is safe even when that goes wrong.
    func close() {
        do {
            try history?.close()
        } catch {
            log.warning("\(error)")
        }
    }

    /// Keeps `waiting` in the spool, `error` being why; nil when only its turn has not come.
    private func keep(_ waiting: WaitingRun, because error: StorageError?) -> ExitStatus? {
        if let error { log.error("\(error)") }
        let minute = waiting.run.minute.iso8601
        do throws(SpoolError) {
            let file = try spool.keep(waiting)
            let before = ((try? spool.waiting()) ?? []).count - 1
            let others = before > 0 ? ", behind \(before == 1 ? "another" : "\(before) others")" : ""
            let place = "what was read for \(minute) waits in \(spool.path(of: file))\(others)"
            guard let error else {
                log.warning("\(place): runs are stored in the order of time, and not all had their turn")
                return nil
            }
            log.error("\(place); the next run that can store it will")
            return error.code == .busy ? .temporaryFailure : .internalError
        } catch {
            log.error("what was read for \(minute) is LOST: it could not be kept for later either: \(error)")
            return .internalError
        }
    }

    /// How long the database may be waited for: until the deadline, but a second at the least.
    private func remainingPatience() -> Int32 {
        Int32(clamping: max(1000, deadline - SystemClock.monotonicMilliseconds()))
    }

    // MARK: - Saying so

    private func report(_ takeUp: TakeUp) {
        for path in takeUp.removed {
            log.warning("\(path) was begun by a run that was killed, and not whole: removed")
        }
        for file in takeUp.movedAside {
            log.error("a run that waited was not taken up, and is in \(file.path) now: \(file.why)")
        }
        if let error = takeUp.stuck { log.error("stored, but not removed from the spool: \(error)") }
        if let first = takeUp.first, let last = takeUp.last {
            let count =
                takeUp.entered == 1 ? "1 run that waited was" : "\(takeUp.entered) runs that waited were"
            let range = first == last ? first.iso8601 : "\(first.iso8601) to \(last.iso8601)"
            log.info("\(count) taken up from the spool: \(range); \(takeUp.readings) readings")
        }
        if takeUp.ahead > 0 {
            log.warning(
                "\(takeUp.ahead) runs in \(spool.directory) are of times still to come: the clock is behind now, or"
                    + " was ahead then; if it is right now, pductl rewind moves them aside"
            )
        }
    }

    private func warnOfClock(_ stored: StoredRun) {
        guard let newest = stored.clockIsBehind else { return }
        log.warning(
            "minutes up to \(newest.iso8601) are stored already, so this one is not: the clock is behind now, or"
                + " was ahead then; if it is right now, pductl rewind sets those minutes aside"
        )
    }

    private mutating func noteQuarantine(_ history: HistoryWriter) {
        guard let place = history.quarantined, !quarantined.contains(place) else { return }
        quarantined.append(place)
        log.error("the database was damaged: it was moved to \(place), and a new one begun")
    }

    // MARK: - Opening

    /// The history, with the calendar that its hours, days and months are of.
    ///
    /// Rollups of two zones do not mix: until somebody rebuilds, those of the former one are kept, and nothing that
    /// is read meanwhile is lost.
    private mutating func openedHistory(patience: Int32) throws -> HistoryWriter {
        if let history { return history }
        let zone = configuration.site.timezone
        var writer = try opened(zone, patience)
        noteQuarantine(writer)
        if let former = try writer.outdatedZone() {
            log.warning("hours and days are still those of \(former), not of \(zone): run pductl rebuild")
            try writer.close()
            writer = try opened(former, patience)
        } else if try writer.hasOutdatedRules() {
            log.warning("the rules of \(zone) have changed for days that are stored: run pductl rebuild")
        }
        history = writer
        return writer
    }

    private func opened(_ zone: String, _ patience: Int32) throws -> HistoryWriter {
        try HistoryWriter(
            configuration.historyPath,
            calendar: SiteCalendar(zone: zone, rules: try ZoneRules(tzif: try SystemZone.rules(of: zone))),
            now: startedAt,
            busyTimeoutMilliseconds: patience
        )
    }
}

extension SNMPEngine {
    /// The engine that `record` keeps.
    fileprivate init(_ record: EngineRecord) {
        self.init(id: record.engineID, boots: record.boots, time: record.time, observedAt: record.observedAt)
    }
}
