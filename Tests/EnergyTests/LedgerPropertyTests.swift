// Properties that hold for every history, on histories made at random (RandomMeter.swift).

import Basics
import Energy
import TestSupport
import Testing

@Suite("The ledger, on histories made at random")
struct LedgerPropertyTests {
    /// Histories of every kind of misfortune, alone and together.
    private static let kinds: [(name: String, habits: RandomMeter.Habits)] = {
        let calm = RandomMeter.Habits(
            resets: false,
            swaps: false,
            glitches: false,
            jumps: false,
            gaps: false,
            omissions: false,
            clocks: false
        )
        var kinds = [(name: "calm", habits: calm)]
        func add(_ name: String, _ change: (inout RandomMeter.Habits) -> Void) {
            var habits = calm
            change(&habits)
            kinds.append((name: name, habits: habits))
        }
        add("gaps and omissions") { habits in
            habits.gaps = true
            habits.omissions = true
        }
        add("resets and swaps") { habits in
            habits.resets = true
            habits.swaps = true
        }
        add("roll-overs") { $0.rollsOver = true }
        add("roll-overs in gaps") { habits in
            habits.rollsOver = true
            habits.gaps = true
        }
        add("glitches") { $0.glitches = true }
        add("jumps") { $0.jumps = true }
        add("a slow counter") { $0.pause = 15 }
        add("clocks") { $0.clocks = true }
        kinds.append((name: "everything", habits: RandomMeter.Habits()))
        var slow = RandomMeter.Habits()
        slow.pause = 15
        kinds.append((name: "everything with a slow counter", habits: slow))
        var bare = RandomMeter.Habits()
        bare.hasCounter = false
        kinds.append((name: "everything without a counter", habits: bare))
        return kinds
    }()

    private static let zones = [
        "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC",
    ]

    /// A history of kind `kind` across the clocks' change in the northern autumn or the southern one, and its accounts.
    private func history(_ kind: Int, _ seed: UInt64) throws -> (meter: RandomMeter, accounts: Accounts) {
        let start = try time(seed % 2 == 0 ? "2024-04-05T22:00:00Z" : "2024-10-26T10:00:00Z")
        let habits = LedgerPropertyTests.kinds[kind].habits
        let meter = RandomMeter(seed: seed &* 100 &+ UInt64(kind), from: start, days: 4, habits: habits)
        let zone = LedgerPropertyTests.zones[Int(seed) % LedgerPropertyTests.zones.count]
        return (meter, Accounts(try calendar(zone), meter.samples))
    }

    @Test(
        "what is entered lies between what can be known and what was drawn",
        arguments: kinds.indices,
        0..<UInt64(10)
    )
    func truth(kind: Int, seed: UInt64) throws {
        let (meter, accounts) = try history(kind, seed)
        let entered = Double(accounts.energy(.month)) / 3.6e6

        let name = LedgerPropertyTests.kinds[kind].name
        let drawn = meter.drawn[meter.drawn.count - 1]
        #expect(entered <= drawn + meter.tolerance, "\(name): \(entered) of \(drawn), \(accounts.words)")
        #expect(
            entered >= meter.knowable - meter.tolerance,
            "\(name): \(entered) of \(meter.knowable), \(accounts.words)"
        )
    }

    @Test(
        "no reading enters less than nothing, and no hour more than its circuit carries",
        arguments: kinds.indices,
        0..<UInt64(10)
    )
    func bounds(kind: Int, seed: UInt64) throws {
        let (meter, accounts) = try history(kind, seed)

        #expect(accounts.entered.allSatisfy { $0 >= 0 })
        // A step or two more at each end, and wherever a roll-over or a reset joined two epochs.
        let slack = Int64(6 * meter.step) * perWattHour
        for (bucket, rollup) in accounts.all(.hour) {
            let most = Int64(RandomMeter.limit) * 1500 * bucket.seconds + slack
            #expect((rollup.energy.total ?? 0) <= most, "\(LedgerPropertyTests.kinds[kind].name)")
            #expect(rollup.coveredSeconds + rollup.interpolatedSeconds <= bucket.seconds)
        }
    }

    @Test(
        "hours sum to days and days to months, to the last thousandth",
        arguments: kinds.indices,
        0..<UInt64(5)
    )
    func additivity(kind: Int, seed: UInt64) throws {
        let accounts = try history(kind, seed).accounts

        #expect(accounts.energy(.hour) == accounts.energy(.day))
        #expect(accounts.energy(.day) == accounts.energy(.month))
        #expect(accounts.energy(.hour) == accounts.entered.reduce(0, +))
    }

    @Test("the explanation of every bucket is its rollup", arguments: kinds.indices, 0..<UInt64(3))
    func explanations(kind: Int, seed: UInt64) throws {
        let (meter, accounts) = try history(kind, seed)
        var random = SeededGenerator(seed: seed)
        let all = Period.allCases.flatMap { accounts.all($0) }

        for (bucket, rollup) in all {
            // Entered again from somewhere before it.
            let lead = Int64.random(in: 0...20_000, using: &random)
            let explanation = accounts.explanation(from: bucket.start, to: bucket.end, lead: lead)
            #expect(explanation.rollup == rollup, "\(LedgerPropertyTests.kinds[kind].name)")
            let gaps = explanation.gaps.reduce(0) { $0 + ($1.end - $1.start) }
            #expect(gaps <= bucket.seconds - rollup.coveredSeconds)
            let bridged = explanation.gaps.filter { $0.energy != nil }.reduce(0) { $0 + ($1.end - $1.start) }
            #expect(bridged == rollup.interpolatedSeconds)
        }
        #expect(!meter.samples.isEmpty)
    }

    @Test("explanations of any parts add up to that of the whole", arguments: kinds.indices, 0..<UInt64(3))
    func parts(kind: Int, seed: UInt64) throws {
        let accounts = try history(kind, seed).accounts
        var random = SeededGenerator(seed: seed)
        let start = try #require(accounts.steps.first?.step.state.lastAt)
        let end = try #require(accounts.state?.lastAt) + 1
        let cuts = (0..<10).map { _ in start + Int64.random(in: 1..<(end - start), using: &random) }.sorted()

        var sum = Rollup()
        for (from, to) in zip([start] + cuts, cuts + [end]) {
            sum.merge(accounts.explanation(from: from, to: to).rollup)
        }

        #expect(sum == accounts.explanation(from: start, to: end).rollup)
        #expect(sum.energy.total == accounts.energy(.month))
    }

    @Test("corrections count exactly what they say, and explanations know", arguments: 0..<UInt64(10))
    func corrections(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let start = try time("2024-10-26T10:00:00Z")
        let meter = RandomMeter(seed: seed, from: start, days: 2, habits: RandomMeter.Habits())
        var corrections: [Correction] = []
        var from = start + Int64.random(in: 0...20_000, using: &random)
        while from < start + 170_000 {
            let end = from + Int64.random(in: 1...9000, using: &random)
            let energy =
                Bool.random(using: &random) ? Int64.random(in: 0...9_000_000_000, using: &random) : nil
            corrections.append(Correction(start: from, end: end, energy: energy))
            from = end + (Bool.random(using: &random) ? 0 : Int64.random(in: 1...40_000, using: &random))
        }
        let accounts = Accounts(try calendar("Australia/Lord_Howe"), meter.samples, corrections: corrections)

        let corrected = accounts.all(.month).reduce(0) { $0 + ($1.rollup.energy.corrected ?? 0) }
        #expect(corrected == corrections.reduce(0) { $0 + ($1.energy ?? 0) })
        for (bucket, rollup) in accounts.all(.hour) + accounts.all(.day) {
            #expect(rollup.coveredSeconds + rollup.interpolatedSeconds <= bucket.seconds)
            #expect(accounts.explanation(from: bucket.start, to: bucket.end).rollup == rollup)
        }
    }

    @Test(
        "the energy between two readings of one epoch is their counters' difference, to its step",
        arguments: 0..<UInt64(20)
    )
    func counterIsTheTruth(seed: UInt64) throws {
        var habits = LedgerPropertyTests.kinds[0].habits
        habits.gaps = true
        habits.resets = true
        let start = try time("2024-10-26T10:00:00Z")
        let meter = RandomMeter(seed: seed, from: start, days: 3, habits: habits)
        let accounts = Accounts(try calendar("Europe/London"), meter.samples)
        var random = SeededGenerator(seed: seed)
        let resets = meter.samples.indices.dropFirst().filter {
            (meter.samples[$0].counter ?? FixedPoint(0)) < (meter.samples[$0 - 1].counter ?? FixedPoint(0))
                || meter.samples[$0].counterSince != meter.samples[$0 - 1].counterSince
        }

        for _ in 0..<300 {
            let ends = (0..<2).compactMap { _ in meter.samples.indices.randomElement(using: &random) }
                .sorted()
            guard ends[0] < ends[1], !resets.contains(where: { ends[0] < $0 && $0 <= ends[1] }) else {
                continue
            }
            let shown = difference(meter.samples[ends[0]].counter, meter.samples[ends[1]].counter) * 3600
            let entered = accounts.entered[(ends[0] + 1)...ends[1]].reduce(0, +)
            #expect(abs(entered - shown) <= Int64(meter.step) * perWattHour, "between \(ends)")
        }
    }

    @Test(
        "without a counter, every hour agrees with a slow and obvious integration",
        arguments: 0..<UInt64(20)
    )
    func integration(seed: UInt64) throws {
        let (meter, accounts) = try history(LedgerPropertyTests.kinds.count - 1, seed)
        let site = try calendar(LedgerPropertyTests.zones[Int(seed) % LedgerPropertyTests.zones.count])
        let reference = slowIntegration(meter.samples, site)

        for (bucket, rollup) in accounts.all(.hour) {
            let expected = reference[bucket]
            #expect(rollup.coveredSeconds == expected?.seconds ?? 0)
            let wattHours = Double(rollup.energy.total ?? 0) / 3.6e6
            #expect(abs(wattHours - (expected?.wattHours ?? 0)) < 0.001)
        }
        let covered = accounts.all(.hour).reduce(0) { $0 + $1.rollup.coveredSeconds }
        #expect(reference.values.reduce(0) { $0 + $1.seconds } == covered)
    }

    @Test(
        "no reading adds anything to the time before the ledger said it was settled",
        arguments: kinds.indices
    )
    func openTime(kind: Int) throws {
        let accounts = try history(kind, 7).accounts

        for (before, step, _) in accounts.steps {
            guard let open = before?.openSince else { continue }
            #expect(step.contributions.allSatisfy { $0.bucket.end > open })
            let touched = step.contributions
            for contribution in touched where contribution.bucket.contains(open) {
                let seconds = contribution.rollup.coveredSeconds + contribution.rollup.interpolatedSeconds
                #expect(seconds <= contribution.bucket.end - open)
            }
        }
    }

    @Test("merging is the same in any order", arguments: 0..<UInt64(20))
    func mergeOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parts = try history(9, seed).accounts.all(.hour).map(\.rollup)

        var straight = Rollup()
        var shuffled = Rollup()
        for part in parts { straight.merge(part) }
        for part in parts.shuffled(using: &random) { shuffled.merge(part) }

        #expect(straight == shuffled)
    }

    private func difference(_ from: FixedPoint?, _ to: FixedPoint?) -> Int64 {
        (to?.thousandths ?? 0) - (from?.thousandths ?? 0)
    }

    /// Second by second, in floating point.
    private func slowIntegration(
        _ samples: [MeterSample],
        _ site: SiteCalendar
    ) -> [Bucket: (seconds: Int64, wattHours: Double)] {
        var result: [Bucket: (seconds: Int64, wattHours: Double)] = [:]
        var buckets = BucketCursor(site)
        var known: [MeterSample] = []
        var newest = UnixTime(.min)
        for sample in samples where sample.at > newest {
            newest = sample.at
            guard let power = sample.power, power <= FixedPoint(RandomMeter.limit * 3 / 2) else { continue }
            known.append(sample)
        }
        for (from, to) in zip(known, known.dropFirst()) where to.at - from.at <= 180 {
            guard let first = from.power?.doubleValue, let last = to.power?.doubleValue else { continue }
            let duration = to.at - from.at
            for second in 0..<duration {
                let middle = first + (last - first) * (Double(second) + 0.5) / Double(duration)
                let hour = buckets.bucket(.hour, containing: from.at + second)
                result[hour, default: (0, 0)].seconds += 1
                result[hour, default: (0, 0)].wattHours += middle / 3600
            }
        }
        return result
    }
}
