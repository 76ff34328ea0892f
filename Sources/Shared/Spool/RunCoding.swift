// What is in a spooled run: everything that the store takes, engines and plans too, so that a run which was taken up
// later leaves the same behind as one that was stored at once.
//
//   run:      minute, start, duration, interval, maximum gap of the ledger; 1 or 0: whether it is of all PDUs; PDUs
//   PDU:      key, name, address, outcome; optional: latency, engine, plan
//   outcome:  0, reading; or 1, reason (the interface's word), sentence
//   engine:   id, boots, time, when that was observed
//   plan:     the PDU's own part, its kind, and the kind's key
//
// Numbers are varints, signed ones zigzag; times are seconds since 1970. Texts, bytes and lists have their count before
// them. Before optional values stand four bytes, whose bits say which of them are there, the first one the lowest.

import Basics
import Energy
import Metering
import Storage

extension ByteWriter {
    private static let read: UInt64 = 0
    private static let failed: UInt64 = 1

    mutating func put(_ waiting: WaitingRun) {
        let run = waiting.run
        put(run.minute.seconds)
        put(run.startedAt.seconds)
        put(run.durationMilliseconds)
        put(run.interval)
        put(waiting.policy.maximumGap)
        put(run.isComplete ? UInt64(1) : 0)
        put(UInt64(run.pdus.count))
        for pdu in run.pdus { put(pdu) }
    }

    private mutating func put(_ pdu: PolledPDU) {
        put(pdu.key)
        put(pdu.name)
        put(pdu.address)
        switch pdu.outcome {
        case .read(let reading):
            put(Self.read)
            put(reading)
        case .failed(let reason, let sentence):
            put(Self.failed)
            put(reason.rawValue)
            put(sentence)
        }
        var presence = OptionalFields()
        presence.put(pdu.latencyMilliseconds != nil)
        presence.put(pdu.engine != nil)
        presence.put(pdu.plan != nil)
        put(presence)
        if let latency = pdu.latencyMilliseconds { put(latency) }
        if let engine = pdu.engine {
            put(engine.engineID)
            put(engine.boots)
            put(engine.time)
            put(engine.observedAt.seconds)
        }
        if let plan = pdu.plan {
            put(plan.plan)
            put(plan.kind)
            put(plan.kindKey)
        }
    }
}

extension ByteReader {
    mutating func waitingRun() throws(ByteMismatch) -> WaitingRun {
        let minute = UnixTime(try signed())
        let startedAt = UnixTime(try signed())
        let duration = try signed()
        let interval = try signed()
        let maximumGap = try signed()
        let isComplete = try flag()
        guard interval > 0, maximumGap > 0 else { throw ByteMismatch("its rule is none") }
        var pdus: [PolledPDU] = []
        for _ in 0..<(try count(of: 8)) { pdus.append(try pdu()) }
        let run = PollRun(
            minute: minute,
            startedAt: startedAt,
            durationMilliseconds: duration,
            interval: interval,
            pdus: pdus,
            isComplete: isComplete
        )
        return WaitingRun(run, policy: LedgerPolicy(maximumGap: maximumGap))
    }

    private mutating func pdu() throws(ByteMismatch) -> PolledPDU {
        let key = try text()
        let name = try text()
        let address = try text()
        let outcome: PollOutcome = try flag() ? try failure() : .read(try deviceReading())
        var presence = try presence(of: 3)
        let (hasLatency, hasEngine, hasPlan) = (presence.next(), presence.next(), presence.next())
        return PolledPDU(
            key: key,
            name: name,
            address: address,
            outcome: outcome,
            latencyMilliseconds: hasLatency ? try signed() : nil,
            engine: hasEngine ? try engine() : nil,
            plan: hasPlan ? try plan() : nil
        )
    }

    private mutating func plan() throws(ByteMismatch) -> PlanRecord {
        PlanRecord(plan: try octets(), kind: try octets(), kindKey: try signed())
    }

    private mutating func failure() throws(ByteMismatch) -> PollOutcome {
        let word = try text()
        guard let reason = FailureReason(rawValue: word) else { throw ByteMismatch("\(word) is no reason") }
        return .failed(reason, try text())
    }

    private mutating func engine() throws(ByteMismatch) -> EngineRecord {
        let id = try octets()
        let boots = try signed()
        let time = try signed()
        return EngineRecord(engineID: id, boots: boots, time: time, observedAt: UnixTime(try signed()))
    }
}
