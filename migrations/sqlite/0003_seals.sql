-- What tells whether a run is still what was written. A seal is the first eight bytes of a SHA-256.

-- Of an event: chained to the seal of the event before it in the same run. Events up to the number
-- in `unsealed` are from before this table and have none.
ALTER TABLE events ADD COLUMN seal INTEGER;
ALTER TABLE identity ADD COLUMN unsealed INTEGER NOT NULL DEFAULT 0;
UPDATE identity SET unsealed = (SELECT COALESCE(MAX(seq), 0) FROM events);

-- Of the rest of a run, and the words by which its issue is known when its file has another name.
CREATE TABLE seals (
    run INTEGER PRIMARY KEY REFERENCES runs (id),
    title TEXT NOT NULL,
    number INTEGER,
    send_at TEXT,
    facts INTEGER NOT NULL,      -- of its row, of its generations, and of the words above
    programs INTEGER NOT NULL,   -- of its messages and their number
    recipients INTEGER NOT NULL  -- of its recipients and their number
) STRICT;
