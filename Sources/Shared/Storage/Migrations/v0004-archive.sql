-- Readings that retention took out of here are in files beside the database, one for each month in UTC.
CREATE TABLE archive (
    -- `YYYY-MM`.
    month TEXT PRIMARY KEY,
    -- How much of the file is known to be sound; what follows was being written when the power went.
    bytes INTEGER NOT NULL,
    -- The CRC-32 of those bytes.
    checksum INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    -- Every reading of the month before this time is in the file, and no longer here.
    archived_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
