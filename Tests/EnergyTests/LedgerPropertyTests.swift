import Basics
import Energy
import TestSupport
import Testing

@Suite("The ledger, on histories made at random")
struct LedgerPropertyTests {
    private static let zones = [
        "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC",
    ]

    @Test("hours sum to days and days to months, to the last thousandth", arguments: 0..<40)
    func additivity(seed: UInt64) throws {
        let accounts = try history(seed, hasCounter: seed % 2 == 0).accounts

        #expect(accounts.energy(.hour) == accounts.energy(.day))
        #expect(accounts.energy(.day) == accounts.energy(.month))
        #expect(accounts.energy(.hour) == accounts.entered.reduce(0, +))
        for period in Period.allCases {
            for (bucket, rollup) in accounts.all(period) {
                #expect(rollup.coveredSeconds + rollup.interpolatedSeconds <= bucket.seconds)
            }
        }
    }

    @Test(
        "the energy between two readings of one epoch is their counters' difference, to its step",
        arguments: 0..<40
    )
    func counterIsTheTruth(seed: UInt64) throws {
        let isOftenHidden = seed % 2 == 0
        let (samples, accounts) = try history(seed, hasCounter: true, counterIsOftenHidden: isOftenHidden)
        var random = SeededGenerator(seed: seed)
        let counted = samples.indices.filter { samples[$0].counter != nil }
        // What was integrated while the counter was not shown may run ahead of it, by three minutes' energy at
        // the most, and is made up for afterwards.
        let tolerance: Int64 = (isOftenHidden ? 100_000 + 180_000 : 100_000) * 3600

        #expect(accounts.entered.allSatisfy { $0 >= 0 })
        for _ in 0..<200 {
            let ends = [counted.randomElement(using: &random), counted.randomElement(using: &random)]
                .compactMap { $0 }.sorted()
            guard ends[0] < ends[1], samples[ends[0]].counterSince == samples[ends[1]].counterSince else {
                continue
            }
            let shown = difference(samples[ends[0]].counter, samples[ends[1]].counter) * 3600
            let entered = accounts.entered[(ends[0] + 1)...ends[1]].reduce(0, +)
            #expect(abs(entered - shown) <= tolerance, "between \(ends)")
        }
    }

    @Test("without a counter, every hour agrees with a slow and obvious integration", arguments: 0..<30)
    func integration(seed: UInt64) throws {
        let (samples, accounts) = try history(seed, hasCounter: false)
        let site = try calendar(LedgerPropertyTests.zones[Int(seed) % LedgerPropertyTests.zones.count])
        let reference = slowIntegration(samples, site)

        for (bucket, rollup) in accounts.all(.hour) {
            let expected = reference[bucket]
            #expect(rollup.coveredSeconds == expected?.seconds ?? 0)
            #expect(abs(Double(rollup.energy.total ?? 0) / 3.6e6 - (expected?.wattHours ?? 0)) < 0.001)
        }
        let covered = accounts.all(.hour).reduce(0) { $0 + $1.rollup.coveredSeconds }
        #expect(reference.values.reduce(0) { $0 + $1.seconds } == covered)
    }

    @Test("merging is the same in any order", arguments: 0..<20)
    func mergeOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parts = try history(seed, hasCounter: true).accounts.all(.hour).map(\.rollup)

        var straight = Rollup()
        var shuffled = Rollup()
        for part in parts { straight.merge(part) }
        for part in parts.shuffled(using: &random) { shuffled.merge(part) }

        #expect(straight == shuffled)
    }

    /// Two days of a load that wanders, read every minute or so, with readings missing, gaps, readings without
    /// power or counter, and resets.
    private func history(
        _ seed: UInt64,
        hasCounter: Bool,
        counterIsOftenHidden: Bool = true
    ) throws -> (samples: [MeterSample], accounts: Accounts) {
        var random = SeededGenerator(seed: seed &+ 1000)
        let zone = LedgerPropertyTests.zones[Int(seed) % LedgerPropertyTests.zones.count]
        // Across the clocks' change in the northern autumn and the southern one.
        let start = try time(seed % 3 == 0 ? "2024-04-05T22:00:00Z" : "2024-10-26T10:00:00Z")
        var watts = 800.0
        var wattHours = Double.random(in: 0..<90_000, using: &random)
        var epoch = 0
        var samples: [MeterSample] = []
        var skipUntil: Int64 = 0
        for second in stride(from: Int64(0), to: 172_800, by: 60) {
            watts = min(max(watts + Double.random(in: -150...150, using: &random), 0), 3600)
            wattHours += watts / 60
            if hasCounter, Int.random(in: 0..<1500, using: &random) == 0 {
                wattHours = 0
                epoch += 1
            }
            if Int.random(in: 0..<300, using: &random) == 0 {
                skipUntil = second + Int64.random(in: 60...20_000, using: &random)
            }
            guard second >= skipUntil, Int.random(in: 0..<20, using: &random) > 0 else { continue }
            let showsPower = Int.random(in: 0..<30, using: &random) > 0
            let isHidden = counterIsOftenHidden && Int.random(in: 0..<30, using: &random) == 0
            let showsCounter = hasCounter && !isHidden
            samples.append(
                MeterSample(
                    at: start + second,
                    power: showsPower ? FixedPoint(Int(watts)) : nil,
                    counter: showsCounter ? FixedPoint(Int(wattHours) / 100 * 100) : nil,
                    counterResolution: FixedPoint(100),
                    counterSince: showsCounter ? "epoch \(epoch)" : nil
                )
            )
        }
        return (samples, Accounts(try calendar(zone), samples))
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
        let known = samples.filter { $0.power != nil }
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
