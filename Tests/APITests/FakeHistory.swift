import Basics
import Energy
import Metering
import Storage

/// A history of a few values, which counts how often it is asked.
final class FakeHistory: HistoryQueries {
    var version: Int64 = 1
    var run: RunRecord?
    var records: [PDURecord] = []
    var states: [PDUStatus] = []
    /// By PDU id.
    var parts: [Int64: [ElementStatus]] = [:]
    /// By PDU id.
    var probes: [Int64: [SensorStatus]] = [:]
    /// By element id and bucket.
    var rollups: [Int64: [Bucket: Rollup]] = [:]
    var site: [Bucket: Rollup] = [:]
    var sums: [Bucket: SumExtremes] = [:]
    var elements: [ElementRecord] = []
    /// By element id and time.
    var powers: [Int64: [UnixTime: FixedPoint]] = [:]
    /// By element id.
    var explanations: [Int64: Explanation] = [:]
    var correctionRecords: [CorrectionRecord] = []
    var eventRecords: [EventRecord] = []
    /// By PDU id.
    var quarters: [Int64: [PollQuarter]] = [:]
    var stock = Inventory(units: [], run: nil)
    var problem: (any Error)?
    /// What asking for the newest run throws.
    var runProblem: (any Error)?
    private(set) var questions: [String] = []

    func dataVersion() throws -> Int64 { version }

    func newestRun() throws -> RunRecord? {
        if let runProblem { throw runProblem }
        return run
    }

    func pdus() throws -> [PDURecord] {
        try ask("pdus")
        return records
    }

    func pdu(id: Int64) throws -> PDURecord? {
        try ask("pdu")
        return records.first { $0.id == id }
    }

    func inventory(_ freshness: Freshness) throws -> Inventory {
        try ask("inventory")
        return stock
    }

    func pduCount() throws -> Int { records.count }

    func status() throws -> [PDUStatus] {
        try ask("status")
        return states
    }

    func status(of pduID: Int64) throws -> PDUStatus? {
        try ask("statusOfPDU")
        return states.first { $0.pdu.id == pduID }
    }

    func elements(of pduID: Int64) throws -> [ElementStatus] {
        try ask("elements")
        return parts[pduID] ?? []
    }

    func sensors(of pduID: Int64) throws -> [SensorStatus] {
        try ask("sensors")
        return probes[pduID] ?? []
    }

    func rollups(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [[Int64: Rollup]] {
        try ask("rollups")
        return buckets.map { bucket in
            Dictionary(
                uniqueKeysWithValues: elementIDs.compactMap { id in rollups[id]?[bucket].map { (id, $0) } }
            )
        }
    }

    func siteRollups(in buckets: [Bucket]) throws -> [Rollup?] {
        try ask("siteRollups")
        return buckets.map { site[$0] }
    }

    func sumExtremes(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [SumExtremes?] {
        try ask("sumExtremes")
        return buckets.map { sums[$0] }
    }

    func sumExtremes(of elementIDs: [Int64], across buckets: [Bucket]) throws -> SumExtremes? {
        SumExtremes(of: try sumExtremes(of: elementIDs, in: buckets))
    }

    func pieces(
        of elementIDs: [Int64],
        from start: UnixTime,
        to end: UnixTime,
        exactUpTo most: Int
    ) throws -> [Int64: Rollup] {
        try ask("pieces")
        return Dictionary(
            uniqueKeysWithValues: elementIDs.compactMap { id in
                explanations[id].flatMap { $0.start == start && $0.end == end ? (id, $0.rollup) : nil }
            }
        )
    }

    func sumExtremes(of elementIDs: [Int64], from start: UnixTime, to end: UnixTime) throws -> SumExtremes? {
        try ask("sumExtremesOfPiece")
        return nil
    }

    func polls(of pduID: Int64, from start: UnixTime, count: Int) throws -> [PollQuarter] {
        try ask("polls")
        return (0..<count).map { index in
            let time = start + Int64(index) * PollQuarter.seconds
            return quarters[pduID]?.first { $0.start == time } ?? PollQuarter(start: time)
        }
    }

    func firstReading(of elementIDs: [Int64]) throws -> UnixTime? {
        try ask("firstReading")
        return nil
    }

    func grid(from start: UnixTime, until end: UnixTime) throws -> TimeGrid {
        try ask("grid")
        return TimeGrid(from: start, until: end, interval: 60)
    }

    func powers(of elementIDs: [Int64], on grid: TimeGrid) throws -> [Int64: [FixedPoint?]] {
        try ask("powers")
        return Dictionary(
            uniqueKeysWithValues: elementIDs.map { id in
                (id, (0..<grid.count).map { index in powers[id]?[grid.time(index)] })
            }
        )
    }

    func element(_ element: Element, of pduID: Int64) throws -> ElementRecord? {
        try ask("element")
        return elements.first { $0.pdu.id == pduID && $0.element == element }
    }

    func element(id: Int64) throws -> ElementRecord? {
        try ask("element")
        return elements.first { $0.id == id }
    }

    func explanation(of id: Int64, from start: UnixTime, to end: UnixTime) throws -> Explanation {
        try ask("explanation")
        return explanations[id] ?? Explanation(start: start, end: end)
    }

    func corrections(
        of elementID: Int64?,
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [CorrectionRecord] {
        try ask("corrections")
        return correctionRecords.filter { elementID == nil || $0.elementID == elementID }
    }

    func events(
        of pduID: Int64?,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
    ) throws -> [EventRecord] {
        try ask("events")
        return Array(
            eventRecords.filter { (pduID == nil || $0.pduID == pduID) && start <= $0.at && $0.at < end }
                .prefix(limit)
        )
    }

    func events(
        ofElement elementID: Int64,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
    ) throws -> [EventRecord] {
        try ask("eventsOfElement")
        return Array(
            eventRecords.filter { $0.elementID == elementID && start <= $0.at && $0.at < end }.prefix(limit)
        )
    }

    func snapshot<Answer>(_ body: () throws -> Answer) throws -> Answer { try body() }

    private func ask(_ question: String) throws {
        questions.append(question)
        if let problem { throw problem }
    }
}

extension PDURecord {
    static func sample(_ id: Int64, isConfigured: Bool = true, createdAt: UnixTime = UnixTime(0)) -> PDURecord
    {
        PDURecord(
            id: id,
            name: "PDU \(id)",
            address: "192.0.2.\(id):1161",
            host: "192.0.2.\(id)",
            createdAt: createdAt,
            isConfigured: isConfigured,
            identity: DeviceIdentity(),
            profile: nil
        )
    }
}

extension PDUStatus {
    static func sample(
        _ id: Int64,
        watts: Int? = 1250,
        readAt: UnixTime?,
        failure: FailureReason? = nil,
        isConfigured: Bool = true
    ) -> PDUStatus {
        PDUStatus(
            pdu: .sample(id, isConfigured: isConfigured),
            power: watts.map { FixedPoint($0) },
            powerIsEstimate: false,
            lastReadingAt: readAt,
            lastAttemptAt: readAt,
            failure: failure,
            failureDetail: failure.map { "It failed: \($0.rawValue)." }
        )
    }
}

extension Rollup {
    /// `seconds` at a constant `watts`, with energy integrated, or from the counter.
    static func constant(watts: Int64, seconds: Int64, at: UnixTime, isCounted: Bool = false) -> Rollup {
        var rollup = Rollup()
        rollup.readings = max(1, seconds / 60)
        rollup.powerSum = watts * 1000 * rollup.readings
        rollup.coveredSeconds = seconds
        rollup.powerIntegral = watts * 1000 * seconds
        if isCounted {
            rollup.energy.counted = rollup.powerIntegral
        } else {
            rollup.energy.integrated = rollup.powerIntegral
        }
        rollup.minimum = PowerExtreme(power: FixedPoint(Int(watts)), at: at)
        rollup.maximum = PowerExtreme(power: FixedPoint(Int(watts)), at: at)
        rollup.members = 1
        return rollup
    }
}

extension FakeHistory {
    /// Gives a history of which nothing is known.
    struct Source: HistorySource {
        func open() -> sending any HistoryQueries { FakeHistory() }
    }
}
