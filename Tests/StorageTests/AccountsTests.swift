import Basics
import Energy
import Foundation
import Metering
import Testing

@testable import Storage

@Suite("The stored accounts")
struct AccountsTests {
    @Test("come out the same run by run, many at once, and rebuilt", arguments: 0..<3)
    func samePath(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 2, pdus: 3)
        let runs = (0..<500).map { _ in random.next() }
        let single = try TemporaryHistory()
        let singleWriter = try single.writer()
        let batch = try TemporaryHistory()

        for run in runs { _ = try singleWriter.store(run, policy: minutePolicy) }
        for day in stride(from: 0, to: runs.count, by: 90) {
            let part = Array(runs[day..<min(day + 90, runs.count)])
            _ = try batch.writer().store(part, policy: minutePolicy)
        }

        let accounts = try single.accounts()
        #expect(accounts.count > 50)
        #expect(try batch.accounts() == accounts)
        try singleWriter.rebuild()
        #expect(try single.accounts() == accounts)
    }

    @Test("sum the PDUs of each minute, and take extremes of those sums alone", arguments: 10..<13)
    func siteSums(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400, pdus: 4)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for _ in 0..<400 { _ = try writer.store(random.next(gap: 1...100), policy: minutePolicy) }

        let stored = try history.rows(
            """
            SELECT bucket.id, minimum_milliwatts, minimum_at, maximum_milliwatts, maximum_at, members
            FROM bucket JOIN site_rollup ON bucket_id = bucket.id WHERE members > 0 ORDER BY bucket.id
            """
        )

        let slow = try history.rows(
            """
            WITH minute AS (
                SELECT time, sum(power_milliwatts) AS sum, count(*) AS members FROM reading
                WHERE element_id < 1000000 AND power_milliwatts < \(RandomHistory.absurdWatts) * 1000 GROUP BY time
            ), member AS (
                SELECT bucket.id, max(members) AS members FROM bucket
                JOIN minute ON time >= start AND time < "end" GROUP BY bucket.id
            )
            SELECT bucket.id,
                (SELECT min(sum) FROM minute
                    WHERE time >= start AND time < "end" AND minute.members = member.members) AS minimum,
                (SELECT time FROM minute
                    WHERE time >= start AND time < "end" AND minute.members = member.members
                    ORDER BY sum, time LIMIT 1),
                (SELECT max(sum) FROM minute WHERE time >= start AND time < "end"),
                (SELECT time FROM minute WHERE time >= start AND time < "end" ORDER BY sum DESC, time LIMIT 1),
                member.members
            FROM bucket JOIN member ON member.id = bucket.id ORDER BY bucket.id
            """
        )
        #expect(stored.count > 10)
        #expect(stored == slow)
    }

    @Test("add up: hours to days, days to months, PDUs to all of them together", arguments: 20..<23)
    func additive(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 3, pdus: 3)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for _ in 0..<400 { _ = try writer.store(random.next(), policy: minutePolicy) }

        func total(_ period: String, _ condition: String = "TRUE") throws -> String? {
            try history.value(
                """
                SELECT sum(counted_millijoules), sum(integrated_millijoules), sum(interpolated_millijoules),
                    sum(readings), sum(covered_seconds), sum(power_integral_millijoules)
                FROM rollup JOIN bucket ON bucket.id = bucket_id WHERE period = '\(period)' AND \(condition)
                """
            )
        }

        #expect(try total("hourly") == total("daily"))
        #expect(try total("daily") == total("monthly"))
        #expect(
            try history.value(
                """
                SELECT sum(counted_millijoules), sum(integrated_millijoules), sum(interpolated_millijoules),
                    sum(readings), sum(covered_seconds), sum(power_integral_millijoules)
                FROM site_rollup JOIN bucket ON bucket.id = bucket_id WHERE period = 'hourly'
                """
            ) == total("hourly", "element_id < 1000000")
        )
    }

    @Test(
        "know days of 23 and 25 hours",
        arguments: [("2026-03-29", UnixTime(1_774_742_400), 23), ("2026-10-25", UnixTime(1_792_882_800), 25)]
    )
    func daylightSaving(date: String, midnight: UnixTime, hours: Int) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer(now: midnight)
        let end = midnight + Int64(hours) * 3600
        let runs = stride(from: midnight.seconds, through: end.seconds, by: 60)
            .map { PollRun.sample(at: UnixTime($0)) }

        _ = try writer.store(runs, policy: minutePolicy)

        let answers = try history.rows(
            """
            SELECT period_type, period_start, count(*), sum(total_kwh) FROM power_aggregations
            WHERE pdu_id = 1 AND period_type <> 'monthly' AND period_end <= '\(end.iso8601)'
            GROUP BY period_type ORDER BY period_type
            """
        )
        #expect(
            answers == [
                "daily|\(midnight.iso8601)|1|\(hours).0", "hourly|\(midnight.iso8601)|\(hours)|\(hours).0",
            ]
        )
    }

    @Test("keep the first reading of a minute, and complete its sum by a second run")
    func secondRun() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let second = [PolledPDU.sample("left", [.sample(watts: 9000)]), .sample("right")]

        _ = try writer.store(.sample(at: monday, [.sample("left"), .failed("right")]), policy: minutePolicy)
        let stored = try writer.store(.sample(at: monday, second), policy: minutePolicy)

        #expect(stored.readings == 1)
        #expect(stored.ignored == 1)
        #expect(try history.rows("SELECT power_watts FROM power_readings") == ["1000.0", "1000.0"])
        #expect(try history.value("SELECT pdus_read, pdus_failed FROM run") == "2|0")
        #expect(
            try history.rows(
                "SELECT max_power_watts, min_power_watts FROM power_aggregations WHERE pdu_id IS NULL"
            ) == Array(repeating: "2000.0|2000.0", count: 3)
        )
    }

    @Test("say in the contract's view how many PDUs a sum has, and how much of the time")
    func membersOfSums() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (0..<120).map { minute in
            let right = minute < 60 ? PolledPDU.sample("right") : .failed("right")
            return PollRun.sample(at: monday + Int64(minute) * 60, [.sample("left"), right])
        }
        _ = try writer.store(runs, policy: minutePolicy)

        let hours = try history.rows(
            """
            SELECT ifnull(pdu_id, 'all'), members_covered, seconds_covered, seconds_interpolated
            FROM power_aggregations WHERE period_type = 'hourly' ORDER BY period_start, pdu_id
            """
        )
        #expect(hours == ["all|2|7140|0", "1|1|3600|0", "2|1|3540|0", "all|1|3540|0", "1|1|3540|0"])
    }

    @Test("do not take in minutes that a clock set back brings a second time")
    func clockSetBack() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for minute: Int64 in 0..<10 {
            _ = try writer.store(.sample(at: monday + minute * 60), policy: minutePolicy)
        }
        let accounts = try history.accounts()
        let engine = EngineRecord(engineID: [1, 2], boots: 3, time: 4, observedAt: monday)

        let stored = try writer.store(
            .sample(
                at: monday + 180,
                [.sample("left", [.sample(watts: 5)], engine: engine), .sample("new")]
            ),
            policy: minutePolicy
        )

        #expect(stored.clockIsBehind == monday + 540)
        #expect(stored.readings == 0)
        #expect(stored.ignored == 2)
        #expect(try history.accounts() == accounts)
        #expect(try writer.engines() == ["192.0.2.1": engine])
    }

    @Test("of buckets whose readings were deleted stay, and the rest is rebuilt to the same bytes")
    func retention() throws {
        var random = RandomHistory(seed: 30, from: monday - 86_400 * 40, pdus: 2)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var runs: [PollRun] = []
        while random.minute < monday + 86_400 * 33 { runs.append(random.next(gap: 1000...6000)) }
        _ = try writer.store(runs, policy: minutePolicy)
        let accounts = try history.accounts()
        let cutoff = monday - 86_400 * 10 + 1234

        while try writer.deleteReadings(before: cutoff) {}

        let oldest = try history.value("SELECT min(time) FROM reading").flatMap { Int64($0) }
        #expect(
            oldest.map { UnixTime($0) >= cutoff.floored(to: 86_400) } == true
        )
        #expect(try history.value("SELECT count(*) FROM run") != "\(runs.count)")
        #expect(try history.accounts() == accounts)
        try writer.rebuild()
        #expect(try history.accounts() == accounts)
    }

    @Test("follow the site to another time zone by a rebuild, and not before")
    func zoneChange() throws {
        var random = RandomHistory(seed: 31, from: monday - 86_400 * 2, pdus: 2)
        let runs = (0..<300).map { _ in random.next() }
        let history = try TemporaryHistory()
        _ = try history.writer().store(runs, policy: minutePolicy)
        let direct = try TemporaryHistory()
        _ = try direct.writer("Asia/Kolkata").store(runs, policy: minutePolicy)
        let writer = try history.writer("Asia/Kolkata")

        #expect(try writer.outdatedZone() == "Europe/London")
        #expect(
            storageError { _ = try writer.store(.sample(at: random.minute + 60), policy: minutePolicy) }
                == .zoneChanged
        )
        #expect(
            storageError { _ = try HistoryReader(path: history.path, zone: "Asia/Kolkata").dataVersion() }
                == .zoneChanged
        )
        try writer.rebuild()

        #expect(try writer.outdatedZone() == nil)
        #expect(try history.rows(Self.byBucket) == direct.rows(Self.byBucket))
    }

    @Test("notice when the rules of their zone change, but only where that concerns them")
    func changedRules() throws {
        let history = try TemporaryHistory()
        let january = UnixTime(1_767_571_200)
        let london = try history.writer(now: january)
        #expect(try !london.hasOutdatedRules())
        _ = try london.store(.sample(at: january), policy: minutePolicy)
        // As if daylight saving time had been abolished: no difference in winter, an hour in summer.
        let abolished = SiteCalendar(
            zone: "Europe/London",
            rules: try ZoneRules(tzif: SystemZone.rules(of: "Etc/UTC"))
        )
        let writer = try HistoryWriter(history.path, calendar: abolished, now: january)

        #expect(try !writer.hasOutdatedRules())
        let july = january + 200 * 86_400
        _ = try writer.store(.sample(at: july), policy: minutePolicy)

        #expect(try history.writer().hasOutdatedRules())
        #expect(try !writer.hasOutdatedRules())
    }

    @Test(
        "follow the rules of their zone by a rebuild, as if these had always been so",
        arguments: ["Asia/Kolkata", "Etc/UTC", "Europe/Lisbon"]
    )
    func rebuiltByNewRules(like other: String) throws {
        // Four days around the change to daylight saving time.
        var random = RandomHistory(seed: 32, from: UnixTime(1_774_569_600), pdus: 3)
        var runs: [PollRun] = []
        while random.minute < UnixTime(1_774_915_200) { runs.append(random.next(gap: 200...900)) }
        let rules = try ZoneRules(tzif: SystemZone.rules(of: other))
        let changed = SiteCalendar(zone: "Europe/London", rules: rules)
        let history = try TemporaryHistory()
        _ = try history.writer().store(runs, policy: minutePolicy)
        let direct = try TemporaryHistory()
        _ = try HistoryWriter(direct.path, calendar: changed, now: monday).store(runs, policy: minutePolicy)

        let writer = try HistoryWriter(history.path, calendar: changed, now: monday)
        try writer.rebuild()

        #expect(try history.unnumberedAccounts() == direct.unnumberedAccounts())
        let buckets = "SELECT period, start, \"end\" FROM bucket ORDER BY period, start"
        #expect(try history.rows(buckets) == direct.rows(buckets))
        #expect(try !writer.hasOutdatedRules())
    }

    @Test("belong to the minute a run was due in, however late it came")
    func lateRuns() throws {
        let (late, punctual) = (try TemporaryHistory(), try TemporaryHistory())
        let (lateWriter, punctualWriter) = (try late.writer(), try punctual.writer())
        for minute: Int64 in 0...60 {
            var run = PollRun.sample(at: monday + minute * 60)
            _ = try punctualWriter.store(run, policy: minutePolicy)
            run.startedAt = run.minute + (minute.isMultiple(of: 3) ? 40 : 0)
            _ = try lateWriter.store(run, policy: minutePolicy)
        }

        #expect(try late.accounts() == punctual.accounts())
        #expect(
            try late.value(
                "SELECT total_kwh FROM power_aggregations WHERE pdu_id = 1 AND period_type = 'hourly'"
            ) == "1.0"
        )
    }

    /// Without the buckets' ids, which depend on the order in which they were met.
    private static let byBucket = """
        SELECT pdu_id, period_type, period_start, period_end, total_kwh, avg_power_watts, max_power_watts,
            min_power_watts
        FROM power_aggregations ORDER BY pdu_id, period_type, period_start
        """
}

/// The code of the `StorageError` that `body` throws; nil when it throws none.
func storageError(_ body: () throws -> Void) -> StorageError.Code? {
    do {
        try body()
    } catch let error as StorageError {
        return error.code
    } catch {
        Issue.record(error)
    }
    return nil
}
