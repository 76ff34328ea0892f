import Basics
import Energy
import Foundation
import Metering
import Synchronization
import Testing

@testable import Storage

@Suite("Reading the history")
struct ReadingTests {
    @Test("says what was stored: runs, PDUs, the latest of each")
    func latest() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var named = PolledPDU.sample("left", name: "Left PDU", address: "192.0.2.1:1161")
        if case .read(var reading) = named.outcome {
            reading.identity.model = "AP8858"
            reading.elements[0].powerIsEstimate = true
            named.outcome = .read(reading)
        }
        _ = try writer.store(.sample(at: monday, [named, .sample("right")]), policy: minutePolicy)
        _ = try writer.store(.sample(at: monday + 60, [.failed("left")]), policy: minutePolicy)

        let reader = HistoryReader(path: history.path, zone: "Europe/London")

        let status = try reader.status()
        #expect(try status.map(\.pdu) == reader.pdus())
        #expect(status.map(\.pdu.id) == [1, 2])
        #expect(status.map(\.pdu.isConfigured) == [true, false])
        #expect(status[0].pdu.identity.model == "AP8858")
        #expect(status[0].power == FixedPoint(1000))
        #expect(status[0].powerIsEstimate)
        #expect(status[0].lastReadingAt == monday)
        #expect(status[0].lastAttemptAt == monday + 60)
        #expect(status[0].failure == .timeout)
        #expect(status[0].failureDetail == "no answer")
        #expect(status[1].failure == nil)
        #expect(
            try reader.newestRun() == RunRecord(minute: monday + 60, interval: 60, pdusRead: 0, pdusFailed: 1)
        )
    }

    @Test("answers nothing for a bucket without data, and keeps the order of buckets")
    func emptyBuckets() throws {
        let history = try TemporaryHistory()
        _ = try history.writer().store(.sample(at: monday), policy: minutePolicy)
        let reader = HistoryReader(path: history.path, zone: "Europe/London")
        let buckets = try calendar().buckets(.hour, count: 2, endingWith: monday)

        #expect(try reader.rollups(of: [1], in: buckets).map { $0[1]?.readings } == [nil, 1])
        #expect(try reader.siteRollups(in: buckets).map { $0?.members } == [nil, 1])
        #expect(try reader.sumExtremes(of: [1], in: buckets).map { $0?.members } == [nil, 1])
        #expect(try reader.rollups(of: [], in: buckets) == [[:], [:]])
    }

    @Test("changes its data version with every run, and not otherwise")
    func dataVersion() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let reader = HistoryReader(path: history.path, zone: "Europe/London")
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        let first = try reader.dataVersion()

        #expect(try reader.dataVersion() == first)
        _ = try writer.store(.sample(at: monday + 60), policy: minutePolicy)

        #expect(try reader.dataVersion() > first)
    }

    @Test("answers everything in a snapshot from one state, while the writer goes on")
    func snapshot() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let reader = HistoryReader(path: history.path, zone: "Europe/London")
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)

        try reader.snapshot {
            let before = try reader.newestRun()
            _ = try writer.store(.sample(at: monday + 60), policy: minutePolicy)
            #expect(try reader.newestRun() == before)
        }

        #expect(try reader.newestRun()?.minute == monday + 60)
    }

    @Test("finds every run whole while the writer stores one after another")
    func whileWriting() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday), policy: minutePolicy)
        let path = history.path
        let hour = try calendar().bucket(.hour, containing: monday)
        let answers = Mutex<(torn: Int, newest: UnixTime?)>((0, nil))
        let reading = DispatchWorkItem {
            let reader = HistoryReader(path: path, zone: "Europe/London")
            while answers.withLock({ $0.newest }) != monday + 59 * 60 {
                let found = try? reader.snapshot {
                    (try reader.newestRun()?.minute, try reader.rollups(of: [1], in: [hour])[0][1]?.readings)
                }
                let isWhole = found.map { minute, readings in
                    minute.map { ($0 - monday) / 60 + 1 } == readings
                }
                answers.withLock { answers in
                    answers.newest = found?.0
                    if isWhole != true { answers.torn += 1 }
                }
            }
        }
        DispatchQueue.global().async(execute: reading)

        for minute: Int64 in 1..<60 {
            _ = try writer.store(.sample(at: monday + minute * 60), policy: minutePolicy)
        }

        #expect(reading.wait(timeout: .now() + 30) == .success)
        #expect(answers.withLock { $0.torn } == 0)
    }

    @Test("finds the extremes of same-minute sums over any PDUs and outlets", arguments: 0..<4)
    func extremes(seed: UInt64) throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var random = RandomHistory(seed: seed, from: monday - 86_400 * 3, pdus: 5)
        let runs = (0..<1200).map { _ in random.next() }
        _ = try writer.store(runs, policy: minutePolicy)
        let reader = HistoryReader(path: history.path, zone: "Europe/London")
        let calendar = try calendar()
        let readings = try writer.readings()

        // Outlets are elements as well, and so is a mixture of units and outlets of others.
        let outlets = try reader.pdus().map { try reader.element(Element(.outlet, 1), of: $0.id)?.id ?? 0 }
        let mixed = [1, outlets[1], outlets[3]]
        for pdus: [Int64] in [
            [1, 2], [2, 3, 5], [1, 3, 4, 5], [1, 2, 3, 4, 5], [4], outlets, [outlets[0], outlets[4]], mixed,
        ] {
            for period in Period.allCases {
                let count = period == .month ? 2 : 24
                let buckets = calendar.buckets(period, count: count, endingWith: random.minute)
                let expected = buckets.map { slowExtremes(of: pdus, in: $0, readings) }
                #expect(try reader.sumExtremes(of: pdus, in: buckets) == expected)
                let all = SumExtremes(of: expected)
                #expect(try reader.sumExtremes(of: pdus, across: buckets) == all)
            }
        }
    }

    /// Every minute summed, and all of them compared.
    private func slowExtremes(
        of pdus: [Int64],
        in bucket: Bucket,
        _ readings: [StoredReading]
    ) -> SumExtremes? {
        var sums: [UnixTime: (power: Int64, members: Int64)] = [:]
        for reading in readings where pdus.contains(reading.element) && bucket.contains(reading.time) {
            guard let power = reading.power, power < FixedPoint(RandomHistory.absurdWatts) else { continue }
            sums[reading.time, default: (0, 0)].power += power.thousandths
            sums[reading.time, default: (0, 0)].members += 1
        }
        let minutes = sums.sorted { $0.key < $1.key }
            .map { [$0.key.seconds, $0.value.power, $0.value.members] }
        guard let most = minutes.map({ $0[2] }).max(),
            let highest = minutes.map({ $0[1] }).max(),
            let lowest = minutes.filter({ $0[2] == most }).map({ $0[1] }).min(),
            let maximum = minutes.first(where: { $0[1] == highest }),
            let minimum = minutes.first(where: { $0[1] == lowest && $0[2] == most })
        else { return nil }
        func extreme(_ minute: [Int64]) -> PowerExtreme {
            PowerExtreme(power: FixedPoint(thousandths: minute[1]), at: UnixTime(minute[0]))
        }
        return SumExtremes(minimum: extreme(minimum), maximum: extreme(maximum), members: most)
    }
}
