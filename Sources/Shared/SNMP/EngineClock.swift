import Basics

/// An engine and its clock, as far as this run knows them.
struct EngineClock {
    /// snmpEngineID.
    let id: [UInt8]
    private let boots: Int64
    private let time: Int64
    /// When it was `time` there, by this machine's monotonic clock, in milliseconds.
    private let observed: Int64

    /// The engine that sent `header` just now; nil when the header names none.
    init?(_ header: SecurityHeader?, now: Int64) {
        guard let header, !header.engineID.isEmpty else { return nil }
        id = header.engineID
        boots = header.boots
        time = header.time
        observed = now
    }

    /// An engine kept from an earlier run.
    init(_ engine: SNMPEngine, wallClock: UnixTime, now: Int64) {
        id = engine.id
        boots = engine.boots
        // A wall clock that was set back says nothing about how much time passed there.
        time = engine.time + max(0, wallClock - engine.observedAt)
        observed = now
    }

    /// snmpEngineBoots and snmpEngineTime at `now`.
    func reading(now: Int64) -> (boots: UInt32, time: UInt32) {
        let largest = Int64(Int32.max)
        return (
            UInt32(min(max(0, boots), largest)), UInt32(min(max(0, time + (now - observed) / 1000), largest))
        )
    }

    /// What is worth keeping for the next run.
    func kept(wallClock: UnixTime, now: Int64) -> SNMPEngine {
        let reading = reading(now: now)
        return SNMPEngine(
            id: id,
            boots: Int64(reading.boots),
            time: Int64(reading.time),
            observedAt: wallClock
        )
    }
}
