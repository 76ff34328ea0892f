// A program of the tests: what must happen in another process, to be killed, or as another user.
//
//   history-tool write PATH FIRST COUNT    stores a run a minute from the time FIRST on, and says each when it is stored
//   history-tool read PATH                 says the newest minute that a reader finds
//   history-tool retain PATH BEFORE         archives and deletes what is older than the time BEFORE, and says each step
//   history-tool pack PATH                 packs readings, in steps as small as can be, and says each when it is done
//   history-tool pack-all PATH             brings PATH to this program's schema, and packs what can be packed
//   history-tool fill PATH UNITS OUTLETS FIRST COUNT BATCH [SECONDS]
//                                          stores COUNT runs of a made-up site from the time FIRST on, BATCH to a
//                                          transaction, packs them as the poller does, for SECONDS after each where
//                                          that is given, and says what that cost
//   history-tool correct PATH FIRST STEP COUNT
//                                          makes or undoes one of three corrections of the first two hours from the time
//                                          FIRST on, or rebuilds: COUNT steps from STEP on, and says each when it is done
//   history-tool explain PATH ELEMENT FIRST LAST
//                                          explains the time from FIRST up to LAST, and says what that cost
//   history-tool rebuild PATH              rebuilds, and says what that cost
//   history-tool large PATH UNITS OUTLETS END DAYS KEPT
//                                          makes a history of DAYS days up to the time END, with the whole units' minutes
//                                          of the last KEPT days: whole days in bulk, the last two run by run
//   history-tool slow PATH UNITS OUTLETS END DAYS KEPT
//                                          the same run by run and packed after, as far as minutes are kept

import Basics
import Energy
import Glibc
import Metering
import Storage

/// Does what the arguments say; exits with 1 and says why when that fails.
func runHistoryTool() {
    do {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("write", 5):
            guard let first = Int64(arguments[3]), let count = Int64(arguments[4]) else { exit(2) }
            try write(to: arguments[2], from: UnixTime(first), count: count)
        case ("read", 3):
            let reader = HistoryReader(path: arguments[2], zone: "Europe/London")
            writeToStandardOutput("\(try reader.newestRun()?.minute.seconds ?? 0)\n")
        case ("pack", 3): try pack(arguments[2])
        case ("pack-all", 3):
            let writer = try HistoryWriter(arguments[2], calendar: londonCalendar(), now: UnixTime(0))
            while try writer.packReadings() {}
            try writer.close()
        case ("retain", 4):
            guard let time = Int64(arguments[3]) else { exit(2) }
            try retain(arguments[2], before: UnixTime(time))
        case ("fill", 8), ("fill", 9):
            let numbers = arguments.dropFirst(3).compactMap { Int64($0) }
            guard numbers.count == arguments.count - 3 else { exit(2) }
            try fill(
                arguments[2],
                MadeUpSite(units: Int(numbers[0]), outlets: Int(numbers[1])),
                from: UnixTime(numbers[2]),
                count: Int(numbers[3]),
                batch: Int(numbers[4]),
                packingSeconds: numbers.count > 5 ? numbers[5] : nil
            )
        case ("correct", 6):
            let numbers = arguments.dropFirst(3).compactMap { Int64($0) }
            guard numbers.count == 3 else { exit(2) }
            try correct(arguments[2], from: UnixTime(numbers[0]), steps: numbers[1]..<numbers[1] + numbers[2])
        case ("explain", 6):
            let numbers = arguments.dropFirst(3).compactMap { Int64($0) }
            guard numbers.count == 3 else { exit(2) }
            try explain(arguments[2], numbers[0], from: UnixTime(numbers[1]), to: UnixTime(numbers[2]))
        case ("rebuild", 3): try rebuild(arguments[2])
        case ("large", 8), ("slow", 8):
            let numbers = arguments.dropFirst(3).compactMap { Int64($0) }
            guard numbers.count == 5 else { exit(2) }
            try LargeHistory(
                LargeSite(units: Int(numbers[0]), outlets: Int(numbers[1])),
                end: UnixTime(numbers[2]),
                days: numbers[3],
                kept: numbers[4]
            ).write(to: arguments[2], isBulk: arguments[1] == "large")
        default:
            exit(2)
        }
    } catch {
        writeToStandardError("\(error)\n")
        exit(1)
    }
}

private func retain(_ path: String, before time: UnixTime) throws {
    let writer = try HistoryWriter(path, calendar: londonCalendar(), now: time)
    var step = 1
    while try writer.deleteReadings(before: time) {
        writeToStandardOutput("\(step)\n")
        step += 1
    }
    try writer.close()
}

private func write(to path: String, from first: UnixTime, count: Int64) throws {
    let calendar = try londonCalendar()
    for index in 0..<count {
        let minute = first + index * 60
        // Opened and closed each time, as the poller does, so that a kill may fall into either.
        let writer = try HistoryWriter(path, calendar: calendar, now: minute)
        _ = try writer.store(run(at: minute), policy: LedgerPolicy(maximumGap: 180))
        try writer.close()
        writeToStandardOutput("\(minute.seconds)\n")
    }
}

func londonCalendar() throws -> SiteCalendar {
    SiteCalendar(
        zone: "Europe/London",
        rules: try ZoneRules(tzif: try SystemZone.rules(of: "Europe/London"))
    )
}

private func pack(_ path: String) throws {
    let writer = try HistoryWriter(path, calendar: londonCalendar(), now: UnixTime(0))
    var steps = 0
    while try writer.packReadings(perStep: 1) {
        steps += 1
        writeToStandardOutput("\(steps)\n")
    }
    try writer.close()
}

/// What storing and packing took, batch by batch.
private struct FillCost {
    /// Milliseconds of the processor, from opening the database to closing it, without packing.
    var storing: [Double] = []
    /// Milliseconds from the beginning of the transaction to the end of its commit.
    var transactions: [Double] = []
    /// Bytes that went to the disk, without packing.
    var written: [Double] = []
    /// Milliseconds of the processor, and bytes that went to the disk.
    var packing: [Double] = []
    var packingWritten: [Double] = []
    /// How many batches in a row packing was not finished after, at the most.
    var longestBacklog = 0
    var readings = 0

    /// One line of JSON.
    var json: String {
        let numbers: [(String, Double)] = [
            ("store_ms", storing.reduce(0, +)), ("median_ms", median(storing)),
            ("slowest_ms", storing.max() ?? 0), ("transaction_ms", median(transactions)),
            ("slowest_transaction_ms", transactions.max() ?? 0), ("written_bytes", median(written)),
            ("all_written_bytes", written.reduce(0, +)), ("pack_ms", packing.reduce(0, +)),
            ("slowest_pack_ms", packing.max() ?? 0),
            ("pack_written_bytes", packingWritten.reduce(0, +)),
            ("longest_backlog", Double(longestBacklog)),
            ("peak_kib", Double(processNumber("VmHWM:", in: "/proc/self/status"))),
        ]
        let fields = numbers.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        return "{\"readings\":\(readings),\(fields)}\n"
    }

    private func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}

/// Says in JSON what storing and packing took.
private func fill(
    _ path: String,
    _ site: MadeUpSite,
    from first: UnixTime,
    count: Int,
    batch: Int,
    packingSeconds: Int64?
) throws {
    var site = site
    var cost = FillCost()
    var backlog = 0
    let calendar = try londonCalendar()
    for begin in stride(from: 0, to: count, by: batch) {
        let runs = (begin..<min(begin + batch, count)).map { number in
            site.run(at: first + Int64(number) * 60, interval: 60)
        }
        let began = (processorMilliseconds(), writtenBytes())
        // Opened and closed each time, as the poller does.
        let writer = try HistoryWriter(path, calendar: calendar, now: first)
        let transaction = monotonicMilliseconds()
        cost.readings += try writer.store(runs, policy: LedgerPolicy(maximumGap: 180)).readings
        cost.transactions.append(monotonicMilliseconds() - transaction)
        let stored = (processorMilliseconds(), writtenBytes())
        let end = packingSeconds.map { monotonicMilliseconds() + Double($0) * 1000 }
        var isPacked = false
        repeat {
            isPacked = try !writer.packReadings()
        } while !isPacked && monotonicMilliseconds() < end ?? .infinity
        backlog = isPacked ? 0 : backlog + 1
        cost.longestBacklog = max(cost.longestBacklog, backlog)
        let packed = (processorMilliseconds(), writtenBytes())
        try writer.close()
        cost.storing.append(stored.0 - began.0 + processorMilliseconds() - packed.0)
        cost.written.append(stored.1 - began.1 + writtenBytes() - packed.1)
        cost.packing.append(packed.0 - stored.0)
        cost.packingWritten.append(packed.1 - stored.1)
    }
    writeToStandardOutput(cost.json)
}

/// The bytes that this process has sent to the disk.
private func writtenBytes() -> Double {
    Double(processNumber("write_bytes:", in: "/proc/self/io"))
}

/// The number after `name` in the file at `path`, which the kernel makes; 0 where there is none.
private func processNumber(_ name: String, in path: String) -> Int64 {
    guard let file = fopen(path, "r") else { return 0 }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0 {
        guard let words = line.map({ String(cString: $0) })?.split(whereSeparator: \.isWhitespace),
            words.count > 1, words[0] == name
        else { continue }
        return Int64(words[1]) ?? 0
    }
    return 0
}

private func explain(_ path: String, _ element: Int64, from first: UnixTime, to last: UnixTime) throws {
    let reader = HistoryReader(path: path, zone: "Europe/London")
    // The first question opens the file.
    _ = try reader.dataVersion()
    let began = processorMilliseconds()
    let explanation = try reader.explanation(of: element, from: first, to: last)
    let took = processorMilliseconds() - began
    writeToStandardOutput("{\"readings\":\(explanation.rollup.readings),\"explain_ms\":\(took)}\n")
}

private func rebuild(_ path: String) throws {
    let writer = try HistoryWriter(path, calendar: londonCalendar(), now: UnixTime(0))
    let began = processorMilliseconds()
    try writer.rebuild()
    writeToStandardOutput("{\"rebuild_ms\":\(processorMilliseconds() - began)}\n")
    try writer.close()
}

/// The time that this process has spent on a processor.
private func processorMilliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

private func monotonicMilliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

/// Goes through `steps`: each makes or undoes one of three corrections, and each fourth rebuilds.
private func correct(_ path: String, from first: UnixTime, steps: Range<Int64>) throws {
    let calendar = try londonCalendar()
    let corrections: [(element: Int64, correction: Correction)] = [
        (1, Correction(start: first + 600, end: first + 4200, energy: nil)),
        (2, Correction(start: first + 1230, end: first + 7200, energy: 5_000_000_000)),
        (1_000_003, Correction(start: first + 3600, end: first + 5400, energy: nil)),
    ]
    for step in steps {
        let writer = try HistoryWriter(path, calendar: calendar, now: first)
        if step % 4 == 3 {
            try writer.rebuild()
        } else {
            let (element, correction) = corrections[Int(step % 4)]
            let known = try HistoryReader(path: path, zone: calendar.zone)
                .corrections(of: element, from: correction.start, to: correction.end)
            if let holding = known.last(where: { $0.undoneAt == nil }) {
                _ = try writer.undoCorrection(holding.id, by: "tool", now: first)
            } else {
                _ = try writer.correct(correction, of: element, reason: "test", author: "tool", now: first)
            }
        }
        try writer.close()
        writeToStandardOutput("\(step)\n")
    }
}

/// A run whose readings follow from its minute alone.
private func run(at minute: UnixTime) -> PollRun {
    let number = minute.seconds / 60
    let pdus = (1...3).map { pdu -> PolledPDU in
        var whole = ElementReading(.wholePDU)
        whole.activePower = FixedPoint(Int(number * 7919 * Int64(pdu) % 3000))
        whole.energy = FixedPoint(Int((number - 29_000_000) * 25 / 100 * 100))
        whole.energyResolution = FixedPoint(100)
        let outlets = (1...8).map { outlet -> ElementReading in
            var reading = ElementReading(Element(.outlet, outlet))
            reading.activePower = FixedPoint(Int(number * 31 * Int64(outlet) % 400))
            return reading
        }
        return PolledPDU(
            key: "pdu\(pdu)",
            name: "PDU \(pdu)",
            address: "192.0.2.\(pdu)",
            outcome: .read(
                DeviceReading(
                    profile: "test",
                    identity: DeviceIdentity(),
                    elements: [whole] + outlets,
                    sensors: []
                )
            ),
            latencyMilliseconds: 10,
            engine: nil
        )
    }
    return PollRun(
        minute: minute,
        startedAt: minute + 1,
        durationMilliseconds: 100,
        interval: 60,
        pdus: pdus,
        isComplete: true
    )
}
