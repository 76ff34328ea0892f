-- What people set in the page: groups, labels, notes, colours. Apart from the history, which another user writes and
-- which nothing here may disturb.

-- One row: what holds for the whole file.
CREATE TABLE settings (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- Grows with every change.
    revision INTEGER NOT NULL
) STRICT;

INSERT INTO settings (only_row, revision) VALUES (1, 0);

-- A number is never given to another group: it stands in addresses that people keep.
CREATE TABLE element_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    colour TEXT CHECK (colour GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    description TEXT
) STRICT;

-- The elements are those of the history, which is another file.
CREATE TABLE group_member (
    group_id INTEGER NOT NULL REFERENCES element_group (id) ON DELETE CASCADE,
    element_id INTEGER NOT NULL,
    PRIMARY KEY (group_id, element_id)
) STRICT, WITHOUT ROWID;

-- What people say of an element; the device's own name stays in the history.
CREATE TABLE element_label (
    element_id INTEGER PRIMARY KEY,
    label TEXT,
    note TEXT,
    colour TEXT CHECK (colour GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    CHECK (label IS NOT NULL OR note IS NOT NULL OR colour IS NOT NULL)
) STRICT;
