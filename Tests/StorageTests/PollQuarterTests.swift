import Basics
import Energy
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("How reading a PDU went")
struct PollQuarterTests {
    /// What of a run is told of one PDU.
    private struct Attempt {
        let minute: UnixTime
        let reason: FailureReason?
        let latency: Int64?
    }

    private func run(_ attempt: Attempt) -> PollRun {
        var pdu = attempt.reason.map { PolledPDU.failed("left", $0) } ?? PolledPDU.sample("left")
        pdu.latencyMilliseconds = attempt.latency
        return PollRun.sample(at: attempt.minute, [pdu])
    }

    @Test("is counted by quarters of an hour, the one at hand with it", arguments: 0..<8)
    func counted(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let history = try TemporaryHistory()
        let writer = try history.writer()
        var attempts: [Attempt] = []
        var minute = monday
        for _ in 0..<200 {
            let isFailure = Int.random(in: 0..<4, using: &generator) == 0
            let reason = isFailure ? FailureReason.allCases.randomElement(using: &generator) : nil
            let latency =
                isFailure && Bool.random(using: &generator)
                ? nil : Int64.random(in: 1...900, using: &generator)
            let attempt = Attempt(minute: minute, reason: reason, latency: latency)
            attempts.append(attempt)
            _ = try writer.store(run(attempt), policy: minutePolicy)
            // Who repeats a run counts nothing twice.
            if Int.random(in: 0..<8, using: &generator) == 0 {
                _ = try writer.store(run(attempt), policy: minutePolicy)
            }
            minute =
                minute + 60
                * Int64.random(
                    in: 1...(Int.random(in: 0..<30, using: &generator) == 0 ? 90 : 2),
                    using: &generator
                )
        }
        let count = Int((minute - monday) / PollQuarter.seconds) + 3
        let quarters = try history.reader().polls(of: 1, from: monday, count: count)
        for quarter in quarters {
            let inside = attempts.filter { quarter.start <= $0.minute && $0.minute < quarter.start + 900 }
            let latencies = inside.compactMap(\.latency)
            #expect(quarter.polls == Int64(inside.count))
            #expect(quarter.failures == Int64(inside.count { $0.reason != nil }))
            #expect(quarter.longestLatency == latencies.max())
            let mean = latencies.isEmpty ? nil : Double(latencies.reduce(0, +)) / Double(latencies.count)
            #expect(quarter.meanLatency == mean.map { Int64($0.rounded()) })
            let order: [FailureReason] = [
                .unknownUser, .wrongAuthPassphrase, .wrongPrivacyPassphrase, .unsupportedSecurityLevel,
                .unsupportedDevice, .notInTimeWindow, .badResponse, .unreachable, .timeout, .deadline,
            ]
            let reasons = Set(inside.compactMap(\.reason))
            #expect(quarter.worst == order.first(where: reasons.contains))
        }
        #expect(quarters.reduce(0) { $0 + $1.polls } == Int64(attempts.count))
    }

    @Test("is known of a linked unit and of each PDU by itself, and of nobody who does not exist")
    func apart() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        _ = try writer.store(.sample(at: monday, [.sample("left"), .failed("right")]), policy: minutePolicy)
        let reader = history.reader()
        #expect(try reader.polls(of: 1, from: monday, count: 1).map(\.failures) == [0])
        #expect(try reader.polls(of: 2, from: monday, count: 1).map(\.failures) == [1])
        #expect(try reader.polls(of: 3, from: monday, count: 1).map(\.polls) == [0])
    }

    @Test("is kept for eight days, in a row a quarter of an hour")
    func kept() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (0..<(9 * 96)).map { PollRun.sample(at: monday + Int64($0) * 900) }
        _ = try writer.store(runs, policy: minutePolicy)

        #expect(try history.value("SELECT count(*) FROM poll_quarter") == String(8 * 96))
        #expect(try history.value("SELECT count(*) FROM pdu_status WHERE quarter_polls = 1") == "1")
    }

    @Test("is forgotten of times that a clock made up")
    func rewound() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()
        let runs = (0..<120).map { PollRun.sample(at: monday + Int64($0) * 60) }
        _ = try writer.store(runs, policy: minutePolicy)
        _ = try writer.setAside(after: monday + 3600, now: monday + 3600)

        let quarters = try history.reader().polls(of: 1, from: monday, count: 8)
        #expect(quarters.map(\.polls) == [15, 15, 15, 15, 0, 0, 0, 0])
    }
}
