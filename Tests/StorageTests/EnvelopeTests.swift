import Basics
import Energy
import Foundation
import Metering
import SQLite
import TestSupport
import Testing

@testable import Storage

@Suite("Envelopes of packed powers")
struct EnvelopeTests {
    /// What each element drew at each time, of what counts.
    private typealias Powers = [UnixTime: [Int64: Int64]]

    private static let choices: [[Int64]] = [[1, 2], [1, 3, 4], [2, 1_000_000], [1, 2, 3, 1_000_001]]

    @Test("hold every power of their quarter, and are close where powers are", arguments: 0..<20)
    func bounds(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let spread = Int64.random(in: 0...1 << Int64.random(in: 0...62, using: &generator), using: &generator)
        let base = Int64.random(in: -spread...spread, using: &generator) / 2
        var builder = PowerEnvelope.Builder(day: monday)
        var highest: [Int: Int64] = [:]
        var lowest: [Int: Int64] = [:]
        for slot in 0..<1440 where Int.random(in: 0..<30, using: &generator) == 0 {
            let power = base + Int64.random(in: -spread / 4...spread / 4, using: &generator)
            builder.add(power, at: monday + Int64(slot) * 60)
            highest[slot / 15] = max(highest[slot / 15] ?? .min, power)
            lowest[slot / 15] = min(lowest[slot / 15] ?? .max, power)
        }

        let bytes = try #require(builder.finish()).bytes

        #expect(bytes.count == PowerEnvelope.size)
        let numbers = bytes.withUnsafeBytes { bytes in
            [0, 8].map { bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self).littleEndian }
        }
        for quarter in 0..<PowerEnvelope.quarters {
            let isPresent = bytes[16 + quarter / 8] >> UInt8(quarter % 8) & 1 == 1
            #expect(isPresent == (highest[quarter] != nil))
            guard let top = highest[quarter], let bottom = lowest[quarter] else { continue }
            let above = numbers[0] + numbers[1] * Int64(bytes[PowerEnvelope.highestOffset + quarter])
            let below = numbers[0] + numbers[1] * Int64(bytes[PowerEnvelope.highestOffset + 96 + quarter])
            #expect(above >= top && above - top < numbers[1])
            #expect(below <= bottom && bottom - below < numbers[1])
        }
    }

    @Test("of a day without a power are none")
    func empty() {
        #expect(PowerEnvelope.Builder(day: monday).finish() == nil)
        var month = MonthEnvelopes()
        month.set(nil, at: 3)
        #expect(month.isEmpty)
    }

    @Test("that are damaged are none")
    func damaged() {
        #expect(MonthEnvelopes([1, 2, 3]).isEmpty)
    }

    @Test(
        "lead to the true extremes of any sum, whatever is packed, and have the same bytes however they came to be",
        arguments: 0..<6
    )
    func extremes(seed: UInt64) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 6, pdus: 4)
        let runs = (0..<1500).map { _ in random.next(gap: 1...500) }
        _ = try writer.store(runs, policy: minutePolicy)
        var powers = try powers(in: history)
        try check(history, powers)

        for _ in 0..<4 {
            for _ in 0..<Int.random(in: 1...8, using: &random.generator) {
                _ = try writer.packReadings(perStep: 400)
            }
            try check(history, powers)
        }
        try writer.packEverything()
        try check(history, powers)
        #expect(try history.value("SELECT count(*) > 3 FROM power_envelope") == "1")

        // As a database is after the migration: first without any, then with some.
        let envelopes = try envelopes(of: history)
        try forgetEnvelopes(of: history)
        try check(history, powers)
        while try EnvelopeBook(writer.database).fill() { try check(history, powers) }
        #expect(try self.envelopes(of: history) == envelopes)

        // A correction changes what counts, and no envelope.
        let newest = try #require(powers.keys.max())
        let wrong = Correction(start: newest - 86_400 * 3, end: newest - 86_400 * 3 + 36_000, energy: nil)
        _ = try writer.correct(wrong, of: 1, reason: "wrong", author: "ann", now: newest)
        for time in powers.keys where wrong.excludes(time) { powers[time]?[1] = nil }
        try check(history, powers)

        // A clock that was ahead.
        let now = newest - 86_400 * 2 + 7000
        _ = try writer.setAside(after: now, now: now)
        powers = powers.filter { $0.key <= now }
        try check(history, powers)
        try expectSameEnvelopesAnew(history, writer)

        try writer.packEverything()
        let kept = (now - 86_400 * 2).floored(to: 86_400)
        try writer.letGo(before: kept)
        powers = powers.filter { $0.key >= kept }
        try check(history, powers, from: kept)
        try expectSameEnvelopesAnew(history, writer)
        #expect(try history.value("SELECT count(*) > 0 FROM power_envelope") == "1")
    }

    @Test("are made where readings come more often than minutes, and at odd seconds", arguments: [10, 7])
    func interval(seconds: Int64) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var generator = SeededGenerator(seed: UInt64(seconds))
        let runs = (0..<2000).map { index -> PollRun in
            let pdus = (1...3).map { number -> PolledPDU in
                .sample("\(number)", [.sample(watts: Double.random(in: 100...3000, using: &generator))])
            }
            return PollRun(
                minute: monday + 79_200 + Int64(index) * seconds,
                startedAt: monday,
                durationMilliseconds: 1,
                interval: seconds,
                pdus: pdus,
                isComplete: true
            )
        }
        _ = try writer.store(runs, policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 86_400 * 4, [.sample("1")]), policy: minutePolicy)
        let powers = try powers(in: history)

        try check(history, powers, choices: [[1, 2], [2, 3]])
        try writer.packEverything()

        try check(history, powers, choices: [[1, 2], [2, 3]])
    }

    // MARK: - Expecting

    /// Every power that counts, of a history that is not packed.
    private func powers(in history: TemporaryHistory) throws -> Powers {
        var powers: Powers = [:]
        let database = try Connection(.file(history.path), .readOnly, busyTimeout: 1000)
        try ReadingHistory(database).forEachUnpacked(
            from: UnixTime(.min),
            until: UnixTime(.max),
            elements: ReadingHistory.allElements
        ) { reading in
            guard let power = reading.power, power < FixedPoint(RandomHistory.absurdWatts) else { return }
            powers[reading.time, default: [:]][reading.element] = power.thousandths
        }
        return powers
    }

    private func check(
        _ history: TemporaryHistory,
        _ powers: Powers,
        from start: UnixTime = UnixTime(.min),
        choices: [[Int64]] = EnvelopeTests.choices
    ) throws {
        let reader = history.reader()
        let calendar = try calendar()
        let newest = try #require(powers.keys.max())
        for (period, count) in [(Period.month, 2), (.day, 9), (.hour, 60)] {
            let buckets = calendar.buckets(period, count: count, endingWith: newest).filter {
                $0.start >= start
            }
            for ids in choices {
                let expected = buckets.map { slowExtremes(of: ids, in: $0, powers) }
                #expect(try reader.sumExtremes(of: ids, in: buckets) == expected)
                let all = SumExtremes(of: expected)
                #expect(try reader.sumExtremes(of: ids, across: buckets) == all)
            }
        }
    }

    /// Every minute summed, and all of them compared.
    private func slowExtremes(of ids: [Int64], in bucket: Bucket, _ powers: Powers) -> SumExtremes? {
        var highest: MinuteSum?
        var lowest: MinuteSum?
        for time in powers.keys.sorted() where bucket.contains(time) {
            let members = ids.compactMap { powers[time]?[$0] }
            guard !members.isEmpty else { continue }
            let sum = MinuteSum(at: time, power: members.reduce(0, +), members: Int64(members.count))
            if sum.power > highest?.power ?? .min { highest = sum }
            if lowest.map({ (sum.members, $0.power) > ($0.members, sum.power) }) ?? true { lowest = sum }
        }
        guard let highest, let lowest else { return nil }
        return SumExtremes(minimum: lowest.extreme, maximum: highest.extreme, members: lowest.members)
    }

    private func envelopes(of history: TemporaryHistory) throws -> [String] {
        try history.rows(
            "SELECT element_id, month_start, hex(days) FROM power_envelope ORDER BY element_id, month_start"
        )
    }

    private func forgetEnvelopes(of history: TemporaryHistory) throws {
        _ = try history.rows("DELETE FROM power_envelope")
        _ = try history.rows(
            """
            UPDATE history
            SET enveloped_from = (SELECT max(start) / 86400 * 86400 + 86400 FROM reading_block), enveloped_element = 0
            """
        )
    }

    private func expectSameEnvelopesAnew(_ history: TemporaryHistory, _ writer: HistoryWriter) throws {
        let envelopes = try envelopes(of: history)
        try forgetEnvelopes(of: history)
        while try EnvelopeBook(writer.database).fill() {}
        #expect(try self.envelopes(of: history) == envelopes)
    }
}
