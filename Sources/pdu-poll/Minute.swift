// One run, which belongs to the minute it was due: lock, read what is known of engines, collect, store, report.

import Basics
import Collection
import Configuration
import Devices
import Energy
import Glibc
import Metering
import SNMP
import Storage

/// One run of the poller.
struct Minute {
    let configuration: Configuration
    /// Those to read, all or some.
    let pdus: [PDUConfiguration]
    let catalog: ProfileCatalog
    /// When the process began, in monotonic milliseconds; the deadline counts from here.
    let started: Int64
    let log: Log
    /// Whether everything is read of known devices, too, so that the origin of each value can be told.
    let readsEverything: Bool
    private let startedAt = SystemClock.now()

    /// A run that has not begun.
    init(
        configuration: Configuration,
        pdus: [PDUConfiguration],
        catalog: ProfileCatalog,
        started: Int64,
        log: Log,
        readsEverything: Bool
    ) {
        self.configuration = configuration
        self.pdus = pdus
        self.catalog = catalog
        self.started = started
        self.log = log
        self.readsEverything = readsEverything
    }

    /// Reads the PDUs and stores nothing: needs no lock and no directory.
    func read() throws -> RunReport {
        let run = collect(engines: [:], plans: KnownPlans(), keys: MasterKeys())
        summarize(run)
        return run
    }

    /// Reads the PDUs and stores what they said, in one transaction, as the only run of its kind.
    func readAndStore() throws -> RunReport {
        let lock = try lockedState()
        let run = try readAndStoreLocked()
        lock.release()
        summarize(run)
        return run
    }

    private func readAndStoreLocked() throws -> RunReport {
        let writer = try openedHistory()
        let moved = writer.quarantined
        reportQuarantine(moved)
        let engines = try writer.engines().mapValues(SNMPEngine.init)
        let keys = MasterKeys(keptAt: configuration.stateDirectory + "/snmp-keys")
        if let problem = keys.problem { log.warning("\(problem)") }
        let stored = try writer.plans()
        let plans = KnownPlans(plans: stored.plans, kinds: stored.kinds)
        var run = collect(engines: engines, plans: plans, keys: keys)
        let policy = LedgerPolicy(maximumGap: 3 * Int64(configuration.poll.interval))
        let result = try writer.store(pollRun(run), policy: policy)
        if writer.quarantined != moved { reportQuarantine(writer.quarantined) }
        run.foundDamage = writer.quarantined != nil
        save(keys)
        letGoOfOldReadings(writer)
        packReadings(writer)
        try writer.close()
        if let newest = result.clockIsBehind {
            log.warning(
                "minutes up to \(newest.iso8601) are stored already, so this one is not: the clock is behind now, or"
                    + " was ahead then; if it is right now, pductl rewind sets those minutes aside"
            )
        }
        return run
    }

    /// The lock of the state directory, which is made where it is missing.
    private func lockedState() throws -> FileLock {
        let directory = configuration.stateDirectory
        if mkdir(directory, 0o2750) == 0 {
            // mkdir(2) takes the umask off; the group is the one that reads.
            chmod(directory, 0o2750)
        } else if errno != EEXIST {
            throw FileLockError.unusable(path: directory, errno: errno)
        }
        return try FileLock(path: directory + "/lock")
    }

    /// Keeps the keys that were derived for the next run, which can do without.
    private func save(_ keys: MasterKeys) {
        do throws(KeyFileProblem) {
            try keys.save(isComplete: pdus.count == configuration.pdus.count)
        } catch {
            log.warning("\(error)")
        }
    }

    private func collect(
        engines: [String: SNMPEngine],
        plans: KnownPlans,
        keys: MasterKeys
    ) -> RunReport {
        let deadline = started + Int64(configuration.poll.deadline) * 1000
        let collector = Collector(configuration: configuration, catalog: catalog)
        let collected = collector.collect(
            pdus,
            engines: engines,
            plans: readsEverything ? KnownPlans() : plans,
            keys: keys,
            now: startedAt,
            deadline: deadline
        )
        return RunReport(
            startedAt: startedAt,
            durationMilliseconds: SystemClock.monotonicMilliseconds() - started,
            pdus: collected
        )
    }

    private func pollRun(_ run: RunReport) -> PollRun {
        let interval = Int64(configuration.poll.interval)
        return PollRun(
            minute: startedAt.floored(to: interval),
            startedAt: startedAt,
            durationMilliseconds: run.durationMilliseconds,
            interval: interval,
            pdus: run.pdus.map(PolledPDU.init),
            isComplete: pdus.count == configuration.pdus.count
        )
    }

    /// Once an hour: deletes readings older than the configuration keeps, a slice at a time, for a few seconds at
    /// most.
    ///
    /// What was read is stored by now; a failure here is worth a line and no more.
    private func letGoOfOldReadings(_ writer: HistoryWriter) {
        guard startedAt.floored(to: Int64(configuration.poll.interval)) == startedAt.floored(to: 3600) else {
            return
        }
        let oldest = startedAt - Int64(configuration.readingsDays) * 86_400
        let end = SystemClock.monotonicMilliseconds() + 5000
        do {
            while try writer.deleteReadings(before: oldest), SystemClock.monotonicMilliseconds() < end {}
        } catch {
            log.warning("old readings could not be deleted: \(error)")
        }
    }

    /// Packs readings whose hours are past, for a few seconds at most, and not into the next run's time.
    ///
    /// What was read is stored by now; a failure here is worth a line and no more.
    private func packReadings(_ writer: HistoryWriter) {
        let nextRun = started + Int64(configuration.poll.interval) * 1000
        let end = min(SystemClock.monotonicMilliseconds() + 3000, nextRun - 3000)
        do {
            while try writer.packReadings(), SystemClock.monotonicMilliseconds() < end {}
        } catch {
            log.warning("readings could not be packed: \(error)")
        }
    }

    /// The history, with the calendar that its hours, days and months are of.
    ///
    /// Rollups of two zones do not mix: until somebody rebuilds, those of the former one are kept, and nothing that
    /// is read meanwhile is lost.
    private func openedHistory() throws -> HistoryWriter {
        let zone = configuration.site.timezone
        let writer = try HistoryWriter(
            configuration.historyPath,
            calendar: calendar(of: zone),
            now: startedAt
        )
        if let former = try writer.outdatedZone() {
            log.warning("hours and days are still those of \(former), not of \(zone): run pductl rebuild")
            try writer.close()
            return try HistoryWriter(
                configuration.historyPath,
                calendar: calendar(of: former),
                now: startedAt
            )
        }
        if try writer.hasOutdatedRules() {
            log.warning("the rules of \(zone) have changed for days that are stored: run pductl rebuild")
        }
        return writer
    }

    private func calendar(of zone: String) throws -> SiteCalendar {
        SiteCalendar(zone: zone, rules: try ZoneRules(tzif: try SystemZone.rules(of: zone)))
    }

    private func reportQuarantine(_ place: String?) {
        guard let place else { return }
        log.error("the database was damaged: it was moved to \(place), and a new one begun")
    }

    /// One line per PDU that failed, or with --verbose per PDU, and the closing line.
    private func summarize(_ run: RunReport) {
        for pdu in run.pdus {
            let name = "\(pdu.configuration.name) (\(pdu.configuration.address))"
            switch pdu.outcome {
            case .read(let reading):
                let device = [reading.identity.vendor, reading.identity.model].compactMap { $0 }
                let units = reading.linkedUnits.count
                log.debug(
                    "\(name): ok: \(reading.elements.count) readings in \(pdu.latencyMilliseconds ?? 0) ms,"
                        + " \(pdu.requests) requests, \(reading.profile), \(device.joined(separator: " "))"
                        + (units == 0 ? "" : ", \(units) more units behind this address")
                )
            case .failed(let reason, let sentence): log.warning("\(name): \(reason.rawValue): \(sentence)")
            }
        }
        log.info(
            "\(run.pdus.count) PDUs: \(run.pdus.count - run.failedCount) ok, \(run.failedCount) failed;"
                + " \(run.readingCount) readings; \(SystemClock.monotonicMilliseconds() - started) ms"
        )
    }
}

extension SNMPEngine {
    /// The engine that `record` keeps.
    fileprivate init(_ record: EngineRecord) {
        self.init(id: record.engineID, boots: record.boots, time: record.time, observedAt: record.observedAt)
    }
}

extension PolledPDU {
    /// What the store takes of `collected`.
    fileprivate init(_ collected: CollectedPDU) {
        self.init(
            key: collected.configuration.key,
            name: collected.configuration.name,
            address: collected.configuration.address,
            outcome: collected.outcome,
            latencyMilliseconds: collected.latencyMilliseconds,
            engine: collected.engine.map { engine in
                EngineRecord(
                    engineID: engine.id,
                    boots: engine.boots,
                    time: engine.time,
                    observedAt: engine.observedAt
                )
            },
            plan: collected.newPlan.map { plan in
                PlanRecord(plan: plan.bytes, kind: plan.kind.bytes, kindKey: plan.kind.key)
            }
        )
    }
}
