// How reading each PDU went, a row for each quarter of an hour: enough to see since when a device answers slowly, or now and
// then not at all. The quarter at hand is in the row of the PDU's status, which a run writes anyway.

package import Basics
package import Metering
import SQLite

enum PollQuarterSQL: String, StatementList {
    /// What is over by $1.
    case close = """
        INSERT INTO poll_quarter (start, pdu_id, polls, failures, worst_reason, answers, latency_sum_milliseconds,
            latency_maximum_milliseconds)
        SELECT quarter_start, pdu_id, quarter_polls, quarter_failures, quarter_worst_reason, quarter_answers,
            quarter_latency_sum_milliseconds, quarter_latency_maximum_milliseconds
        FROM pdu_status
        WHERE quarter_start < $1
        ON CONFLICT (start, pdu_id) DO NOTHING
        """
    case reopen = """
        UPDATE pdu_status
        SET quarter_start = NULL, quarter_polls = 0, quarter_failures = 0, quarter_worst_reason = NULL,
            quarter_answers = 0, quarter_latency_sum_milliseconds = 0, quarter_latency_maximum_milliseconds = NULL
        WHERE quarter_start < $1
        """
    case forget = "DELETE FROM poll_quarter WHERE start < $1"
    case worst = "SELECT quarter_worst_reason FROM pdu_status WHERE pdu_id = $1"
    case over = """
        SELECT polls, failures, worst_reason, answers, latency_sum_milliseconds, latency_maximum_milliseconds
        FROM poll_quarter
        WHERE start = $1 AND pdu_id = $2
        """
    case current = """
        SELECT quarter_polls, quarter_failures, quarter_worst_reason, quarter_answers,
            quarter_latency_sum_milliseconds, quarter_latency_maximum_milliseconds, quarter_start
        FROM pdu_status
        WHERE pdu_id = $1
        """
}

/// How reading one PDU went in a quarter of an hour.
package struct PollQuarter: Hashable, Sendable {
    /// Seconds in one.
    package static let seconds: Int64 = 900
    /// How long they are kept, in seconds.
    static let kept: Int64 = 8 * 86_400

    /// A multiple of 900 seconds.
    package var start: UnixTime
    /// Attempts in all; 0 where nobody tried.
    package var polls: Int64 = 0
    /// Those of them that failed.
    package var failures: Int64 = 0
    /// Of the failures, the one that most needs somebody to act; absent where there was none.
    package var worst: FailureReason?
    /// Milliseconds from the first request to the last answer, of the average attempt that was answered; absent where
    /// none was.
    package var meanLatency: Int64?
    /// The same, of the slowest.
    package var longestLatency: Int64?

    /// Nothing known of the quarter that begins at `start`.
    package init(start: UnixTime) {
        self.start = start
    }
}

extension PollQuarter {
    /// Moves what is over by the run of `minute` out of the rows of PDUs, and forgets what is old.
    static func close(at minute: UnixTime, in database: Connection) throws {
        let quarter = minute.floored(to: seconds)
        try database.statement(PollQuarterSQL.close).run(.time(quarter))
        try database.statement(PollQuarterSQL.reopen).run(.time(quarter))
        try database.statement(PollQuarterSQL.forget).run(.time(minute - kept))
    }

    /// Of `reason` and the worst of the quarter at hand of `pdu`, the one that more needs somebody to act.
    static func worse(
        _ reason: FailureReason,
        ofPDU pdu: Int64,
        in database: Connection
    ) throws -> FailureReason {
        let before = try database.statement(PollQuarterSQL.worst).first(.int(pdu)) { row in
            row.optionalText(0).flatMap(FailureReason.init)
        }
        guard let before = before ?? nil else { return reason }
        return before.urgency >= reason.urgency ? before : reason
    }

    /// The quarter in the first six columns of a row.
    fileprivate init(start: UnixTime, _ row: borrowing Row) {
        self.start = start
        polls = row.int(0)
        failures = row.int(1)
        worst = row.optionalText(2).flatMap(FailureReason.init)
        let answers = row.int(3)
        if answers > 0 { meanLatency = (row.int(4) + answers / 2) / answers }
        longestLatency = row.optionalInt(5)
    }
}

extension HistoryReader {
    package func polls(of pduID: Int64, from start: UnixTime, count: Int) throws -> [PollQuarter] {
        try query { database in
            let over = try database.statement(PollQuarterSQL.over)
            var quarters = try (0..<count).map { index in
                let time = start + Int64(index) * PollQuarter.seconds
                let found = try over.first(.time(time), .int(pduID)) { row in PollQuarter(start: time, row) }
                return found ?? PollQuarter(start: time)
            }
            let current = try database.statement(PollQuarterSQL.current).first(.int(pduID)) { row in
                row.optionalTime(6).map { PollQuarter(start: $0, row) }
            }
            if let current = current ?? nil,
                let place = quarters.firstIndex(where: { $0.start == current.start })
            {
                quarters[place] = current
            }
            return quarters
        }
    }
}

extension FailureReason {
    /// How much it needs somebody to act: what a configuration must mend more than what passes by itself.
    fileprivate var urgency: Int {
        switch self {
        case .deadline: 0
        case .timeout: 1
        case .unreachable: 2
        case .badResponse: 3
        case .notInTimeWindow: 4
        case .unsupportedDevice: 5
        case .unsupportedSecurityLevel: 6
        case .wrongPrivacyPassphrase: 7
        case .wrongAuthPassphrase: 8
        case .unknownUser: 9
        }
    }
}
