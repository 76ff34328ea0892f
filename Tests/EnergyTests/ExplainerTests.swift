import Basics
import Energy
import Testing

@Suite("An explanation")
struct ExplainerTests {
    private let start = UnixTime(1_704_067_200)  // 2024-01-01T00:00:00Z

    /// Six hours at 1200 W, of which the fourth and fifth are not read.
    private func gap(_ change: (inout Meter) -> Void = { _ in }) throws -> Accounts {
        var meter = Meter(at: start, wattHours: 5000)
        meter.step = 1
        change(&meter)
        meter.run(minutes: 180)
        meter.pass(minutes: 120)
        meter.run(minutes: 60)
        return Accounts(try calendar("UTC"), meter.samples)
    }

    @Test("tells what the counter showed at both ends, or as near as it was read")
    func marks() throws {
        let accounts = try gap()

        let hour = accounts.explanation(from: start + 3600, to: start + 7200)
        #expect(hour.opening == Explanation.CounterMark(at: start + 3600, value: FixedPoint(6200)))
        #expect(hour.closing == Explanation.CounterMark(at: start + 7200, value: FixedPoint(7400)))
        let inGap = accounts.explanation(from: start + 12_600, to: start + 14_400)
        #expect(inGap.opening?.at == start + 10_800)
        #expect(inGap.closing?.at == start + 10_800)
        let before = accounts.explanation(from: start - 3600, to: start + 90)
        #expect(before.opening?.at == start)
        #expect(before.closing?.at == start + 60)
        #expect(accounts.explanation(from: start - 3600, to: start).opening == nil)
    }

    @Test("lists a gap that the counter bridges with the energy of its part inside")
    func bridgedGap() throws {
        let explanation = try gap().explanation(from: start + 7200, to: start + 14_400)

        let gap = try #require(explanation.gaps.first)
        #expect(explanation.gaps.count == 1)
        #expect(gap.start == start + 10_800 && gap.end == start + 14_400)
        #expect(gap.energy == explanation.rollup.energy.interpolated)
        let energy = Double(gap.energy ?? 0) / 3.6e6
        #expect(abs(energy - 1190) <= 20)
        #expect(explanation.rollup.interpolatedSeconds == 3600)
    }

    @Test("lists time of which nothing is known, and that before the first reading and after the last")
    func unknownTime() throws {
        let accounts = try gap { $0.showsCounter = false }
        let now = start + 36_000
        let gaps = accounts.explanation(from: start - 600, to: start + 86_400, until: now).gaps

        let expected = [
            Explanation.Gap(start: start - 600, end: start, energy: nil),
            Explanation.Gap(start: start + 10_800, end: start + 18_060, energy: nil),
            Explanation.Gap(start: start + 21_600, end: now, energy: nil),
        ]
        #expect(gaps == expected)
    }

    @Test("lists no gap where the next reading is not due yet")
    func nothingDue() throws {
        let accounts = try gap()

        #expect(accounts.explanation(from: start, to: start + 86_400, until: start + 21_700).gaps.count == 1)
        #expect(
            accounts.explanation(from: start + 21_600, to: start + 86_400, until: start + 21_700).gaps == []
        )
    }

    @Test("lists no gap of a moment before the first reading")
    func firstMoments() throws {
        let accounts = try gap { $0.showsCounter = false }

        #expect(accounts.explanation(from: start - 180, to: start + 3600).gaps == [])
        #expect(accounts.explanation(from: start - 181, to: start + 3600).gaps.count == 1)
    }

    @Test("of a range without any reading is one gap")
    func nothing() throws {
        let accounts = Accounts(try calendar("UTC"), [])
        let explanation = accounts.explanation(from: start, to: start + 3600)

        #expect(explanation.gaps == [Explanation.Gap(start: start, end: start + 3600, energy: nil)])
        #expect(explanation.rollup == Rollup())
        #expect(explanation.opening == nil && explanation.closing == nil)
    }

    @Test("lists what was noticed inside the range, with its time")
    func remarks() throws {
        var meter = Meter(at: start, wattHours: 5000)
        meter.run(minutes: 30)
        meter.stands = 0
        meter.run(minutes: 60)
        let accounts = Accounts(try calendar("UTC"), meter.samples)

        let remarks = accounts.explanation(from: start, to: start + 3600).remarks
        #expect(remarks.map(\.remark.word) == ["counter_reset"])
        #expect(remarks.map(\.at) == [start + 31 * 60])
        #expect(accounts.explanation(from: start + 3600, to: start + 7200).remarks.isEmpty)
    }

    @Test("lists the corrections that touch the range, and takes their part inside")
    func corrections() throws {
        var meter = Meter(at: start, wattHours: 5000)
        meter.run(minutes: 180)
        let correction = Correction(start: start + 3600, end: start + 7200, energy: 500 * perWattHour)
        let accounts = Accounts(try calendar("UTC"), meter.samples, corrections: [correction])

        let explanation = accounts.explanation(from: start + 5400, to: start + 9000)
        #expect(explanation.corrections == [correction])
        #expect(explanation.rollup.energy.corrected == 250 * perWattHour)
        #expect(explanation.gaps == [])
        #expect(accounts.explanation(from: start, to: start + 3600).corrections == [])
    }

    @Test("holds power against the counter: the drift of a power that reads a tenth low")
    func drift() throws {
        let explanation = try gap { $0.power = 1080 }.explanation(from: start, to: start + 21_600)

        let drift = try #require(explanation.driftPercent(step: FixedPoint(1)))
        #expect(abs(drift + 10) < 0.1)
        // Only where both are known: not in the gap.
        let counted = Double(explanation.comparedCounted) / 3.6e6
        #expect(abs(counted - 4780) < 3)
    }

    @Test("compares only between readings that both show the counter")
    func driftOfHiddenCounter() throws {
        var meter = Meter(at: start, wattHours: 0)
        meter.step = 1
        for minute in 0..<600 {
            meter.showsCounter = minute % 6 < 3
            meter.run(minutes: 1)
        }
        let accounts = Accounts(try calendar("UTC"), meter.samples)
        let explanation = accounts.explanation(from: start, to: start + 36_000)

        let drift = try #require(explanation.driftPercent(step: FixedPoint(1)))
        #expect(abs(drift) < 0.1)
    }

    @Test("is settled once no later reading can tell of the range")
    func settling() throws {
        let accounts = try gap()
        var explainer = Explainer(from: start + 7200, to: start + 12_000, after: nil)
        var settledAt: UnixTime?
        for (_, step, _) in accounts.steps {
            explainer.take(step, policy: accounts.policy)
            if explainer.isSettled {
                settledAt = step.state.lastAt
                break
            }
        }

        // The first reading after the gap, which is bridged then, and the counter had moved.
        #expect(settledAt == start + 18_060)
    }
}
