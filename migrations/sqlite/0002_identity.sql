-- Which journal this is, and where it was last sent from.
-- PostgreSQL: `gen_random_uuid()` in place of `randomblob`.
CREATE TABLE identity (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL, -- random; `newsletter.lock` names it
    home TEXT NOT NULL, -- the state folder at the last send, as JSON; empty before the first one
    suppressions INTEGER NOT NULL -- how many were suppressed when this table was made
) STRICT;

-- A journal from before this table knows the suppressed of its newest run.
INSERT INTO identity (only_row, id, home, suppressions)
SELECT 1, lower(hex(randomblob(16))), '', COUNT(*) FROM suppressed
WHERE run = (SELECT MAX(id) FROM runs) AND reason NOT LIKE 'left the segment%'
    AND reason <> '';
