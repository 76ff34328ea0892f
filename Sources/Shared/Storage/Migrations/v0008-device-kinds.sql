-- What the plans of devices of one kind have in common, once for all of them. Plans of the form before this are not
-- read any more: each device is read in full once, and has a new one.

CREATE TABLE device_kind (
    key INTEGER PRIMARY KEY,
    kind BLOB NOT NULL
) STRICT;

DROP TABLE device_plan;

CREATE TABLE device_plan (
    pdu_id INTEGER PRIMARY KEY REFERENCES pdu (id),
    kind_key INTEGER NOT NULL REFERENCES device_kind (key),
    plan BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX device_plan_by_kind ON device_plan (kind_key);
