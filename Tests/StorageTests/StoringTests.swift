import Basics
import Energy
import Foundation
import Metering
import Testing

@testable import Storage

@Suite("Storing a run")
struct StoringTests {
    @Test("puts an hour at 1 kW into the contract's views as 1 kWh")
    func contractViews() throws {
        let history = try TemporaryHistory()
        let writer = try history.writer()

        for minute in 0...60 {
            _ = try writer.store(.sample(at: monday + Int64(minute) * 60), policy: minutePolicy)
        }

        #expect(try history.rows("SELECT * FROM pdus") == ["1|left|192.0.2.1|2026-03-02T00:00:00Z"])
        #expect(
            try history.value("SELECT * FROM power_readings WHERE pdu_id = 1 ORDER BY timestamp LIMIT 1")
                == "1772409600000001|1|2026-03-02T00:00:00Z|1000.0|1.0"
        )
        #expect(
            try history.rows(
                """
                SELECT pdu_id, period_type, period_start, period_end, total_kwh, avg_power_watts,
                    max_power_watts, min_power_watts
                FROM power_aggregations WHERE period_start = '2026-03-02T00:00:00Z' ORDER BY pdu_id
                """
            ) == [
                "|hourly|2026-03-02T00:00:00Z|2026-03-02T01:00:00Z|1.0|1000.0|1000.0|1000.0",
                "|daily|2026-03-02T00:00:00Z|2026-03-03T00:00:00Z|1.0|1000.0|1000.0|1000.0",
                "1|hourly|2026-03-02T00:00:00Z|2026-03-02T01:00:00Z|1.0|1000.0|1000.0|1000.0",
                "1|daily|2026-03-02T00:00:00Z|2026-03-03T00:00:00Z|1.0|1000.0|1000.0|1000.0",
            ]
        )
    }
}
