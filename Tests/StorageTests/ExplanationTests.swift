import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("A stored explanation")
struct ExplanationTests {
    /// Random runs with some corrections.
    private static func history(seed: UInt64, zone: String) throws -> (TemporaryHistory, [PollRun]) {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 33, pdus: 4)
        let history = try TemporaryHistory()
        let writer = try history.writer(zone)
        var runs: [PollRun] = []
        while random.minute < monday { runs.append(random.next(gap: 100...4000)) }
        while runs.count < 600 { runs.append(random.next(gap: 1...300)) }
        _ = try writer.store(runs, policy: minutePolicy)
        var generator = SeededGenerator(seed: seed)
        for element: Int64 in [1, 2, 3, 1_000_000] {
            let start = UnixTime(
                Int64.random(in: runs[0].minute.seconds..<random.minute.seconds - 86_400, using: &generator)
            )
            let length = Int64.random(in: 600...86_400, using: &generator)
            let energy = Bool.random(using: &generator) ? length * 500_000 : nil
            let correction = Correction(start: start, end: start + length, energy: energy)
            _ = try writer.correct(correction, of: element, reason: "r", author: "a", now: monday)
        }
        return (history, runs)
    }

    @Test(
        "gives the numbers of the rollups, for every hour, day and month of every element",
        arguments: zip(80..<84, ["Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"])
    )
    func sameNumbers(seed: UInt64, zone: String) throws {
        let (history, _) = try Self.history(seed: seed, zone: zone)
        let reader = history.reader(zone)
        let stored = try history.rows(
            """
            SELECT period, start, "end", element_id FROM bucket JOIN rollup ON bucket_id = bucket.id
            ORDER BY random() LIMIT 400
            """
        ).map { $0.split(separator: "|").map(String.init) }
        #expect(stored.count == 400)

        for row in stored {
            guard let period = Period.allCases.first(where: { $0.contractName == row[0] }),
                let start = Int64(row[1]), let end = Int64(row[2]), let element = Int64(row[3])
            else { continue }
            let bucket = Bucket(period, start: UnixTime(start), end: UnixTime(end))
            let explanation = try reader.explanation(of: element, from: bucket.start, to: bucket.end)
            let rollup = try reader.rollups(of: [element], in: [bucket])[0][element]
            #expect(explanation.rollup == rollup, "\(bucket) of \(element)")
        }
    }

    @Test("of a range is the sum of those of its pieces, wherever it is cut", arguments: 90..<93)
    func pieces(seed: UInt64) throws {
        let (history, runs) = try Self.history(seed: seed, zone: "Europe/London")
        let reader = history.reader()
        var generator = SeededGenerator(seed: seed)
        let times = runs[0].minute.seconds - 5000...runs[runs.count - 1].minute.seconds + 5000

        try reader.snapshot {
            for _ in 0..<25 {
                let cuts = (0..<4).map { _ in Int64.random(in: times, using: &generator) }.sorted()
                let elements: [Int64] = [1, 2, 3, 4, 1_000_000, 1_000_001]
                let element = elements.randomElement(using: &generator) ?? 1
                guard let first = cuts.first, let last = cuts.last else { continue }
                var sum = Rollup()
                for (start, end) in zip(cuts, cuts.dropFirst()) {
                    sum.merge(
                        try reader.explanation(of: element, from: UnixTime(start), to: UnixTime(end)).rollup
                    )
                }
                let whole = try reader.explanation(of: element, from: UnixTime(first), to: UnixTime(last))
                #expect(whole.rollup == sum, "\(cuts) of \(element)")
            }
        }
    }

    @Test("of several elements at once has the numbers of each", arguments: 93..<97)
    func together(seed: UInt64) throws {
        let (history, runs) = try Self.history(seed: seed, zone: "Europe/London")
        let reader = history.reader()
        var generator = SeededGenerator(seed: seed)
        let times = runs[0].minute.seconds - 5000...runs[runs.count - 1].minute.seconds + 5000
        let elements: [Int64] = [1, 2, 3, 4, 1_000_000, 1_000_001, 1_000_003, 2_000_000]

        try reader.snapshot {
            for _ in 0..<25 {
                let start = Int64.random(in: times, using: &generator)
                let end = start + Int64.random(in: 1...7200, using: &generator)
                let asked = elements.filter { _ in Bool.random(using: &generator) }
                let found = try reader.pieces(
                    of: asked,
                    from: UnixTime(start),
                    to: UnixTime(end),
                    exactUpTo: asked.count
                )
                for element in asked {
                    let one = try reader.explanation(of: element, from: UnixTime(start), to: UnixTime(end))
                    #expect((found[element] ?? Rollup()) == one.rollup, "\(start) to \(end) of \(element)")
                }
                #expect(Set(found.keys).isSubset(of: asked))
            }
        }
    }

    @Test(
        "of very many elements at once is what power integrates to, which is the ledger's without a counter"
    )
    func integrated() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var generator = SeededGenerator(seed: 8)
        var minute = monday
        var runs: [PollRun] = []
        for _ in 0..<600 {
            let isUnread = Int.random(in: 0..<20, using: &generator) == 0
            let reading = ElementReading.sample(
                watts: isUnread ? nil : Double(Int.random(in: 0..<2000, using: &generator))
            )
            runs.append(.sample(at: minute, [.sample("left", [reading])]))
            let isGap = Int.random(in: 0..<20, using: &generator) == 0
            minute = minute + 60 * Int64.random(in: 1...(isGap ? 9 : 1), using: &generator)
        }
        _ = try writer.store(runs, policy: minutePolicy)
        let reader = history.reader()
        for _ in 0..<200 {
            let start = monday + Int64.random(in: -600...(minute - monday), using: &generator)
            let end = start + Int64.random(in: 1...3600, using: &generator)
            let quick = try reader.integratedPieces(of: [1], from: start, to: end)[1] ?? Rollup()
            let exact = try reader.explanation(of: 1, from: start, to: end).rollup
            #expect(quick.readings == exact.readings && quick.powerSum == exact.powerSum)
            #expect(quick.coveredSeconds == exact.coveredSeconds)
            #expect(quick.minimum == exact.minimum && quick.maximum == exact.maximum)
            #expect(abs(quick.powerIntegral - exact.powerIntegral) < 1000)
            #expect(abs((quick.energy.total ?? -1) - (exact.energy.total ?? -1)) < 1000)
        }
    }

    @Test("lists the correction, the counter's values and its reset")
    func details() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for minute: Int64 in 0...120 {
            let shown = 5000 + Double(minute % 61) * 20
            let reading = ElementReading.sample(watts: 1200, wattHours: shown)
            _ = try writer.store(
                .sample(at: monday + minute * 60, [.sample("left", [reading])]),
                policy: minutePolicy
            )
        }
        let correction = Correction(start: monday + 600, end: monday + 900, energy: 0)
        _ = try writer.correct(correction, of: 1, reason: "r", author: "a", now: monday)

        let explanation = try history.reader().explanation(of: 1, from: monday, to: monday + 7200)

        #expect(explanation.corrections == [correction])
        #expect(explanation.opening?.value == FixedPoint(5000))
        #expect(explanation.closing?.at == monday + 7200)
        #expect(explanation.rollup.energy.corrected == 0)
        #expect(
            explanation.remarks.map(\.remark) == [.counterReset(from: FixedPoint(6200), to: FixedPoint(5000))]
        )
    }

    @Test("of a time whose readings are gone is the sum of its whole hours")
    func deleted() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (0...300).map { PollRun.sample(at: monday + $0 * 60) }
        _ = try writer.store(runs, policy: minutePolicy)
        _ = try history.rows("DELETE FROM reading WHERE time < \((monday + 7200).seconds)")
        _ = try history.rows(
            "UPDATE history SET rebuildable_from = \((monday + 86_400 * 30).seconds), lost_until = \((monday + 7200).seconds)"
        )

        let explanation = try history.reader().explanation(of: 1, from: monday + 1800, to: monday + 9000)

        #expect(explanation.rollup.energy.integrated == 3_600_000_000)
        #expect(explanation.rollup.coveredSeconds == 3600)
    }
}
