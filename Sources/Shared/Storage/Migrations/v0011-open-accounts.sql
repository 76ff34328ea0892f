-- A run writes one row for a PDU's parts where it wrote five for each of them: their readings of that minute together,
-- and together what is still open of their accounts. Old rows of parts in `reading` are packed as they always were.

-- What a run read of the parts of a PDU, until it is packed: Storage/PartReadings.swift says how.
CREATE TABLE part_reading (
    time INTEGER NOT NULL,
    pdu_id INTEGER NOT NULL REFERENCES pdu (id),
    readings BLOB NOT NULL,
    PRIMARY KEY (time, pdu_id)
) STRICT, WITHOUT ROWID;

-- What the ledger remembers of each element of a PDU from one reading to the next, and what its parts have in the hour
-- of the newest run, which goes into their rollups of that hour, its day and its month when a run of another hour comes:
-- Storage/OpenAccount.swift says how. (Rollups of whole units are right at every minute, for the views.)
CREATE TABLE open_account (
    pdu_id INTEGER PRIMARY KEY REFERENCES pdu (id),
    accounts BLOB NOT NULL
) STRICT;

-- What a PDU said of itself and its elements when it was last read, and the numbers of those elements: as long as it says
-- the same, a run need not look at `element` and `element_version`. Whoever changes those or a row of `pdu` deletes it.
CREATE TABLE pdu_card (
    pdu_id INTEGER PRIMARY KEY REFERENCES pdu (id),
    card BLOB NOT NULL
) STRICT;
