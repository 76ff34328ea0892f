// Why a number is what it is: the ledger goes through the readings once more, and is watched.

package import Basics
package import Energy
import SQLite

enum ExplanationSQL: String, StatementList {
    case hours = """
        SELECT rollup.readings, rollup.power_sum_milliwatts, rollup.covered_seconds,
            rollup.power_integral_millijoules, rollup.interpolated_seconds, rollup.counted_millijoules,
            rollup.integrated_millijoules, rollup.interpolated_millijoules, rollup.corrected_millijoules,
            rollup.minimum_milliwatts, rollup.minimum_at, rollup.maximum_milliwatts, rollup.maximum_at
        FROM bucket
        CROSS JOIN rollup ON rollup.bucket_id = bucket.id AND rollup.element_id = $1
        WHERE bucket.period = 'hourly' AND bucket.start >= $2 AND bucket.start < $3 AND bucket."end" <= $3
        """
}

extension HistoryReader {
    /// Where readings have been deleted and are in no archive, the explanation is only the rollup of the whole hours
    /// in the range.
    package func explanation(of id: Int64, from start: UnixTime, to end: UnixTime) throws -> Explanation {
        try query { database in
            guard let origin = try AccountOrigin.latest(of: id, before: start, in: database) else {
                return try self.explanationByRollups(of: id, from: start, to: end, in: database)
            }
            let newest = try self.newestRun()?.minute ?? end
            var explainer = Explainer(from: start, to: end, after: origin.checkpoint?.state)
            for correction in try Corrections(in: database, of: id...id)[id] { explainer.take(correction) }
            var steps = LedgerSteps(after: origin.checkpoint?.state)
            var replay = try Replay(database, of: id...id, from: origin.start)
            try replay.advance(until: end) { entry, _, policy in
                if let step = steps.take(entry, policy) { explainer.take(step, policy: policy) }
            }
            // What is read later may tell of the range: mostly the next reading, now and then one much later.
            var piece: Int64 = 7200
            var position = max(end, origin.start)
            while !explainer.isSettled, position <= newest {
                position = position + piece
                piece *= 4
                try replay.advance(until: position) { entry, _, policy in
                    if let step = steps.take(entry, policy) { explainer.take(step, policy: policy) }
                }
            }
            if !explainer.isSettled {
                try replay.finish { entry, _, policy in
                    if let step = steps.take(entry, policy) { explainer.take(step, policy: policy) }
                }
            }
            return explainer.explanation(until: newest)
        }
    }

    private func explanationByRollups(
        of id: Int64,
        from start: UnixTime,
        to end: UnixTime,
        in database: Connection
    ) throws -> Explanation {
        var explanation = Explanation(start: start, end: end)
        try database.statement(ExplanationSQL.hours).forEach(.int(id), .time(start), .time(end)) { row in
            explanation.rollup.merge(Rollup(ofElement: row, from: 0))
        }
        for part in try OpenAccount.rollups(of: id...id, in: database)
        where start <= part.hour.start && part.hour.end <= end {
            explanation.rollup.merge(part.rollup)
        }
        explanation.corrections = try Corrections(in: database, of: id...id, from: start, until: end)[id]
        return explanation
    }
}

/// The ledger's steps through the entries of one element, of which no rollups are wanted.
struct LedgerSteps {
    private(set) var state: MeterState?
    private var buckets: BucketCursor

    /// Steps that go on from `state`.
    init(after state: MeterState?) {
        self.state = state
        let utc = LocalTimeType(offset: 0, isDaylightSaving: false, abbreviation: "UTC")
        buckets = BucketCursor(SiteCalendar(zone: "UTC", rules: ZoneRules(fixed: utc)))
    }

    /// The step that `entry` makes; nil for none.
    mutating func take(_ entry: Replay.Entry, _ policy: LedgerPolicy) -> LedgerStep? {
        let step: LedgerStep? =
            switch entry {
            case .sample(let sample): Ledger.record(sample, after: state, policy: policy, buckets: &buckets)
            case .correction(let correction):
                Ledger.enter(correction, after: state, policy: policy, buckets: &buckets)
            }
        if let step { state = step.state }
        return step
    }
}
