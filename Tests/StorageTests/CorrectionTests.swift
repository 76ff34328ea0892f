import Basics
import Energy
import Foundation
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("A correction")
struct CorrectionTests {
    /// A PDU at 1 kW for three hours, with an outlet.
    private static func hours() throws -> (history: TemporaryHistory, writer: HistoryWriter) {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let readings = [ElementReading.sample(), .sample(Element(.outlet, 1), watts: 100)]
        let runs = (0...180).map { PollRun.sample(at: monday + $0 * 60, [.sample("left", readings)]) }
        _ = try writer.store(runs, policy: minutePolicy)
        return (history, writer)
    }

    private static func hour(_ number: Int64, energy: Int64? = nil) -> Correction {
        Correction(start: monday + number * 3600, end: monday + (number + 1) * 3600, energy: energy)
    }

    private static let kilowattHour: Int64 = 3_600_000_000

    @Test("that sets an energy makes it the hour's, and the day's by as much")
    func sets() throws {
        let (history, writer) = try Self.hours()

        let record = try writer.correct(
            Self.hour(1, energy: Self.kilowattHour / 4),
            of: 1,
            reason: " the meter was bridged ",
            author: "ann",
            now: monday + 20_000
        )

        #expect(record.reason == "the meter was bridged")
        #expect(
            try history.rows(
                """
                SELECT coalesce(pdu_id, 'all'), period_type, round(total_kwh, 6) FROM power_aggregations
                WHERE total_kwh > 0 AND period_type <> 'monthly' ORDER BY pdu_id, period_type, period_start
                """
            ) == [
                "all|daily|2.25", "all|hourly|1.0", "all|hourly|0.25", "all|hourly|1.0", "1|daily|2.25",
                "1|hourly|1.0", "1|hourly|0.25", "1|hourly|1.0",
            ]
        )
        #expect(try history.value("SELECT count(*) FROM power_readings WHERE pdu_id = 1") == "181")
    }

    @Test("that excludes makes the hour unknown where there is no counter")
    func excludes() throws {
        let (history, writer) = try Self.hours()

        _ = try writer.correct(Self.hour(1), of: 1, reason: "wrong probe", author: "ann", now: monday)

        let reader = history.reader()
        let hours = try calendar().buckets(.hour, count: 3, endingWith: monday + 7200)
        let rollups = try reader.rollups(of: [1], in: hours).map { $0[1] }
        let allButAMinute = Self.kilowattHour / 60 * 59
        #expect(rollups[0]?.energy.integrated == allButAMinute)
        #expect(rollups[1] == nil)
        #expect(rollups[2]?.energy.integrated == Self.kilowattHour)
        #expect(try reader.siteRollups(in: hours)[1] == nil)
    }

    @Test("of a part leaves the whole unit and the site alone")
    func part() throws {
        let (history, writer) = try Self.hours()
        let before = try history.accounts().filter { !$0.contains("|1000000|") && !$0.hasPrefix("1000000|") }

        _ = try writer.correct(Self.hour(1), of: 1_000_000, reason: "x", author: "ann", now: monday)

        #expect(
            try history.accounts().filter { !$0.contains("|1000000|") && !$0.hasPrefix("1000000|") } == before
        )
    }

    @Test("of a morning without readings counts once, whoever asks, and is gone when undone")
    func beforeFirstReadingOfDay() throws {
        let (history, writer) = try Self.hours()
        let morning = (0...60).map { PollRun.sample(at: monday + 86_400 + 36_000 + $0 * 60) }
        _ = try writer.store(morning, policy: minutePolicy)
        let former = try history.accounts()

        let record = try writer.correct(
            Self.hour(27, energy: Self.kilowattHour),
            of: 1,
            reason: "read by hand",
            author: "ann",
            now: monday
        )

        let day = try calendar().bucket(.day, containing: monday + 86_400)
        let explanation = try history.reader().explanation(of: 1, from: day.start, to: day.end)
        let twice = Self.kilowattHour * 2
        #expect(explanation.rollup.energy.total == twice)
        #expect(try history.reader().rollups(of: [1], in: [day])[0][1] == explanation.rollup)
        _ = try writer.undoCorrection(record.id, by: "ann", now: monday)
        #expect(try history.accounts() == former)
    }

    @Test("raises the data's version, and is an event, as is its undoing")
    func isTold() throws {
        let (history, writer) = try Self.hours()
        let reader = history.reader()
        let version = try reader.dataVersion()

        let made = try writer.correct(Self.hour(1), of: 1, reason: "why", author: "ann", now: monday + 90)
        #expect(try reader.dataVersion() > version)
        let undone = try writer.undoCorrection(made.id, by: "bob", now: monday + 100)

        #expect(undone.undoneAt == monday + 100)
        #expect(undone.undoneBy == "bob")
        #expect(try reader.corrections(of: 1, from: monday, to: monday + 86_400) == [undone])
        #expect(try reader.corrections(of: nil, from: monday + 7200, to: monday + 86_400) == [])
        #expect(try reader.corrections(of: 1_000_000, from: monday, to: monday + 86_400) == [])
        let events = try reader.events(of: 1, from: monday, to: monday + 86_400, limit: 10)
        #expect(events.map(\.kind) == ["correction_undone", "correction_made"])
        #expect(events.last?.detail.contains("says ann: why") == true)
        #expect(events.allSatisfy { $0.pduID == 1 && $0.elementID == 1 })
    }

    @Test(
        "is refused with a reason",
        arguments: [
            (Correction(start: monday, end: monday, energy: nil), 1, "r", "a", "ends before"),
            (Correction(start: monday, end: monday + 10_801, energy: nil), 1, "r", "a", "only the past"),
            (Correction(start: UnixTime(-1), end: monday, energy: nil), 1, "r", "a", "1970"),
            (Correction(start: monday, end: monday + 60, energy: nil), 77, "r", "a", "no element 77"),
            (Correction(start: monday, end: monday + 60, energy: nil), 1, " ", "a", "the reason is missing"),
            (Correction(start: monday, end: monday + 60, energy: nil), 1, "r", "", "the author is missing"),
            (Correction(start: monday, end: monday + 60, energy: nil), 1, "a\nb", "a", "one line"),
            (Correction(start: monday, end: monday + 60, energy: -1), 1, "r", "a", "negative"),
            (Correction(start: monday, end: monday + 60, energy: .max), 1, "r", "a", "W on average"),
            (
                Correction(start: monday + 7000, end: monday + 7300, energy: nil), 1, "r", "a",
                "corrected already"
            ),
        ] as [(Correction, Int64, String, String, String)]
    )
    func refused(correction: Correction, element: Int64, reason: String, author: String, word: String) throws
    {
        let (history, writer) = try Self.hours()
        _ = try writer.correct(Self.hour(2), of: 1, reason: "first", author: "ann", now: monday)
        let before = try history.accounts()

        var error: StorageError?
        do {
            _ = try writer.correct(correction, of: element, reason: reason, author: author, now: monday)
        } catch let refusal as StorageError {
            error = refusal
        }

        #expect(error?.code == .refused)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(try history.accounts() == before)
        #expect(try history.value("SELECT count(*) FROM correction") == "1")
    }

    @Test("that is unknown or undone cannot be undone")
    func notTwice() throws {
        let (_, writer) = try Self.hours()
        let record = try writer.correct(Self.hour(0), of: 1, reason: "r", author: "a", now: monday)
        _ = try writer.undoCorrection(record.id, by: "a", now: monday)

        #expect(storageError { _ = try writer.undoCorrection(record.id, by: "a", now: monday) } == .refused)
        #expect(storageError { _ = try writer.undoCorrection(99, by: "a", now: monday) } == .refused)
    }

    @Test(
        "is the same made before or after later runs, in any order, and leaves no trace when undone",
        arguments: 50..<58
    )
    func random(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 3, pdus: 4)
        let runs = (0..<500).map { _ in random.next(gap: 1...900) }
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(Array(runs.prefix(300)), policy: minutePolicy)
        let newest = runs[299].minute
        var made: [CorrectionRecord] = []
        let first = try history.accounts()

        var generator = SeededGenerator(seed: seed)
        for _ in 0..<12 {
            let correction = Self.correction(from: runs[0].minute, to: newest, &generator)
            let elements: [Int64] = [1, 2, 3, 4, 1_000_000, 1_000_001]
            let element = elements.randomElement(using: &generator) ?? 1
            do {
                made.append(
                    try writer.correct(correction, of: element, reason: "r", author: "a", now: newest)
                )
            } catch let error as StorageError where error.message.contains("corrected already") {}
            if Int.random(in: 0..<4, using: &generator) == 0, let undone = made.popLast() {
                _ = try writer.undoCorrection(undone.id, by: "a", now: newest)
            }
        }
        #expect(made.count > 2)
        let corrected = try history.accounts()
        #expect(corrected != first)
        try writer.rebuild()
        #expect(try history.accounts() == corrected)

        _ = try writer.store(Array(runs.suffix(200)), policy: minutePolicy)
        let after = try TemporaryHistory()
        let late = try after.writer()
        _ = try late.store(runs, policy: minutePolicy)
        for record in made.shuffled(using: &generator) {
            _ = try late.correct(
                record.correction,
                of: record.elementID,
                reason: "r",
                author: "a",
                now: newest
            )
        }
        #expect(try after.unnumberedAccounts() == history.unnumberedAccounts())

        for record in made.shuffled(using: &generator) {
            _ = try writer.undoCorrection(record.id, by: "a", now: newest)
        }
        let plain = try TemporaryHistory()
        _ = try plain.writer().store(runs, policy: minutePolicy)
        #expect(try history.unnumberedAccounts() == plain.unnumberedAccounts())
        let former = try history.accounts()
        try writer.rebuild()
        #expect(try history.accounts() == former)
    }

    @Test("that is undone leaves the former bytes", arguments: 60..<64)
    func formerBytes(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 32, pdus: 3)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var runs: [PollRun] = []
        while random.minute < monday + 86_400 * 5 { runs.append(random.next(gap: 100...3000)) }
        _ = try writer.store(runs, policy: minutePolicy)
        let before = try history.accounts()
        var generator = SeededGenerator(seed: seed)

        for _ in 0..<15 {
            let correction = Self.correction(from: runs[0].minute, to: random.minute, &generator)
            let element = Int64.random(in: 1...3, using: &generator)
            let record = try writer.correct(correction, of: element, reason: "r", author: "a", now: monday)
            _ = try writer.undoCorrection(record.id, by: "a", now: monday)
            #expect(try history.accounts() == before, "\(correction) of \(element)")
        }
    }

    @Test("leaves its minutes out of the extremes of any choice of PDUs", arguments: 70..<73)
    func extremes(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 3600 * 20, pdus: 3)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (0..<400).map { _ in random.next(gap: 1...90) }
        _ = try writer.store(runs, policy: minutePolicy)
        var generator = SeededGenerator(seed: seed)
        for pdu: Int64 in 1...3 {
            let correction = Self.correction(from: runs[0].minute, to: random.minute, &generator)
            _ = try writer.correct(correction, of: pdu, reason: "r", author: "a", now: monday)
        }

        for ids: [Int64] in [[1, 2], [1, 3], [1, 2, 3]] {
            for period in Period.allCases {
                let bucket = try calendar().bucket(period, containing: runs[200].minute)
                let found = try history.reader().sumExtremes(of: ids, in: [bucket])[0]
                let slow = try history.value(
                    """
                    WITH minute AS (
                        SELECT time, sum(power_milliwatts) AS sum FROM reading
                        WHERE element_id IN (\(ids.map(String.init).joined(separator: ",")))
                            AND power_milliwatts < \(RandomHistory.absurdWatts) * 1000
                            AND time >= \(bucket.start.seconds) AND time < \(bucket.end.seconds)
                            AND NOT EXISTS (SELECT 1 FROM correction AS c WHERE c.element_id = reading.element_id
                                AND time >= c.start AND time < c."end" AND undone_at IS NULL)
                        GROUP BY time
                    )
                    SELECT max(sum) FROM minute
                    """
                )
                #expect(found.map { "\($0.maximum.power.thousandths)" } ?? "" == slow ?? "")
            }
        }
    }

    /// A range inside, of seconds, minutes, hours or days, that is excluded or set.
    private static func correction(
        from start: UnixTime,
        to end: UnixTime,
        _ generator: inout SeededGenerator
    ) -> Correction {
        let longest = [60, 3600, 86_400, 86_400 * 3].randomElement(using: &generator) ?? 60
        let first = Int64.random(in: start.seconds - 3600..<end.seconds - 1, using: &generator)
        let last = min(end.seconds, first + Int64.random(in: 1...Int64(longest), using: &generator))
        let energy = Int64.random(in: 0...1000, using: &generator) * 1000 * (last - first)
        // Mostly, people mean whole minutes.
        let isRound = Bool.random(using: &generator) && last - first > 120
        return Correction(
            start: UnixTime(isRound ? first / 60 * 60 : first),
            end: UnixTime(isRound ? last / 60 * 60 : last),
            energy: Bool.random(using: &generator) ? energy : nil
        )
    }
}
