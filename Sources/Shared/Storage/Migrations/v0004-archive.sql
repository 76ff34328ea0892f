-- Readings that retention took out of here are in files beside the database, one for each month in UTC.
CREATE TABLE archive (
    -- `YYYY-MM`.
    month TEXT PRIMARY KEY,
    -- How much of the file is known to be sound; what follows was being written when the power went.
    bytes INTEGER NOT NULL,
    -- The CRC-32 of those bytes.
    checksum INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    -- The time of the last of them; NULL while there are none.
    newest INTEGER,
    -- Every reading of the month before this time is in the file, and is deleted here, or soon will be.
    archived_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where reading a file can begin, so that a day is found without all the days before it.
CREATE TABLE archive_member (
    month TEXT NOT NULL REFERENCES archive (month) ON DELETE CASCADE,
    -- The time of its first reading.
    start INTEGER NOT NULL,
    -- Where in the file it begins.
    position INTEGER NOT NULL,
    PRIMARY KEY (month, start)
) STRICT, WITHOUT ROWID;

-- Readings before this time were deleted and are in no file; NULL when there were none such. (`rebuildable_from` says
-- the same of the database alone.)
ALTER TABLE history ADD COLUMN lost_until INTEGER;
UPDATE history SET lost_until = rebuildable_from;
