import Basics
import Testing

@testable import SNMP

@Suite("EngineClock") struct EngineClockTests {
    private let engine = SNMPEngine(id: [1, 2, 3, 4, 5], boots: 4, time: 1000, observedAt: UnixTime(50_000))

    @Test("a remembered clock has gone on since")
    func remembered() {
        let clock = EngineClock(engine, wallClock: UnixTime(50_060), now: 7000)

        #expect(clock.reading(now: 7000).boots == 4)
        #expect(clock.reading(now: 7000).time == 1060)
        #expect(clock.reading(now: 9500).time == 1062)
    }

    @Test("a wall clock that was set back does not turn it back")
    func setBack() {
        let clock = EngineClock(engine, wallClock: UnixTime(40_000), now: 0)

        #expect(clock.reading(now: 0).time == 1000)
    }

    @Test("numbers beyond the protocol's are held to them")
    func bounds() {
        let wild = SNMPEngine(id: [1], boots: -1, time: .max / 4, observedAt: UnixTime(0))
        let reading = EngineClock(wild, wallClock: UnixTime(60), now: 0).reading(now: 0)

        #expect(reading.boots == 0)
        #expect(reading.time == UInt32(Int32.max))
    }

    @Test("what is kept is the clock as it stands, with the time of day")
    func kept() {
        let clock = EngineClock(engine, wallClock: UnixTime(50_000), now: 0)

        let kept = clock.kept(wallClock: UnixTime(50_005), now: 5000)

        #expect(kept == SNMPEngine(id: engine.id, boots: 4, time: 1005, observedAt: UnixTime(50_005)))
    }
}
