// Counters that never fall. What an element used in all is the sum of its months, and the past can be worked out again:
// then the counter keeps what it showed, and goes on from there.

import Basics
import Energy
import SQLite

enum CounterSQL: String, StatementList {
    /// Every month's energy of every element.
    case months = """
        SELECT rollup.element_id,
            CASE
                WHEN coalesce(rollup.counted_millijoules, rollup.integrated_millijoules,
                    rollup.interpolated_millijoules, rollup.corrected_millijoules) IS NOT NULL
                    THEN coalesce(rollup.counted_millijoules, 0) + coalesce(rollup.integrated_millijoules, 0)
                        + coalesce(rollup.interpolated_millijoules, 0)
                        + coalesce(rollup.corrected_millijoules, 0)
            END
        FROM bucket
        CROSS JOIN rollup ON rollup.bucket_id = bucket.id
        WHERE bucket.period = 'monthly'
        """
    case offsets = "SELECT element_id, millijoules FROM energy_offset"
    case addOffset = """
        INSERT INTO energy_offset (element_id, millijoules) VALUES ($1, $2)
        ON CONFLICT (element_id) DO UPDATE SET millijoules = millijoules + excluded.millijoules
        """
    case deleteOffset = "DELETE FROM energy_offset WHERE element_id = $1 AND millijoules = 0"
    case countFailure = """
        INSERT INTO poll_error (pdu_id, reason, failures) VALUES ($1, $2, 1)
        ON CONFLICT (pdu_id, reason) DO UPDATE SET failures = failures + 1
        """
    case failures = "SELECT pdu_id, reason, failures FROM poll_error ORDER BY pdu_id, reason"
    case resets = """
        SELECT pdu_id, element_id, count(*)
        FROM event
        WHERE kind = 'counter_reset'
        GROUP BY pdu_id, element_id
        """
}

/// What elements used since they were first read, in thousandths of a watt-second.
enum LastingCounters {
    /// What the accounts in `database` hold of each element, by id; of `open`, what is not in rollups yet, by element.
    ///
    /// Nothing where nothing is known.
    static func accounted(in database: Connection, open: [Int64: Int64]) throws -> [Int64: Int64] {
        var totals = open
        try database.statement(CounterSQL.months).forEach { row in
            let element = row.int(0)
            // Not by a subscript with a default: Swift 6.0 dies of one that is used on a condition beside a row.
            if let energy = row.optionalInt(1) { totals[element] = (totals[element] ?? 0) + energy }
        }
        return totals
    }

    /// What counters show: `accounted`, and by how much they are ahead.
    static func shown(_ accounted: [Int64: Int64], in database: Connection) throws -> [Int64: Int64] {
        var totals = accounted
        try database.statement(CounterSQL.offsets).forEach { row in
            totals[row.int(0), default: 0] += row.int(1)
        }
        return totals
    }

    /// Runs `body`, which works the past out again within a transaction; counters show the same after it as before.
    static func keep<Answer>(in database: Connection, _ body: () throws -> Answer) throws -> Answer {
        let before = try accounted(in: database)
        let answer = try body()
        let after = try accounted(in: database)
        for element in Set(before.keys).union(after.keys) {
            let difference = (before[element] ?? 0) - (after[element] ?? 0)
            guard difference != 0 else { continue }
            try database.statement(CounterSQL.addOffset).run(.int(element), .int(difference))
            try database.statement(CounterSQL.deleteOffset).run(.int(element))
        }
        return answer
    }

    private static func accounted(in database: Connection) throws -> [Int64: Int64] {
        var open: [Int64: Int64] = [:]
        try OpenAccount.forEach(in: database) { account in
            for entry in account.entries {
                if let energy = entry.rollup?.energy.total { open[entry.element, default: 0] += energy }
            }
        }
        return try accounted(in: database, open: open)
    }
}
