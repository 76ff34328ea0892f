-- Minutes that are some hours old are packed: a row holds many readings of one element. `reading` keeps the newest.

CREATE TABLE reading_block (
    id INTEGER PRIMARY KEY,
    -- The time of the first slot.
    start INTEGER NOT NULL,
    element_id INTEGER NOT NULL REFERENCES element (id),
    -- Slots are this far apart, and no further apart than a day altogether.
    step_seconds INTEGER NOT NULL CHECK (step_seconds > 0),
    slots INTEGER NOT NULL CHECK (slots > 0 AND (slots - 1) * step_seconds < 86400),
    power_unit_milliwatts INTEGER NOT NULL CHECK (power_unit_milliwatts > 0),
    -- A JSON array with an entry for each slot: the difference to the power before it, of 0 before the first, in the
    -- unit above; null where there is no reading; false where there is one without a power. NULL where no reading
    -- of a part of a PDU has a power.
    power TEXT,
    -- Energy, current, voltage, apparent power and power factor, as Storage/PackedMeasurements.swift writes them; NULL where
    -- none of them was read.
    measurements BLOB,
    -- Whether it holds what its day, in UTC, has: then it is packed for good.
    is_day INTEGER NOT NULL CHECK (is_day IN (0, 1)),
    UNIQUE (element_id, start)
) STRICT;

CREATE INDEX reading_block_by_time ON reading_block (start, element_id);
CREATE INDEX reading_block_to_merge ON reading_block (start, element_id) WHERE is_day = 0;

-- The rules that runs followed, from the first run on that did: what a rebuild needs of a run once it is forgotten.
CREATE TABLE poll_rule (
    valid_from INTEGER PRIMARY KEY,
    interval_seconds INTEGER NOT NULL,
    maximum_gap_seconds INTEGER NOT NULL
) STRICT;

INSERT INTO poll_rule (valid_from, interval_seconds, maximum_gap_seconds)
SELECT minute, interval_seconds, maximum_gap_seconds
FROM (
    SELECT
        minute, interval_seconds, maximum_gap_seconds,
        lag(interval_seconds) OVER (ORDER BY minute) AS interval_before,
        lag(maximum_gap_seconds) OVER (ORDER BY minute) AS gap_before
    FROM run
)
WHERE interval_before IS NOT interval_seconds OR gap_before IS NOT maximum_gap_seconds;

-- Runs are forgotten sooner than failures.
CREATE TABLE failed_poll_2 (
    minute INTEGER NOT NULL,
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    reason TEXT NOT NULL,
    PRIMARY KEY (minute, pdu_id)
) STRICT, WITHOUT ROWID;
INSERT INTO failed_poll_2 SELECT minute, pdu_id, reason FROM failed_poll;
DROP TABLE failed_poll;
ALTER TABLE failed_poll_2 RENAME TO failed_poll;

DROP VIEW power_readings;
CREATE VIEW power_readings AS
SELECT
    run.minute * 1000000 + reading.element_id AS id,
    reading.element_id AS pdu_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', run.minute, 'unixepoch') AS timestamp,
    reading.power_milliwatts / 1000.0 AS power_watts,
    reading.power_milliwatts / 1000000.0 AS power_kw
FROM run
CROSS JOIN reading ON reading.time = run.minute AND reading.element_id < 1000000
UNION ALL
SELECT
    minute * 1000000 + element_id,
    element_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', minute, 'unixepoch'),
    power_milliwatts / 1000.0,
    power_milliwatts / 1000000.0
FROM (
    SELECT
        block.element_id AS element_id,
        block.start + item.key * block.step_seconds AS minute,
        item.type AS type,
        CASE item.type
            WHEN 'integer'
                THEN block.power_unit_milliwatts
                    * sum(item.value) OVER (PARTITION BY block.element_id, block.start ORDER BY item.key)
        END AS power_milliwatts
    FROM reading_block AS block
    CROSS JOIN json_each(block.power) AS item
    WHERE block.element_id < 1000000
)
WHERE type <> 'null';
