// A site with a real history, made of runs at random: outlets and their unit, with a counter and without, with gaps and
// failures, over the nights in which clocks change.

import Basics
import Energy
import Foundation
import Metering
import Storage
import TestSupport

@testable import API

/// A history in a file, which is asked as the responder asks it.
struct RealSite {
    /// Seconds between runs.
    let interval: Int64

    let directory: TemporaryDirectory
    let calendar: SiteCalendar
    let reader: HistoryReader
    /// Of the newest run.
    let newest: UnixTime
    let oldest: UnixTime

    /// Some PDUs with three outlets each in `zone`, read every so many seconds from `start` until `end`; one in so many
    /// runs begins an outage.
    init(
        seed: UInt64,
        _ zone: String,
        from start: String,
        until end: String,
        pdus: Int = 3,
        every interval: Int64 = 300,
        oneOutageIn outages: Int = 70
    ) throws {
        self.interval = interval
        directory = try TemporaryDirectory()
        calendar = SiteCalendar(zone: zone, rules: try ZoneRules(tzif: SystemZone.rules(of: zone)))
        let path = directory.file("history.db")
        oldest = moment(start)
        let writer = try HistoryWriter(path, calendar: calendar, now: oldest)
        var maker = Maker(seed: seed, pdus: pdus, interval: interval, outages: outages)
        var runs: [PollRun] = []
        var time = oldest
        while time < moment(end) {
            runs.append(maker.run(at: time))
            time = time + interval * maker.step()
        }
        newest = runs[runs.count - 1].minute
        _ = try writer.store(runs, policy: LedgerPolicy(maximumGap: interval * 3))
        try writer.close()
        reader = HistoryReader(path: path, zone: zone)
    }

    /// The `data` of the answer to `target` a little after the newest run, or at `now`.
    func data(_ target: String, at now: UnixTime? = nil) throws -> [String: Any] {
        let answer = try json(target, at: now)
        guard let data = answer["data"] as? [String: Any] else { throw Refused(text: "\(answer)") }
        return data
    }

    /// The whole answer to `target`.
    func json(_ target: String, at now: UnixTime? = nil) throws -> [String: Any] {
        let site = Site(name: "Real", calendar: calendar, pollInterval: interval, version: "1")
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = Request(path: String(parts[0]), query: parts.count > 1 ? Array(parts[1].utf8) : [])
        let router = Router(site: site, slowQuestions: SlowQuestions(threads: 2)) { _ in }
        let response = router.answer(
            request,
            at: now ?? newest + 30,
            from: reader,
            FakeSettings()
        )
        let json = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let json else { throw Refused(text: response.text) }
        return json
    }

    /// An answer without data.
    struct Refused: Error {
        let text: String
    }

    /// The elements that there are: whole units, and three outlets of each.
    var units: [Int64] { get throws { try reader.pdus().map(\.id) } }

    func outlets(of pdu: Int64) throws -> [Int64] {
        try reader.elements(of: pdu).filter { $0.reading.element.kind == .outlet }.map(\.id)
    }
}

extension RealSite {
    /// Makes up runs.
    private struct Maker {
        var generator: SeededGenerator
        let pdus: Int
        let interval: Int64
        let outages: Int
        private var counters: [String: Double] = [:]
        private var away: [Int: Int] = [:]

        init(seed: UInt64, pdus: Int, interval: Int64, outages: Int) {
            generator = SeededGenerator(seed: seed)
            self.pdus = pdus
            self.interval = interval
            self.outages = outages
        }

        /// How many intervals until the next run: mostly one, now and then an outage.
        mutating func step() -> Int64 {
            Int.random(in: 0..<outages, using: &generator) == 0
                ? Int64.random(in: 2...30, using: &generator) : 1
        }

        mutating func run(at time: UnixTime) -> PollRun {
            PollRun(
                minute: time,
                startedAt: time,
                durationMilliseconds: 5,
                interval: interval,
                pdus: (1...pdus).map { pdu($0) },
                isComplete: true
            )
        }

        private mutating func pdu(_ number: Int) -> PolledPDU {
            let key = "pdu\(number)"
            if let left = away[number], left > 0 {
                away[number] = left - 1
                return polled(key, number, .failed(.timeout, "no answer"))
            }
            if Int.random(in: 0..<outages, using: &generator) == 0 {
                away[number] = Int.random(in: 1...20, using: &generator)
            }
            var total = 0.0
            var elements: [ElementReading] = []
            for outlet in 1...3 {
                var reading = ElementReading(Element(.outlet, outlet))
                let watts = Double(Int.random(in: 0..<400, using: &generator)) / 2
                total += watts
                // The third is now and then not measured.
                if outlet < 3 || Int.random(in: 0..<6, using: &generator) > 0 {
                    reading.activePower = FixedPoint(watts)
                }
                reading.name = "outlet \(outlet)"
                reading.state = .on
                reading.bank = outlet == 1 ? 1 : 2
                elements.append(reading)
            }
            var whole = ElementReading(.wholePDU)
            whole.activePower = FixedPoint(total + 5)
            whole.ratedCurrent = FixedPoint(16)
            whole.current = FixedPoint((total + 5) / 230)
            // The first has no counter.
            if number > 1 {
                let counter = counters[key, default: 1000] + (total + 5) * Double(interval) / 3600
                counters[key] = counter
                whole.energy = FixedPoint((counter / 10).rounded(.down) * 10)
                whole.energyResolution = FixedPoint(10)
            }
            let reading = DeviceReading(
                profile: "test",
                identity: DeviceIdentity(),
                elements: [whole] + elements,
                sensors: []
            )
            return polled(key, number, .read(reading))
        }

        private func polled(_ key: String, _ number: Int, _ outcome: PollOutcome) -> PolledPDU {
            PolledPDU(
                key: key,
                name: "PDU \(number)",
                address: "192.0.2.\(number)",
                outcome: outcome,
                latencyMilliseconds: 10,
                engine: nil
            )
        }
    }
}
