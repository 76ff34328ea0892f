// What runs learn of the devices' agents for the runs after them: SNMPv3 engines, and plans of how to read a device.

import Basics
import SQLite
import Zlib

enum AgentSQL: String, StatementList {
    case saveEngine = """
        INSERT INTO snmp_engine (address, engine_id, boots, time, observed_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (address) DO UPDATE SET engine_id = excluded.engine_id, boots = excluded.boots,
            time = excluded.time, observed_at = excluded.observed_at
        """
    case deleteOldEngines = """
        DELETE FROM snmp_engine WHERE address NOT IN (SELECT address FROM pdu WHERE is_configured = 1)
        """
    case engines = """
        SELECT address, engine_id, boots, time, observed_at FROM snmp_engine
        """
    case savePlan = """
        INSERT INTO device_plan (pdu_id, kind_key, plan, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (pdu_id) DO UPDATE SET kind_key = excluded.kind_key, plan = excluded.plan,
            updated_at = excluded.updated_at
        """
    /// The content of a key never changes, unless the disk did that.
    case saveKind = """
        INSERT INTO device_kind (key, kind) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET kind = excluded.kind WHERE kind <> excluded.kind
        """
    case deleteOldKinds = """
        DELETE FROM device_kind
        WHERE NOT EXISTS (SELECT 1 FROM device_plan WHERE device_plan.kind_key = device_kind.key)
        """
    case kinds = """
        SELECT key, kind FROM device_kind
        """
    case deleteOldPlans = """
        DELETE FROM device_plan WHERE pdu_id NOT IN (SELECT id FROM pdu WHERE is_configured = 1)
        """
    /// By the keys of the configuration; a linked unit is read by its host's plan.
    case plans = """
        SELECT coalesce(pdu.configured_key, pdu.key), device_plan.plan
        FROM pdu
        CROSS JOIN device_plan ON device_plan.pdu_id = pdu.id
        WHERE pdu.is_configured = 1 AND pdu.host_id IS NULL
        """
}

extension RunRecorder {
    /// Keeps the engines that were met, where they are not what was to be expected, and tells of those that have
    /// started again.
    func keepEngines(of run: PollRun) throws {
        guard run.pdus.contains(where: { $0.engine != nil }) else { return }
        let known = try EngineRecord.all(in: database)
        for polled in run.pdus {
            guard let engine = polled.engine else { continue }
            let before = known[polled.address]
            if let before, before.engineID == engine.engineID, before.boots < engine.boots {
                try Happening.restarted(
                    roster.pduID(of: polled.key),
                    boots: engine.boots,
                    before: before.boots
                )
                .note(at: run.minute, in: database)
            }
            if let before, before.foretells(engine) { continue }
            try database.statement(AgentSQL.saveEngine).run(
                .text(polled.address),
                .blob(engine.engineID),
                .int(engine.boots),
                .int(engine.time),
                .time(engine.observedAt)
            )
        }
    }

    /// Keeps the plans that are new, of PDUs that are known.
    func keepPlans(of run: PollRun) throws {
        var kinds: Set<Int64> = []
        for polled in run.pdus {
            guard let plan = polled.plan, let id = roster.pduID(of: polled.key) else { continue }
            if kinds.insert(plan.kindKey).inserted {
                try database.statement(AgentSQL.saveKind).run(.int(plan.kindKey), .blob(deflate(plan.kind)))
            }
            try database.statement(AgentSQL.savePlan)
                .run(.int(id), .int(plan.kindKey), .blob(PackedPlan.pack(plan.plan)), .time(run.startedAt))
        }
    }

    /// Forgets the engines and plans of PDUs that are no longer configured.
    func forgetAgents() throws {
        try database.statement(AgentSQL.deleteOldEngines).run()
        try database.statement(AgentSQL.deleteOldPlans).run()
        try database.statement(AgentSQL.deleteOldKinds).run()
    }
}

extension EngineRecord {
    /// How far an agent's clock may be from where the kept one would be by now, in seconds: two are rounded off, and an
    /// agent believes a message for 150.
    private static let clockTolerance: Int64 = 5
    /// How long what is kept may be true without being written again, in seconds.
    private static let longestUnwritten: Int64 = 86_400

    /// Those in `database`, by the address in the configuration.
    fileprivate static func all(in database: Connection) throws -> [String: EngineRecord] {
        var engines: [String: EngineRecord] = [:]
        try database.statement(AgentSQL.engines).forEach { row in
            engines[row.text(0)] = EngineRecord(
                engineID: row.bytes(1),
                boots: row.int(2),
                time: row.int(3),
                observedAt: row.time(4)
            )
        }
        return engines
    }

    /// Whether a run that knows this record knows `later` as well.
    fileprivate func foretells(_ later: EngineRecord) -> Bool {
        let age = later.observedAt - observedAt
        return engineID == later.engineID && boots == later.boots
            && 0...EngineRecord.longestUnwritten ~= age
            && abs(later.time - (time + age)) <= EngineRecord.clockTolerance
    }
}

extension HistoryWriter {
    /// The SNMPv3 engines as they were last met, by the address in the configuration.
    package func engines() throws -> [String: EngineRecord] {
        try withStorageErrors(on: path) { try EngineRecord.all(in: database) }
    }

    /// The plan of each configured PDU that has one, and the kinds that they are of.
    ///
    /// A damaged one is none: a plan only saves asking the device. Throws `StorageError`.
    package func plans() throws -> StoredPlans {
        try withStorageErrors(on: path) {
            var stored = StoredPlans()
            try database.statement(AgentSQL.kinds).forEach { row in
                stored.kinds[row.int(0)] = try? inflate(row.bytes(1), limit: PackedPlan.longest)
            }
            try database.statement(AgentSQL.plans).forEach { row in
                stored.plans[row.text(0)] = PackedPlan.unpack(row.bytes(1))
            }
            return stored
        }
    }
}
