import Basics
import Testing

@testable import Collection

@Suite("When everything is read again") struct PlanScheduleTests {
    private func plan(takenAt minute: Int64) -> PlanSchedule {
        PlanSchedule(takenAt: UnixTime(minute * 60))
    }

    /// The minutes of `hours` at which the PDU called `key` is read whole.
    private func turns(of key: String, hours: Int64) throws -> [Int64] {
        var taken = Int64(1000)
        var turns: [Int64] = []
        for minute in taken + 1..<taken + hours * 60
        where !(plan(takenAt: taken).isCurrent(at: UnixTime(minute * 60), of: key)) {
            turns.append(minute)
            taken = minute
        }
        return turns
    }

    @Test("every quarter of an hour, once", arguments: ["left", "right", "a", "Rack 17 / B"])
    func regular(key: String) throws {
        let turns = try turns(of: key, hours: 3)

        #expect(turns.count >= 11)
        #expect(zip(turns.dropFirst(), turns).allSatisfy { $0 - $1 == 15 })
    }

    @Test("at minutes that many PDUs share evenly")
    func spread() throws {
        var counts: [Int64: Int] = [:]
        for number in 0..<600 {
            let last = try #require(try turns(of: "pdu-\(number)", hours: 1).last)
            counts[last % 15, default: 0] += 1
        }

        #expect(counts.count == 15)
        #expect(counts.values.allSatisfy { (20...60).contains($0) })
    }

    @Test("at once when the clock was set back, and after polls that failed for half an hour")
    func otherwise() throws {
        let plan = plan(takenAt: 1000)

        #expect(!plan.isCurrent(at: UnixTime(999 * 60), of: "left"))
        #expect(!plan.isCurrent(at: UnixTime(1030 * 60), of: "left"))
    }

    @Test("at the agent's pace, which the first time of a day is tried anew")
    func pace() throws {
        let plan = plan(takenAt: 1000)

        #expect(plan.knowsPace(at: UnixTime(1015 * 60)))
        #expect(!plan.knowsPace(at: UnixTime(1440 * 60)))
    }
}
