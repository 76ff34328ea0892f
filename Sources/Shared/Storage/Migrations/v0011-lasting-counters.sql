-- What counts up for ever: measuring instruments take a counter that falls for one that began again, and add all of it
-- once more.

-- By how much the counter of an element is ahead of its accounts, since those were worked out again (a correction, a
-- rebuild) after somebody had seen them; no row where they agree.
CREATE TABLE energy_offset (
    element_id INTEGER PRIMARY KEY REFERENCES element (id),
    millijoules INTEGER NOT NULL
) STRICT;

-- How often reading a PDU failed, and why; `failed_poll` forgets.
CREATE TABLE poll_error (
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    reason TEXT NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (pdu_id, reason)
) STRICT, WITHOUT ROWID;

INSERT INTO poll_error (pdu_id, reason, failures)
SELECT pdu_id, reason, count(*) FROM failed_poll GROUP BY pdu_id, reason;

-- Resets of energy counters are few among events.
CREATE INDEX event_counter_reset ON event (pdu_id, element_id) WHERE kind = 'counter_reset';
