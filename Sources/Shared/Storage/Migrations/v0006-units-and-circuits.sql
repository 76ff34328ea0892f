-- Devices that say more of their circuits, that answer for further units, and that are read by a plan.

-- The element's rated power, and the currents from which its device warns and calls it an overload.
ALTER TABLE element_version ADD COLUMN rated_milliwatts INTEGER;
ALTER TABLE element_version ADD COLUMN warning_milliamps INTEGER;
ALTER TABLE element_version ADD COLUMN critical_milliamps INTEGER;
-- The numbers of the bank and of the phase that feed it.
ALTER TABLE element_version ADD COLUMN bank_number INTEGER;
ALTER TABLE element_version ADD COLUMN phase_number INTEGER;

-- The PDU through whose address it is read, for a linked unit; NULL for what has an address of its own.
ALTER TABLE pdu ADD COLUMN host_id INTEGER REFERENCES pdu (id);
-- Its number behind that address.
ALTER TABLE pdu ADD COLUMN unit_number INTEGER;
-- Since when its host is read without it; NULL while it is there.
ALTER TABLE pdu ADD COLUMN missing_since INTEGER;
-- The key in the configuration, where a linked unit had that key first; NULL where `key` is it.
ALTER TABLE pdu ADD COLUMN configured_key TEXT;

CREATE UNIQUE INDEX pdu_by_host ON pdu (host_id, unit_number) WHERE host_id IS NOT NULL;
CREATE UNIQUE INDEX pdu_by_configured_key ON pdu (configured_key) WHERE configured_key IS NOT NULL;

-- What the poller has learned of how to read a device, compressed (RFC 1950): the next run need not ask again.
CREATE TABLE device_plan (
    pdu_id INTEGER PRIMARY KEY REFERENCES pdu (id),
    plan BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
