import Basics
import Energy
import Metering
import Testing

@testable import Storage

@Suite("Old readings")
struct RetentionTests {
    @Test(
        "give their space back once much of the file is free, and not for a few hours",
        arguments: [false, true]
    )
    func space(isPacked: Bool) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let pdus = (1...20).map { PolledPDU.sample("pdu\($0)") }
        let runs = (0..<4320).map { PollRun.sample(at: monday + Int64($0) * 60, pdus) }
        _ = try writer.store(runs, policy: minutePolicy)
        if isPacked { try writer.packAll() }
        try writer.vacuum()
        let before = try writer.database.integer("PRAGMA page_count")

        #expect(try !writer.deleteReadings(before: monday + 86_399))
        #expect(try writer.database.integer("PRAGMA page_count") == before)
        try writer.letGo(before: monday + 86_400 * 3)

        #expect(try writer.database.integer("PRAGMA page_count") < before * 2 / 3)
        #expect(try history.databaseReadings().isEmpty)
        #expect(try history.value("SELECT count(*) FROM run") == "0")
    }

    @Test("of the day in UTC that is asked for, and of all later ones, stay")
    func wholeDays() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (0..<72).map {
            PollRun.sample(at: monday + Int64($0) * 3600, [.sample(), .failed("right")])
        }
        _ = try writer.store(runs, policy: minutePolicy)

        try writer.letGo(before: monday + 86_400 * 2 + 5400)

        let start = "\(monday.seconds + 86_400 * 2)"
        #expect(try history.value("SELECT min(time) FROM reading") == start)
        #expect(try history.value("SELECT min(minute) FROM run") == start)
        #expect(try history.value("SELECT min(minute) FROM failed_poll") == start)
    }

    @Test("go in steps of an hour where there are very many")
    func steps() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        // 9000 elements make 540,000 readings an hour.
        let pdus = (1...30).map { pdu in
            PolledPDU.sample("pdu\(pdu)", [.sample()] + (1...299).map { .sample(Element(.outlet, $0)) })
        }
        let runs = (0..<12).map { PollRun.sample(at: monday + Int64($0) * 7200, pdus) }
        _ = try writer.store(runs, policy: minutePolicy)

        #expect(try writer.deleteReadings(before: monday + 86_400))

        #expect(try history.value("SELECT count(*) FROM reading") == "\(12 * 30)")
        #expect(try history.value("SELECT count(*) FROM part_reading") == "\(12 * 30)")
        #expect(try history.value("SELECT archived_until FROM archive") == "\(monday.seconds + 3600)")
        #expect(try history.value("SELECT readings FROM archive") == "9000")
        #expect(try writer.letGo(before: monday + 86_400) > 20)
        #expect(try history.value("SELECT count(*) FROM reading") == "0")
        #expect(try history.value("SELECT count(*) FROM part_reading") == "0")
        #expect(try history.value("SELECT readings FROM archive") == "\(12 * 9000)")
    }

    @Test("leave the accounts of their hours, days and months as they were")
    func rollups() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RichHistory(seed: 3, from: monday - 86_400 * 4, pdus: 2)
        _ = try writer.store(random.runs(until: monday + 86_400), policy: minutePolicy)
        let accounts = try history.accounts()

        try writer.letGo(before: monday)

        #expect(try history.accounts() == accounts)
    }
}
