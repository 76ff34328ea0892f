// A history in memory: two PDUs with a circuit each, at a constant power ever since.

import Basics
import Energy
import Metering
import Storage

/// Answers every question about two PDUs, 1 and 2, with the outlets 1000000 and 1000001.
struct SampleHistory: HistoryQueries {
    private static let newest = UnixTime(1_774_742_400)

    func dataVersion() throws -> Int64 { 1 }

    func newestRun() throws -> RunRecord? {
        RunRecord(minute: Self.newest, interval: 60, pdusRead: 2, pdusFailed: 0)
    }

    func pdus() throws -> [PDURecord] { [1, 2].map(record) }

    func pdu(id: Int64) throws -> PDURecord? { try pdus().first { $0.id == id } }

    func inventory(_ freshness: Freshness) throws -> Inventory {
        let units = try status().map { status in
            let members = try elements(of: status.pdu.id).map {
                Inventory.Member(status: $0, millijoules: 3_600_000, firstReadAt: Self.newest)
            }
            return Inventory.Unit(status: status, key: status.pdu.name, elements: members)
        }
        return Inventory(units: units, run: nil)
    }

    func pduCount() throws -> Int { try pdus().count }

    func status() throws -> [PDUStatus] { try pdus().map(status) }

    func status(of pduID: Int64) throws -> PDUStatus? {
        try pdus().first { $0.id == pduID }.map(status)
    }

    func elements(of pduID: Int64) throws -> [ElementStatus] {
        [ElementStatus(id: 999_999 + pduID, reading: reading(Element(.outlet, 1)), measuredAt: Self.newest)]
    }

    func sensors(of pduID: Int64) throws -> [SensorStatus] {
        [SensorStatus(id: pduID, reading: SensorReading(number: 1), readAt: Self.newest)]
    }

    func rollups(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [[Int64: Rollup]] {
        buckets.map { bucket in
            Dictionary(elementIDs.map { ($0, rollup(of: bucket)) }) { first, _ in first }
        }
    }

    func siteRollups(in buckets: [Bucket]) throws -> [Rollup?] { buckets.map(rollup) }

    func sumExtremes(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [SumExtremes?] {
        buckets.map { bucket in
            let extreme = PowerExtreme(power: FixedPoint(2000), at: bucket.start)
            return SumExtremes(minimum: extreme, maximum: extreme, members: Int64(elementIDs.count))
        }
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
        let rollup = rollup(of: Bucket(.hour, start: start, end: end))
        return Dictionary(elementIDs.map { ($0, rollup) }) { first, _ in first }
    }

    func sumExtremes(of elementIDs: [Int64], from start: UnixTime, to end: UnixTime) throws -> SumExtremes? {
        try sumExtremes(of: elementIDs, in: [Bucket(.hour, start: start, end: end)])[0]
    }

    func polls(of pduID: Int64, from start: UnixTime, count: Int) throws -> [PollQuarter] {
        (0..<count).map { PollQuarter(start: start + Int64($0) * PollQuarter.seconds) }
    }

    func firstReading(of elementIDs: [Int64]) throws -> UnixTime? { elementIDs.isEmpty ? nil : UnixTime(0) }

    func grid(from start: UnixTime, until end: UnixTime) throws -> TimeGrid {
        TimeGrid(from: start, until: end, interval: 60)
    }

    func powers(of elementIDs: [Int64], on grid: TimeGrid) throws -> [Int64: [FixedPoint?]] {
        let powers = [FixedPoint?](repeating: FixedPoint(1000), count: grid.count)
        return Dictionary(elementIDs.map { ($0, powers) }) { first, _ in first }
    }

    func element(_ element: Element, of pduID: Int64) throws -> ElementRecord? {
        try self.element(id: element.kind == .pdu ? pduID : 999_999 + pduID)
    }

    func element(id: Int64) throws -> ElementRecord? {
        let pduID = id < 1_000_000 ? id : id - 999_999
        guard (1...2).contains(pduID) else { return nil }
        return ElementRecord(
            id: id,
            pdu: record(pduID),
            element: id < 1_000_000 ? .wholePDU : Element(.outlet, 1),
            name: nil,
            energyResolution: FixedPoint(100)
        )
    }

    func explanation(of id: Int64, from start: UnixTime, to end: UnixTime) throws -> Explanation {
        Explanation(start: start, end: end)
    }

    func corrections(
        of elementID: Int64?,
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [CorrectionRecord] {
        []
    }

    func events(of pduID: Int64?, from start: UnixTime, to end: UnixTime, limit: Int) throws -> [EventRecord]
    { [] }

    func events(
        ofElement elementID: Int64,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
    ) throws -> [EventRecord] { [] }

    func snapshot<Answer>(_ body: () throws -> Answer) throws -> Answer { try body() }

    private func record(_ id: Int64) -> PDURecord {
        PDURecord(
            id: id,
            name: "PDU \(id)",
            address: "192.0.2.\(id)",
            host: "192.0.2.\(id)",
            createdAt: UnixTime(0),
            isConfigured: true,
            identity: DeviceIdentity(),
            profile: "apc-rpdu2"
        )
    }

    private func status(_ pdu: PDURecord) -> PDUStatus {
        PDUStatus(
            pdu: pdu,
            power: FixedPoint(1000),
            powerIsEstimate: false,
            lastReadingAt: Self.newest,
            lastAttemptAt: Self.newest,
            failure: nil,
            failureDetail: nil
        )
    }

    private func reading(_ element: Element) -> ElementReading {
        var reading = ElementReading(element)
        reading.activePower = FixedPoint(100)
        return reading
    }

    /// A kilowatt throughout, of what lies before the newest minute.
    private func rollup(of bucket: Bucket) -> Rollup {
        var rollup = Rollup()
        rollup.coveredSeconds = max(0, min(bucket.end, Self.newest) - bucket.start)
        rollup.readings = rollup.coveredSeconds / 60
        rollup.powerSum = rollup.readings * 1_000_000
        rollup.powerIntegral = rollup.coveredSeconds * 1_000_000
        rollup.energy.integrated = rollup.powerIntegral
        let extreme = PowerExtreme(power: FixedPoint(1000), at: bucket.start)
        rollup.minimum = extreme
        rollup.maximum = extreme
        rollup.members = 1
        return rollup
    }
}
