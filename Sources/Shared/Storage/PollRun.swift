package import Basics
package import Metering

/// What one run of the poller found: all that is stored in its one transaction.
package struct PollRun: Equatable, Sendable {
    /// The minute the run was due; every reading of the run carries it.
    package var minute: UnixTime
    /// When it really began.
    package var startedAt: UnixTime
    /// How long collecting took, in milliseconds.
    package var durationMilliseconds: Int64
    /// Seconds between runs, by the configuration.
    package var interval: Int64
    /// Every PDU that was to be read, in the order of the configuration.
    package var pdus: [PolledPDU]
    /// Whether `pdus` is the whole configuration; then PDUs that are not in it are marked as no longer polled.
    package var isComplete: Bool

    /// A run of these parts.
    package init(
        minute: UnixTime,
        startedAt: UnixTime,
        durationMilliseconds: Int64,
        interval: Int64,
        pdus: [PolledPDU],
        isComplete: Bool
    ) {
        self.minute = minute
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.interval = interval
        self.pdus = pdus
        self.isComplete = isComplete
    }
}

/// One PDU in one run.
package struct PolledPDU: Equatable, Sendable {
    /// The PDU's identity: its `id` in the configuration, its name where it has none.
    package var key: String
    package var name: String
    /// As the configuration writes it.
    package var address: String
    package var outcome: PollOutcome
    /// Milliseconds from the first request to the last answer; absent when nothing answered.
    package var latencyMilliseconds: Int64?
    /// The SNMPv3 engine as it was last seen, to be kept for the next run.
    package var engine: EngineRecord?
    /// What was learned of how to read it, to be kept for the next run; absent: what is kept stays.
    package var plan: PlanRecord?

    /// A PDU of these parts.
    package init(
        key: String,
        name: String,
        address: String,
        outcome: PollOutcome,
        latencyMilliseconds: Int64?,
        engine: EngineRecord?,
        plan: PlanRecord? = nil
    ) {
        self.key = key
        self.name = name
        self.address = address
        self.outcome = outcome
        self.latencyMilliseconds = latencyMilliseconds
        self.engine = engine
        self.plan = plan
    }
}

/// An SNMPv3 engine as the store keeps it between runs.
package struct EngineRecord: Hashable, Sendable {
    package var engineID: [UInt8]
    package var boots: Int64
    package var time: Int64
    /// When boots and time were observed, by this machine's clock.
    package var observedAt: UnixTime

    /// An engine with these values.
    package init(engineID: [UInt8], boots: Int64, time: Int64, observedAt: UnixTime) {
        self.engineID = engineID
        self.boots = boots
        self.time = time
        self.observedAt = observedAt
    }
}

/// How to read a device, as the store keeps it between runs, in the poller's own form.
package struct PlanRecord: Hashable, Sendable {
    /// What is the device's own.
    package var plan: [UInt8]
    /// What it has in common with others of its kind, and what that is called; the same name is the same content.
    package var kind: [UInt8]
    package var kindKey: Int64

    /// A plan of these parts.
    package init(plan: [UInt8], kind: [UInt8], kindKey: Int64) {
        self.plan = plan
        self.kind = kind
        self.kindKey = kindKey
    }
}

/// The plans that are kept.
package struct StoredPlans: Hashable, Sendable {
    /// What is each device's own, by the PDU's key in the configuration.
    package var plans: [String: [UInt8]] = [:]
    /// What they have in common, by the keys of their kinds.
    package var kinds: [Int64: [UInt8]] = [:]
}
