-- The history of what PDUs measured. Times are seconds since 1970 UTC; quantities are whole numbers of the unit
-- in the column's name; NULL is "not known", never zero.

-- One row: what holds for the whole file.
CREATE TABLE history (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- The IANA time zone whose hours, days and months the rollups are of.
    zone TEXT NOT NULL,
    -- Grows with every change to what can be read here.
    data_version INTEGER NOT NULL,
    -- Rollups of buckets that end by then cannot be computed again, since retention deleted some of their
    -- readings; NULL when none were deleted.
    rebuildable_from INTEGER
) STRICT;

CREATE TABLE pdu (
    -- Small enough to share a range with no other element (see below).
    id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 999999),
    -- Its identity in the configuration.
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- As the configuration writes it, perhaps with a port.
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    is_configured INTEGER NOT NULL CHECK (is_configured IN (0, 1)),
    profile TEXT,
    vendor TEXT,
    model TEXT,
    serial TEXT,
    firmware TEXT,
    device_name TEXT
) STRICT;

-- What changes every minute, apart from what rarely does.
CREATE TABLE pdu_status (
    pdu_id INTEGER PRIMARY KEY REFERENCES pdu (id),
    last_attempt_at INTEGER NOT NULL,
    -- The minute of the newest readings; NULL before the first.
    last_read_at INTEGER,
    latency_milliseconds INTEGER,
    -- Why the last attempt failed; NULL when it did not.
    failure TEXT,
    failure_detail TEXT
) STRICT;

-- The whole unit is an element with its PDU's own id, and the parts count from 1000000: what all whole units
-- read in one minute lies together, and is found without looking at a single outlet.
CREATE TABLE element (
    id INTEGER PRIMARY KEY,
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    kind TEXT NOT NULL CHECK (kind IN ('pdu', 'phase', 'bank', 'outlet')),
    number INTEGER NOT NULL,
    UNIQUE (pdu_id, kind, number),
    CHECK (CASE kind WHEN 'pdu' THEN id = pdu_id AND number = 0 ELSE id >= 1000000 END)
) STRICT;

-- What a device says of an element that is not a measurement, from the reading at which it began to say so: the
-- row at an outlet's new state is also when it was switched.
CREATE TABLE element_version (
    element_id INTEGER NOT NULL REFERENCES element (id),
    valid_from INTEGER NOT NULL,
    name TEXT,
    rated_milliamps INTEGER,
    energy_resolution_milliwatt_hours INTEGER,
    -- When the energy counter was last reset, in the device's own words.
    energy_since TEXT,
    power_is_estimate INTEGER NOT NULL CHECK (power_is_estimate IN (0, 1)),
    -- NULL where nothing can be switched.
    state TEXT CHECK (state IN ('on', 'off', 'unknown')),
    PRIMARY KEY (element_id, valid_from)
) STRICT, WITHOUT ROWID;

-- One run of the poller. Every reading carries the minute of its run.
CREATE TABLE run (
    minute INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    duration_milliseconds INTEGER NOT NULL,
    interval_seconds INTEGER NOT NULL,
    -- The ledger's rule at that time, so that a rebuild comes out the same.
    maximum_gap_seconds INTEGER NOT NULL,
    pdus_read INTEGER NOT NULL,
    pdus_failed INTEGER NOT NULL
) STRICT;

-- Lets the views below find a range of times that is written as text. (Not a generated column: with those, SQLite
-- 3.40 cannot VACUUM INTO from a read-only connection.)
CREATE INDEX run_by_timestamp ON run (strftime('%Y-%m-%dT%H:%M:%SZ', minute, 'unixepoch'));

CREATE TABLE failed_poll (
    minute INTEGER NOT NULL REFERENCES run (minute),
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    reason TEXT NOT NULL,
    PRIMARY KEY (minute, pdu_id)
) STRICT, WITHOUT ROWID;

-- Time comes first, so that a run appends to the end of the tree instead of touching a page for every element;
-- the minutes of one element are found by their times, which are those of `run`.
CREATE TABLE reading (
    time INTEGER NOT NULL,
    element_id INTEGER NOT NULL REFERENCES element (id),
    power_milliwatts INTEGER,
    energy_milliwatt_hours INTEGER,
    current_milliamps INTEGER,
    voltage_millivolts INTEGER,
    apparent_power_millivoltamps INTEGER,
    power_factor_thousandths INTEGER,
    PRIMARY KEY (time, element_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sensor (
    id INTEGER PRIMARY KEY,
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    number INTEGER NOT NULL,
    name TEXT,
    UNIQUE (pdu_id, number)
) STRICT;

CREATE TABLE sensor_reading (
    time INTEGER NOT NULL,
    sensor_id INTEGER NOT NULL REFERENCES sensor (id),
    temperature_millidegrees INTEGER,
    humidity_thousandths INTEGER,
    PRIMARY KEY (time, sensor_id)
) STRICT, WITHOUT ROWID;

-- What the ledger remembers of an element from one reading to the next.
CREATE TABLE meter_state (
    element_id INTEGER PRIMARY KEY REFERENCES element (id),
    last_at INTEGER NOT NULL,
    entered_until INTEGER NOT NULL,
    last_power_milliwatts INTEGER,
    last_power_at INTEGER,
    counter_at INTEGER,
    counter_milliwatt_hours INTEGER,
    counter_since TEXT,
    epoch_start_milliwatt_hours INTEGER,
    epoch_millijoules INTEGER
) STRICT;

-- The same, as it was before the element's first reading of a month: where a rebuild can begin once the readings
-- before that month are deleted.
CREATE TABLE meter_checkpoint (
    element_id INTEGER NOT NULL REFERENCES element (id),
    month_start INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    entered_until INTEGER NOT NULL,
    last_power_milliwatts INTEGER,
    last_power_at INTEGER,
    counter_at INTEGER,
    counter_milliwatt_hours INTEGER,
    counter_since TEXT,
    epoch_start_milliwatt_hours INTEGER,
    epoch_millijoules INTEGER,
    PRIMARY KEY (element_id, month_start)
) STRICT, WITHOUT ROWID;

-- Half-open spans [start, end) of the site's calendar.
CREATE TABLE bucket (
    id INTEGER PRIMARY KEY,
    period TEXT NOT NULL CHECK (period IN ('hourly', 'daily', 'monthly')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL CHECK ("end" > start),
    UNIQUE (period, start)
) STRICT;

CREATE INDEX bucket_by_text ON bucket (period, strftime('%Y-%m-%dT%H:%M:%SZ', start, 'unixepoch'));

-- What is known of one element in one bucket.
CREATE TABLE rollup (
    bucket_id INTEGER NOT NULL REFERENCES bucket (id),
    element_id INTEGER NOT NULL REFERENCES element (id),
    readings INTEGER NOT NULL,
    power_sum_milliwatts INTEGER NOT NULL,
    covered_seconds INTEGER NOT NULL,
    power_integral_millijoules INTEGER NOT NULL,
    interpolated_seconds INTEGER NOT NULL,
    counted_millijoules INTEGER,
    integrated_millijoules INTEGER,
    interpolated_millijoules INTEGER,
    minimum_milliwatts INTEGER,
    minimum_at INTEGER,
    maximum_milliwatts INTEGER,
    maximum_at INTEGER,
    PRIMARY KEY (bucket_id, element_id)
) STRICT, WITHOUT ROWID;

-- What is known of all PDUs together in one bucket: the sums of their rollups, but for the extremes, which are
-- of the sum over PDUs in one minute.
CREATE TABLE site_rollup (
    bucket_id INTEGER PRIMARY KEY REFERENCES bucket (id),
    readings INTEGER NOT NULL,
    power_sum_milliwatts INTEGER NOT NULL,
    covered_seconds INTEGER NOT NULL,
    power_integral_millijoules INTEGER NOT NULL,
    interpolated_seconds INTEGER NOT NULL,
    counted_millijoules INTEGER,
    integrated_millijoules INTEGER,
    interpolated_millijoules INTEGER,
    minimum_milliwatts INTEGER,
    minimum_at INTEGER,
    maximum_milliwatts INTEGER,
    maximum_at INTEGER,
    -- How many PDUs were summed for the minimum: a sum over fewer is never the lowest.
    members INTEGER NOT NULL
) STRICT;

-- SNMPv3 engines as they were last met, so that the next run needs no discovery.
CREATE TABLE snmp_engine (
    address TEXT PRIMARY KEY,
    engine_id BLOB NOT NULL,
    boots INTEGER NOT NULL,
    time INTEGER NOT NULL,
    observed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened, for people to read.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    pdu_id INTEGER REFERENCES pdu (id),
    element_id INTEGER REFERENCES element (id),
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

-- The three names that anybody may query with sqlite3, for ever.

CREATE VIEW pdus AS
SELECT
    id,
    name,
    CASE
        WHEN address LIKE '[%' THEN substr(address, 2, instr(address, ']') - 2)
        WHEN length(address) - length(replace(address, ':', '')) = 1
            THEN substr(address, 1, instr(address, ':') - 1)
        ELSE address
    END AS ip_address,
    strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch') AS created_at
FROM pdu;

CREATE VIEW power_readings AS
SELECT
    run.minute * 1000000 + reading.element_id AS id,
    reading.element_id AS pdu_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', run.minute, 'unixepoch') AS timestamp,
    reading.power_milliwatts / 1000.0 AS power_watts,
    reading.power_milliwatts / 1000000.0 AS power_kw
FROM run
CROSS JOIN reading ON reading.time = run.minute AND reading.element_id < 1000000;

CREATE VIEW power_aggregations AS
SELECT
    bucket.id * 1000000 + rollup.element_id AS id,
    rollup.element_id AS pdu_id,
    bucket.period AS period_type,
    strftime('%Y-%m-%dT%H:%M:%SZ', bucket.start, 'unixepoch') AS period_start,
    strftime('%Y-%m-%dT%H:%M:%SZ', bucket."end", 'unixepoch') AS period_end,
    CASE
        WHEN coalesce(counted_millijoules, integrated_millijoules, interpolated_millijoules) IS NOT NULL
            THEN (coalesce(counted_millijoules, 0) + coalesce(integrated_millijoules, 0)
                + coalesce(interpolated_millijoules, 0)) / 3600000000.0
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
        WHEN coalesce(counted_millijoules, integrated_millijoules, interpolated_millijoules) IS NOT NULL
            THEN (coalesce(counted_millijoules, 0) + coalesce(integrated_millijoules, 0)
                + coalesce(interpolated_millijoules, 0)) / 3600000000.0
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
