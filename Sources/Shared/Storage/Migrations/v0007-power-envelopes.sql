-- Between which bounds an element's power was in each quarter of an hour of the days that are packed, a row for each
-- month: by adding these up, the few quarters that can hold the extreme of a sum over any choice of elements are found
-- without reading the minutes of all others.
CREATE TABLE power_envelope (
    element_id INTEGER NOT NULL REFERENCES element (id),
    -- The first moment of the month, in UTC.
    month_start INTEGER NOT NULL,
    -- What Storage/PowerEnvelope.swift writes, for one day after the other.
    days BLOB NOT NULL,
    PRIMARY KEY (element_id, month_start)
) STRICT, WITHOUT ROWID;

-- Days that were packed before there were envelopes get theirs little by little, the newest first: days from this time on
-- have them; NULL when all have.
ALTER TABLE history ADD COLUMN enveloped_from INTEGER;
-- Of the month before that, elements up to this one have theirs, too.
ALTER TABLE history ADD COLUMN enveloped_element INTEGER NOT NULL DEFAULT 0;
UPDATE history SET enveloped_from = (SELECT max(start) / 86400 * 86400 + 86400 FROM reading_block);
