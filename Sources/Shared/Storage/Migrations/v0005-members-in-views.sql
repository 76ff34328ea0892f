-- The view of the accounts says of how many PDUs a sum is, and of how much of the time: a sum that lacks a PDU must not
-- look like a whole one. Seconds of a sum are those of its members added up.

DROP VIEW power_aggregations;
CREATE VIEW power_aggregations AS
SELECT
    bucket.id * 1000000 + rollup.element_id AS id,
    rollup.element_id AS pdu_id,
    bucket.period AS period_type,
    strftime('%Y-%m-%dT%H:%M:%SZ', bucket.start, 'unixepoch') AS period_start,
    strftime('%Y-%m-%dT%H:%M:%SZ', bucket."end", 'unixepoch') AS period_end,
    CASE
        WHEN coalesce(counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules)
            IS NOT NULL
            THEN (coalesce(counted_millijoules, 0) + coalesce(integrated_millijoules, 0)
                + coalesce(interpolated_millijoules, 0) + coalesce(corrected_millijoules, 0)) / 3600000000.0
    END AS total_kwh,
    CASE
        WHEN covered_seconds > 0 THEN power_integral_millijoules / 1000.0 / covered_seconds
        WHEN readings > 0 THEN power_sum_milliwatts / 1000.0 / readings
    END AS avg_power_watts,
    maximum_milliwatts / 1000.0 AS max_power_watts,
    minimum_milliwatts / 1000.0 AS min_power_watts,
    covered_seconds AS seconds_covered,
    interpolated_seconds AS seconds_interpolated,
    1 AS members_covered
FROM bucket
CROSS JOIN rollup ON rollup.bucket_id = bucket.id AND rollup.element_id < 1000000
UNION ALL
SELECT
    bucket.id * 1000000,
    NULL,
    bucket.period,
    strftime('%Y-%m-%dT%H:%M:%SZ', bucket.start, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', bucket."end", 'unixepoch'),
    CASE
        WHEN coalesce(counted_millijoules, integrated_millijoules, interpolated_millijoules, corrected_millijoules)
            IS NOT NULL
            THEN (coalesce(counted_millijoules, 0) + coalesce(integrated_millijoules, 0)
                + coalesce(interpolated_millijoules, 0) + coalesce(corrected_millijoules, 0)) / 3600000000.0
    END,
    (
        SELECT sum(
            CASE
                WHEN member.covered_seconds > 0
                    THEN member.power_integral_millijoules / 1000.0 / member.covered_seconds
                WHEN member.readings > 0 THEN member.power_sum_milliwatts / 1000.0 / member.readings
            END
        )
        FROM rollup AS member
        WHERE member.bucket_id = bucket.id AND member.element_id < 1000000
    ),
    maximum_milliwatts / 1000.0,
    minimum_milliwatts / 1000.0,
    covered_seconds,
    interpolated_seconds,
    (
        SELECT count(*)
        FROM rollup AS member
        WHERE member.bucket_id = bucket.id AND member.element_id < 1000000
    )
FROM bucket
CROSS JOIN site_rollup ON site_rollup.bucket_id = bucket.id;
