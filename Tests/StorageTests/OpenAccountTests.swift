import Basics
import Energy
import Metering
import SQLite
import TestSupport
import Testing

@testable import Storage

@Suite("Open accounts")
struct OpenAccountTests {
    private static let hour = Bucket(.hour, start: monday, end: monday + 3600)

    /// A number of any size.
    private static func number(_ generator: inout SeededGenerator) -> Int64 {
        Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0..<64, using: &generator)
    }

    private static func state(_ generator: inout SeededGenerator) -> MeterState {
        func time() -> UnixTime {
            Bool.random(using: &generator) ? monday : UnixTime(number(&generator))
        }
        func quantity() -> FixedPoint {
            FixedPoint(
                thousandths: Bool.random(using: &generator)
                    ? number(&generator) : Int64.random(in: 0..<9000, using: &generator) * 1000
            )
        }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
        var state = MeterState(
            lastAt: time(),
            enteredUntil: time(),
            lastPower: maybe(PowerExtreme(power: quantity(), at: time())),
            counter: nil
        )
        state.isPowerWithheld = Bool.random(using: &generator)
        guard Bool.random(using: &generator) else { return state }
        var counter = CounterState(
            at: time(),
            value: quantity(),
            since: maybe(["", "1.1.2020", "gestern"].randomElement(using: &generator) ?? ""),
            epochStart: quantity(),
            epochEnergy: number(&generator),
            unit: maybe(["ZA1234", "B", "gestern"].randomElement(using: &generator) ?? ""),
            movedAt: time()
        )
        counter.withheld = maybe(
            WithheldJump(at: time(), value: quantity(), epochEnergy: number(&generator))
        )
        counter.comparison = maybe(ScaleComparison(from: quantity(), integral: number(&generator)))
        counter.isScaleSuspect = Bool.random(using: &generator)
        state.counter = counter
        return state
    }

    private static func rollup(_ generator: inout SeededGenerator) -> Rollup {
        var rollup = Rollup()
        rollup.readings = Int64.random(in: 0...60, using: &generator)
        rollup.powerSum = number(&generator)
        rollup.coveredSeconds = Int64.random(in: 0...3600, using: &generator)
        rollup.powerIntegral = number(&generator)
        rollup.interpolatedSeconds = Bool.random(using: &generator) ? 0 : 1800
        if Bool.random(using: &generator) { rollup.energy.counted = number(&generator) }
        if Bool.random(using: &generator) { rollup.energy.integrated = number(&generator) }
        if Bool.random(using: &generator) { rollup.energy.interpolated = number(&generator) }
        if Bool.random(using: &generator) { rollup.energy.corrected = number(&generator) }
        if Bool.random(using: &generator) {
            rollup.minimum = PowerExtreme(power: FixedPoint(thousandths: number(&generator)), at: monday + 60)
            rollup.maximum = PowerExtreme(
                power: FixedPoint(thousandths: number(&generator)),
                at: monday + 120
            )
            rollup.members = 1
        }
        return rollup
    }

    private static func entries(_ generator: inout SeededGenerator) -> [OpenAccount.Entry] {
        var element: Int64 = 0
        return (0..<Int.random(in: 0...30, using: &generator)).map { _ in
            element += Int64.random(in: 1...2_000_000, using: &generator)
            return OpenAccount.Entry(
                element: element,
                state: Int.random(in: 0..<9, using: &generator) == 0 ? nil : state(&generator),
                rollup: Bool.random(using: &generator) ? rollup(&generator) : nil
            )
        }
    }

    @Test("come back from their bytes as they were", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let entries = Self.entries(&generator)
        let hour = entries.contains { $0.rollup != nil } ? Self.hour : nil
        var writer = ByteWriter()

        OpenAccountCoding.encode(hour, entries, &writer)
        let decoded = try OpenAccountCoding.decode(writer.bytes)

        #expect(decoded.0 == hour)
        #expect(decoded.1 == entries)
    }

    @Test("that are damaged are refused, whatever is wrong with them", arguments: 0..<50)
    func damaged(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var writer = ByteWriter()
        OpenAccountCoding.encode(Self.hour, Self.entries(&generator), &writer)
        let bytes = writer.bytes
        for count in 0..<bytes.count {
            #expect(throws: ByteMismatch.self) { try OpenAccountCoding.decode(Array(bytes[..<count])) }
        }
        #expect(throws: ByteMismatch.self) { try OpenAccountCoding.decode(bytes + [0]) }
        for _ in 0..<100 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                in: 0...255,
                using: &generator
            )
            // Whether it says something else or nothing: it must come to an end.
            _ = try? OpenAccountCoding.decode(changed)
        }
    }

    @Test("of a damaged row make the database a damaged one")
    func damagedRow() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        _ = try history.rows("UPDATE open_account SET accounts = x'0199'")

        #expect(storageError { _ = try history.reader().elements(of: 1) } == .corrupt)
        let stored = try writer.store(.sample(at: monday + 60), policy: minutePolicy)

        #expect(stored.readings == 1)
        #expect(writer.quarantined != nil)
    }

    @Test("tell readers of parts what the explanation does, at every minute", arguments: 300..<304)
    func readers(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, from: monday + 3000, pdus: 2)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let reader = history.reader()
        var compared = 0
        for _ in 0..<120 {
            let run = random.next(gap: 1...3)
            _ = try writer.store(run, policy: minutePolicy)
            let parts = try history.rows("SELECT id FROM element WHERE id >= 1000000 ORDER BY id")
                .compactMap { Int64($0) }
            guard let part = parts.randomElement(using: &random.generator) else { continue }
            for period in Period.allCases {
                let bucket = try calendar().bucket(period, containing: run.minute)
                let rollup = try reader.rollups(of: [part], in: [bucket])[0][part] ?? Rollup()
                let explanation = try reader.explanation(of: part, from: bucket.start, to: bucket.end)
                #expect(explanation.rollup == rollup, "\(bucket) of \(part)")
                if rollup != Rollup() { compared += 1 }
                let extremes = try reader.sumExtremes(of: parts, in: [bucket])[0]
                #expect(try extremes?.maximum.power == slowMaximum(of: parts, in: bucket, writer))
            }
        }
        #expect(compared > 100)
        let accounts = try history.accounts()
        try writer.rebuild()
        #expect(try history.accounts() == accounts)
    }

    /// The highest sum of one minute, every one of them summed.
    private func slowMaximum(
        of parts: [Int64],
        in bucket: Bucket,
        _ writer: HistoryWriter
    ) throws -> FixedPoint? {
        var sums: [UnixTime: Int64] = [:]
        try CountedPowers(writer.database).forEach(
            from: bucket.start,
            until: bucket.end,
            elements: Roster.firstPart...Int64.max
        ) { element, reading in
            if parts.contains(element) { sums[reading.at, default: 0] += reading.power.thousandths }
        }
        return sums.values.max().map { FixedPoint(thousandths: $0) }
    }

    @Test("take over what an older program remembered")
    func migration() throws {
        let history = try TemporaryHistory()
        let old = try Connection(.file(history.path), .create, busyTimeout: 0)
        try old.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        try old.execute("PRAGMA application_id = \(Migrator.applicationID)")
        try old.execute(
            "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT, applied_at INTEGER)"
        )
        for migration in Migration.all where migration.number < 9 { try old.execute(migration.sql) }
        let time = monday.seconds
        try old.execute(
            """
            INSERT INTO history (only_row, zone, data_version) VALUES (1, 'Europe/London', 1);
            INSERT INTO pdu (id, key, name, address, created_at, is_configured)
            VALUES (1, 'left', 'left', '192.0.2.1', \(time), 1);
            INSERT INTO element (id, pdu_id, kind, number) VALUES (1, 1, 'pdu', 0), (1000000, 1, 'outlet', 1);
            INSERT INTO run VALUES (\(time), \(time), 100, 60, 180, 1, 0);
            INSERT INTO poll_rule VALUES (\(time), 60, 180);
            INSERT INTO reading (time, element_id, power_milliwatts) VALUES (\(time), 1, 1000000), (\(time), 1000000, 500000);
            INSERT INTO bucket VALUES (1, 'hourly', \(time), \(time + 3600));
            INSERT INTO rollup (bucket_id, element_id, readings, power_sum_milliwatts, covered_seconds,
                power_integral_millijoules, interpolated_seconds, minimum_milliwatts, minimum_at, maximum_milliwatts,
                maximum_at)
            VALUES (1, 1000000, 1, 500000, 0, 0, 0, 500000, \(time), 500000, \(time));
            INSERT INTO meter_state (element_id, last_at, entered_until, last_power_milliwatts, last_power_at)
            VALUES (1, \(time), \(time), 1000000, \(time)), (1000000, \(time), \(time), 500000, \(time));
            PRAGMA user_version = 8
            """
        )
        try old.close()

        let writer = try history.writer()
        let kept = try OpenAccount.stored(of: 1, in: writer.database)
        #expect(kept.entries.map(\.element) == [1, 1_000_000])
        #expect(kept.entries.map { $0.state?.lastPower?.power } == [FixedPoint(1000), FixedPoint(500)])
        let elements = [ElementReading.sample(), .sample(Element(.outlet, 1), watts: 500)]
        _ = try writer.store(.sample(at: monday + 60, [.sample("left", elements)]), policy: minutePolicy)

        let hour = try calendar().bucket(.hour, containing: monday)
        let rollup = try history.reader().rollups(of: [1_000_000], in: [hour])[0][1_000_000]
        #expect(rollup?.readings == 2)
        #expect(rollup?.energy.integrated == 30_000_000)
        #expect(try writer.readings().map(\.element) == [1, 1_000_000, 1, 1_000_000])
    }
}

@Suite("Readings of parts")
struct PartReadingTests {
    @Test("come back from their bytes as they were", arguments: 0..<50)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func maybe() -> FixedPoint? {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: nil
            case 1: FixedPoint(Int.random(in: -3000...3000, using: &generator))
            default: FixedPoint(thousandths: Int64.random(in: .min ... .max, using: &generator))
            }
        }
        var element = Roster.firstPart - 1
        let readings = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            element += Int64.random(in: 1...1000, using: &generator)
            return StoredReading(
                time: monday,
                element: element,
                power: maybe(),
                energy: maybe(),
                current: maybe(),
                voltage: maybe(),
                apparentPower: maybe(),
                powerFactor: maybe()
            )
        }
        var writer = ByteWriter()
        PartReadings.encode(readings, &writer)
        var decoded: [StoredReading] = []
        try PartReadings.decode(writer.bytes, of: 1, at: monday) { decoded.append($0) }

        #expect(decoded == readings)
        let bytes = writer.bytes
        for count in 0..<bytes.count {
            #expect(throws: DamagedRow.self) {
                try PartReadings.decode(Array(bytes[..<count]), of: 1, at: monday) { _ in }
            }
        }
    }

    @Test("that a second run of the same minute fills in lie with those of the first one")
    func secondRun() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        func store(_ outlets: [Int]) throws {
            let elements =
                [ElementReading.sample()] + outlets.map { .sample(Element(.outlet, $0), watts: 100) }
            _ = try writer.store(.sample(at: monday, [.sample("left", elements)]), policy: minutePolicy)
        }

        try store([1, 3])
        try store([1, 2, 3])

        #expect(try history.value("SELECT count(*) FROM part_reading") == "1")
        #expect(try writer.readings().map(\.element) == [1, 1_000_000, 1_000_001, 1_000_002])
    }
}

@Suite("What a PDU says")
struct PDUCardTests {
    private func outlet(_ name: String) -> [ElementReading] {
        var outlet = ElementReading.sample(Element(.outlet, 1), watts: 100)
        outlet.name = name
        return [.sample(), outlet]
    }

    @Test("is noticed when it changes, and when it changes back")
    func changes() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (minute, name) in ["a", "a", "b", "b", "a"].enumerated() {
            let pdu = PolledPDU.sample("left", outlet(name))
            _ = try writer.store(.sample(at: monday + Int64(minute) * 60, [pdu]), policy: minutePolicy)
        }

        #expect(
            try history.rows(
                "SELECT (valid_from - \(monday.seconds)) / 60, name FROM element_version WHERE element_id = 1000000"
            ) == ["0|a", "2|b", "4|a"]
        )
        #expect(try history.value("SELECT count(*) FROM event WHERE kind = 'renamed'") == "2")
    }

    @Test("is its name of now, also when that changed while it could not be read")
    func renamedWhileAway() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        func store(_ minute: Int64, _ name: String, isRead: Bool) throws {
            var pdu = isRead ? PolledPDU.sample("left", name: name) : .failed("left")
            pdu.name = name
            _ = try writer.store(.sample(at: monday + minute * 60, [pdu]), policy: minutePolicy)
        }

        try store(0, "Left", isRead: true)
        try store(1, "Linke", isRead: false)
        #expect(try history.value("SELECT name FROM pdu") == "Linke")
        try store(2, "Left", isRead: true)
        #expect(try history.value("SELECT name FROM pdu") == "Left")
    }

    @Test("costs a run of the same nothing but its readings")
    func unchanged() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for minute: Int64 in 0..<3 {
            let pdu = PolledPDU.sample("left", outlet("a"))
            _ = try writer.store(.sample(at: monday + minute * 60, [pdu]), policy: minutePolicy)
        }
        let kept = "SELECT * FROM element_version UNION ALL SELECT * FROM element_version"
        let versions = try history.rows(kept)
        // Nothing of it is looked at: what is not so is not noticed.
        _ = try history.rows("UPDATE element_version SET name = 'other'")
        _ = try writer.store(
            .sample(at: monday + 180, [.sample("left", outlet("a"))]),
            policy: minutePolicy
        )

        #expect(versions.count == 4)
        #expect(try history.value("SELECT count(*) FROM element_version WHERE name = 'other'") == "2")
    }

    @Test("of a PDU that comes back into the configuration is looked at again")
    func retired() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        for (minute, keys) in [["left", "right"], ["right"], ["left", "right"]].enumerated() {
            let pdus = keys.map { PolledPDU.sample($0, outlet("a")) }
            _ = try writer.store(.sample(at: monday + Int64(minute) * 60, pdus), policy: minutePolicy)
            let configured = try history.rows("SELECT key FROM pdu WHERE is_configured = 1 ORDER BY key")
            #expect(configured == keys)
        }
    }
}
