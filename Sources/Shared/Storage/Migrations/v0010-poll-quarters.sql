-- How reading each PDU went, quarter of an hour by quarter of an hour: what tells a device that answers slowly, or now and
-- then not at all. `failed_poll` has every failure but no success, and `run` is forgotten within days.

-- A quarter that is over. Old ones are deleted after some days.
CREATE TABLE poll_quarter (
    -- A multiple of 900.
    start INTEGER NOT NULL,
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    -- Attempts in all, and those of them that failed.
    polls INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    -- Of the failures, the one that most needs somebody to act; NULL where there was none.
    worst_reason TEXT,
    -- Of those attempts that were answered.
    answers INTEGER NOT NULL,
    latency_sum_milliseconds INTEGER NOT NULL,
    latency_maximum_milliseconds INTEGER,
    PRIMARY KEY (start, pdu_id)
) STRICT, WITHOUT ROWID;

-- The quarter at hand lies where a run writes anyway; the first run of another quarter moves it.
ALTER TABLE pdu_status ADD COLUMN quarter_start INTEGER;
ALTER TABLE pdu_status ADD COLUMN quarter_polls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pdu_status ADD COLUMN quarter_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pdu_status ADD COLUMN quarter_worst_reason TEXT;
ALTER TABLE pdu_status ADD COLUMN quarter_answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pdu_status ADD COLUMN quarter_latency_sum_milliseconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pdu_status ADD COLUMN quarter_latency_maximum_milliseconds INTEGER;
