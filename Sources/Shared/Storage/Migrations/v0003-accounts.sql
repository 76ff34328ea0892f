-- Accounts that can be corrected and that notice more: replaced units, roll-overs, jumps that no circuit could have
-- drawn, counters and powers that disagree.

-- Energy that a person set in place of what was read.
ALTER TABLE rollup ADD COLUMN corrected_millijoules INTEGER;
ALTER TABLE site_rollup ADD COLUMN corrected_millijoules INTEGER;

-- What the ledger remembers, further.
-- The serial number of the unit whose counter it is.
ALTER TABLE meter_state ADD COLUMN counter_unit TEXT;
-- Since when the counter has shown its value.
ALTER TABLE meter_state ADD COLUMN counter_moved_at INTEGER;
-- A counter's jump that is withheld: when it was seen, what the counter has shown since, and the epoch's energy then.
ALTER TABLE meter_state ADD COLUMN withheld_at INTEGER;
ALTER TABLE meter_state ADD COLUMN withheld_milliwatt_hours INTEGER;
ALTER TABLE meter_state ADD COLUMN withheld_epoch_millijoules INTEGER;
-- The stretch over which counter and power are compared: its beginning by both, and what the last one said.
ALTER TABLE meter_state ADD COLUMN compared_from_milliwatt_hours INTEGER;
ALTER TABLE meter_state ADD COLUMN compared_millijoules INTEGER;
ALTER TABLE meter_state ADD COLUMN is_scale_suspect INTEGER NOT NULL DEFAULT 0 CHECK (is_scale_suspect IN (0, 1));
-- Whether the last power read was one that the circuit cannot carry.
ALTER TABLE meter_state ADD COLUMN is_power_withheld INTEGER NOT NULL DEFAULT 0 CHECK (is_power_withheld IN (0, 1));

-- The same, as it was before what was first entered of an element on a day or later, be it a reading or a correction:
-- any account of that day can begin there. The day comes first, so that midnight appends to the end of the tree.
CREATE TABLE meter_checkpoint_2 (
    day_start INTEGER NOT NULL,
    element_id INTEGER NOT NULL REFERENCES element (id),
    last_at INTEGER NOT NULL,
    entered_until INTEGER NOT NULL,
    last_power_milliwatts INTEGER,
    last_power_at INTEGER,
    counter_at INTEGER,
    counter_milliwatt_hours INTEGER,
    counter_since TEXT,
    epoch_start_milliwatt_hours INTEGER,
    epoch_millijoules INTEGER,
    counter_unit TEXT,
    counter_moved_at INTEGER,
    withheld_at INTEGER,
    withheld_milliwatt_hours INTEGER,
    withheld_epoch_millijoules INTEGER,
    compared_from_milliwatt_hours INTEGER,
    compared_millijoules INTEGER,
    is_scale_suspect INTEGER NOT NULL DEFAULT 0 CHECK (is_scale_suspect IN (0, 1)),
    is_power_withheld INTEGER NOT NULL DEFAULT 0 CHECK (is_power_withheld IN (0, 1)),
    PRIMARY KEY (day_start, element_id)
) STRICT, WITHOUT ROWID;
INSERT INTO meter_checkpoint_2 (day_start, element_id, last_at, entered_until, last_power_milliwatts, last_power_at,
    counter_at, counter_milliwatt_hours, counter_since, epoch_start_milliwatt_hours, epoch_millijoules)
SELECT
    month_start, element_id, last_at, entered_until, last_power_milliwatts, last_power_at, counter_at,
    counter_milliwatt_hours, counter_since, epoch_start_milliwatt_hours, epoch_millijoules
FROM meter_checkpoint;
DROP TABLE meter_checkpoint;
ALTER TABLE meter_checkpoint_2 RENAME TO meter_checkpoint;

-- The largest value that the counter shows before it begins again at 0.
ALTER TABLE element_version ADD COLUMN energy_maximum_milliwatt_hours INTEGER;
-- What the element's circuit can carry at the most.
ALTER TABLE element_version ADD COLUMN power_limit_milliwatts INTEGER;

-- Which unit was behind a PDU's name, from the reading at which it first said so.
CREATE TABLE pdu_unit (
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    valid_from INTEGER NOT NULL,
    serial TEXT NOT NULL,
    PRIMARY KEY (pdu_id, valid_from)
) STRICT, WITHOUT ROWID;

-- What people said about ranges of an element that were read wrongly. Nothing is deleted here, nor are the readings.
CREATE TABLE correction (
    id INTEGER PRIMARY KEY,
    element_id INTEGER NOT NULL REFERENCES element (id),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL CHECK ("end" > start),
    -- The energy to be counted for the range; NULL: what was read in it is taken for not read.
    energy_millijoules INTEGER,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    -- NULL while it holds.
    undone_at INTEGER,
    undone_by TEXT
) STRICT;

CREATE INDEX correction_by_element ON correction (element_id, start);

CREATE INDEX event_by_time ON event (at);
CREATE INDEX event_by_element ON event (element_id, at);
CREATE INDEX event_by_pdu ON event (pdu_id, at);

-- A sum over the zone's rules, so that a change of them is noticed; NULL until a run has written it.
ALTER TABLE history ADD COLUMN rules_checksum INTEGER;

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
    minimum_milliwatts / 1000.0 AS min_power_watts
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
    minimum_milliwatts / 1000.0
FROM bucket
CROSS JOIN site_rollup ON site_rollup.bucket_id = bucket.id;
