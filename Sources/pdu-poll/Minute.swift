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
    /// How long housekeeping waits for another program that holds the database, in milliseconds.
    private static let patienceAfter: Int32 = 5000
    private let startedAt = SystemClock.now()
    /// When to stop reading.
    private var deadline: Int64 { started + Int64(configuration.poll.deadline) * 1000 }
    /// When the next run begins, in monotonic milliseconds.
    private var nextRun: Int64 { started + Int64(configuration.poll.interval) * 1000 }

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
        var store = RunStore(configuration, startedAt: startedAt, deadline: deadline, log: log)
        let known = try store.agents()
        let keys = MasterKeys(keptAt: configuration.stateDirectory + "/snmp-keys")
        if let problem = keys.problem { log.warning("\(problem)") }
        tellTime("history open")
        var run = collect(engines: known.engines, plans: known.plans, keys: keys)
        tellTime("PDUs read")
        run.trouble = try store.store(pollRun(run))
        tellTime("readings stored")
        if store.foundDamage { run.trouble = .internalError }
        save(keys)
        if let history = store.history, run.trouble == nil {
            history.busyTimeout = Minute.patienceAfter
            letGoOfOldReadings(history)
            packReadings(history)
        }
        store.close()
        return run
    }

    /// With --verbose: how long after the start of the process a step was done.
    private func tellTime(_ step: String) {
        log.debug("\(step) after \(SystemClock.monotonicMilliseconds() - started) ms")
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

    /// Once an hour: deletes readings older than the configuration keeps, a slice at a time, for twenty seconds at most
    /// and not into the next run's time; one slice in any case.
    ///
    /// A day of 28,000 elements takes minutes, once a day.
    /// What was read is stored by now; a failure here is worth a line and no more.
    private func letGoOfOldReadings(_ writer: HistoryWriter) {
        guard startedAt.floored(to: Int64(configuration.poll.interval)) == startedAt.floored(to: 3600) else {
            return
        }
        let oldest = startedAt - Int64(configuration.readingsDays) * 86_400
        let end = min(SystemClock.monotonicMilliseconds() + 20_000, nextRun - 5000)
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
        let end = min(SystemClock.monotonicMilliseconds() + 3000, nextRun - 3000)
        do {
            while try writer.packReadings(), SystemClock.monotonicMilliseconds() < end {}
        } catch {
            log.warning("readings could not be packed: \(error)")
        }
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
