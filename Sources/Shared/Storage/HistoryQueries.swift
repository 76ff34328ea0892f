package import Basics
package import Energy
package import Metering

/// A PDU as the history knows it.
package struct PDURecord: Hashable, Sendable {
    package var id: Int64
    package var name: String
    /// As the configuration writes it, perhaps with a port.
    package var address: String
    /// The address without port and brackets.
    package var host: String
    package var createdAt: UnixTime
    /// Whether the last complete run was asked to read it.
    package var isConfigured: Bool
    /// What the device said it is, when it was last read.
    package var identity: DeviceIdentity
    /// The profile that decoded it last; absent when it was never read.
    package var profile: String?
    /// The id of the PDU through whose address it is read, for a linked unit; absent for what has its own.
    package var hostID: Int64?
    /// Its number behind that address; absent together with `hostID`.
    package var unit: Int64?

    /// A record of these parts.
    package init(
        id: Int64,
        name: String,
        address: String,
        host: String,
        createdAt: UnixTime,
        isConfigured: Bool,
        identity: DeviceIdentity,
        profile: String?,
        hostID: Int64? = nil,
        unit: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.host = host
        self.createdAt = createdAt
        self.isConfigured = isConfigured
        self.identity = identity
        self.profile = profile
        self.hostID = hostID
        self.unit = unit
    }
}

/// The latest that is known of a PDU.
package struct PDUStatus: Hashable, Sendable {
    package var pdu: PDURecord
    /// The newest reading of the whole unit: watts.
    ///
    /// Absent when it was never read or gave no power.
    package var power: FixedPoint?
    /// Whether that power is an estimate.
    package var powerIsEstimate: Bool
    /// The time of the newest successful reading, with or without a power.
    package var lastReadingAt: UnixTime?
    /// The time of the newest attempt.
    package var lastAttemptAt: UnixTime?
    /// Why the newest attempt failed; absent when it succeeded.
    package var failure: FailureReason?
    /// One sentence about the failure, for people.
    package var failureDetail: String?
    /// Milliseconds that the newest attempt took from the first request to the last answer; absent when nothing
    /// answered.
    package var latencyMilliseconds: Int64?

    /// A status of these parts.
    package init(
        pdu: PDURecord,
        power: FixedPoint?,
        powerIsEstimate: Bool,
        lastReadingAt: UnixTime?,
        lastAttemptAt: UnixTime?,
        failure: FailureReason?,
        failureDetail: String?,
        latencyMilliseconds: Int64? = nil
    ) {
        self.pdu = pdu
        self.power = power
        self.powerIsEstimate = powerIsEstimate
        self.lastReadingAt = lastReadingAt
        self.lastAttemptAt = lastAttemptAt
        self.failure = failure
        self.failureDetail = failureDetail
        self.latencyMilliseconds = latencyMilliseconds
    }
}

/// The newest run of the poller.
package struct RunRecord: Hashable, Sendable {
    /// The minute it was due.
    package var minute: UnixTime
    /// Seconds between runs, by the configuration at that time.
    package var interval: Int64
    package var pdusRead: Int64
    package var pdusFailed: Int64

    /// A record of these parts.
    package init(minute: UnixTime, interval: Int64, pdusRead: Int64, pdusFailed: Int64) {
        self.minute = minute
        self.interval = interval
        self.pdusRead = pdusRead
        self.pdusFailed = pdusFailed
    }
}

/// The questions that the API asks of the history.
///
/// One snapshot: all answers between `begin` and `end` of a `snapshot` are of the same state of the database.
package protocol HistoryQueries {
    /// A number that changes whenever a run, a rebuild or a correction changed what can be read: the base of ETag.
    func dataVersion() throws -> Int64
    /// The newest run; absent before the first.
    func newestRun() throws -> RunRecord?
    /// Every PDU that has ever been configured, by id.
    func pdus() throws -> [PDURecord]
    /// The PDU with the id `id`; absent when there is none.
    func pdu(id: Int64) throws -> PDURecord?
    /// How many PDUs have ever been configured.
    func pduCount() throws -> Int
    /// The latest of every PDU, by id.
    func status() throws -> [PDUStatus]
    /// The latest of the PDU with the id `pduID`; absent when there is none.
    func status(of pduID: Int64) throws -> PDUStatus?
    /// The latest of every element that was ever read of the PDU `pduID`, each kind in the order of its numbers.
    func elements(of pduID: Int64) throws -> [ElementStatus]
    /// The latest of every probe that was ever read of the PDU `pduID`, in the order of their numbers.
    func sensors(of pduID: Int64) throws -> [SensorStatus]
    /// The rollups of the elements with the ids `elementIDs` in `buckets` (all of one period): for each bucket, in
    /// their order, what exists, by id. A whole unit has its PDU's id.
    func rollups(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [[Int64: Rollup]]
    /// The rollups of all PDUs together in `buckets` (all of one period), in their order; absent where none
    /// is.
    ///
    /// Of these, `minimum`, `maximum`, `energy` and `members` are of the sums over PDUs.
    func siteRollups(in buckets: [Bucket]) throws -> [Rollup?]
    /// For each bucket, in their order: the highest and the lowest same-minute sum of the power of the elements with
    /// the ids `elementIDs`, the lowest among the minutes with the most members.
    func sumExtremes(of elementIDs: [Int64], in buckets: [Bucket]) throws -> [SumExtremes?]
    /// The same of all `buckets`, which follow one another, taken together.
    func sumExtremes(of elementIDs: [Int64], across buckets: [Bucket]) throws -> SumExtremes?
    /// What the ledger holds of the elements with the ids `elementIDs` from `start` up to, not including, `end`, by id;
    /// nothing where nothing is known.
    ///
    /// For what is in no whole bucket: it goes through the readings from the day's beginning on. Of more elements than
    /// `most` that takes too long, and power is integrated instead, which is within a step of their counters.
    func pieces(
        of elementIDs: [Int64],
        from start: UnixTime,
        to end: UnixTime,
        exactUpTo most: Int
    ) throws -> [Int64: Rollup]
    /// The highest and the lowest same-minute sum of the power of the elements with the ids `elementIDs` from `start` up
    /// to, not including, `end`, the lowest among the minutes with the most members; absent where nothing was read,
    /// and where readings are no longer in the database.
    func sumExtremes(of elementIDs: [Int64], from start: UnixTime, to end: UnixTime) throws -> SumExtremes?
    /// When the first of the elements with the ids `elementIDs` was first read; absent when none ever was.
    func firstReading(of elementIDs: [Int64]) throws -> UnixTime?
    /// The times from `start` up to, not including, `end` at which the runs of that time were due, by the greatest
    /// interval that fits all of them.
    func grid(from start: UnixTime, until end: UnixTime) throws -> TimeGrid
    /// The power of the elements with the ids `elementIDs` at each time of `grid`, by id; absent where none was read that
    /// counts, and where readings are no longer in the database.
    func powers(of elementIDs: [Int64], on grid: TimeGrid) throws -> [Int64: [FixedPoint?]]
    /// How reading the PDU `pduID` went in each of `count` quarters of an hour from `start` on, a multiple of 900 seconds.
    func polls(of pduID: Int64, from start: UnixTime, count: Int) throws -> [PollQuarter]
    /// The element of `pduID` that is `element`; absent when it was never read.
    func element(_ element: Element, of pduID: Int64) throws -> ElementRecord?
    /// The element with the id `id`; absent when there is none.
    func element(id: Int64) throws -> ElementRecord?
    /// Why the energy of the element `id` from `start` up to, not including, `end` is the number it is, from the
    /// same ledger that made the rollups.
    func explanation(of id: Int64, from start: UnixTime, to end: UnixTime) throws -> Explanation
    /// Every correction that touches the time from `start` up to `end`, of one element or, without one, of all;
    /// by id, with those that were undone.
    func corrections(
        of elementID: Int64?,
        from start: UnixTime,
        to end: UnixTime
    ) throws -> [CorrectionRecord]
    /// The newest events from `start` up to, not including, `end`, of one PDU and its elements or, without one, of
    /// the whole site: the newest first, at most `limit`.
    func events(of pduID: Int64?, from start: UnixTime, to end: UnixTime, limit: Int) throws -> [EventRecord]
    /// The newest events of the element with the id `elementID` itself from `start` up to, not including, `end`: the
    /// newest first, at most `limit`.
    func events(
        ofElement elementID: Int64,
        from start: UnixTime,
        to end: UnixTime,
        limit: Int
    ) throws -> [EventRecord]
    /// Every PDU that is configured with all of its parts; what was measured is absent where it is not fresh.
    func inventory(_ freshness: Freshness) throws -> Inventory
    /// Runs `body` with every query in it answered from one state of the database.
    func snapshot<Answer>(_ body: () throws -> Answer) throws -> Answer
}

/// Opens a history for whoever needs one of its own.
package protocol HistorySource: Sendable {
    /// A history that nobody else uses.
    func open() -> sending any HistoryQueries
}

/// The extremes of a sum over several elements.
package struct SumExtremes: Hashable, Sendable {
    package var minimum: PowerExtreme
    package var maximum: PowerExtreme
    /// How many elements were summed for the minimum.
    package var members: Int64

    /// Extremes of these parts.
    package init(minimum: PowerExtreme, maximum: PowerExtreme, members: Int64) {
        self.minimum = minimum
        self.maximum = maximum
        self.members = members
    }

    /// Those of several stretches of time taken together: the highest, and the lowest among those of the most elements; of
    /// equal ones the earlier.
    ///
    /// Absent where all are.
    package init?(of parts: [SumExtremes?]) {
        let known = parts.compactMap { $0 }
        guard var all = known.first else { return nil }
        for part in known.dropFirst() {
            let (maximum, minimum) = (part.maximum, part.minimum)
            if (maximum.power, all.maximum.at) > (all.maximum.power, maximum.at) { all.maximum = maximum }
            let isBefore = (minimum.power, minimum.at) < (all.minimum.power, all.minimum.at)
            if part.members > all.members || (part.members == all.members && isBefore) {
                all.minimum = minimum
                all.members = part.members
            }
        }
        self = all
    }
}
