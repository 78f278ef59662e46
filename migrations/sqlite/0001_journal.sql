-- The journal's tables. Times are milliseconds since 1970 in UTC. Lists are JSON arrays as text.
-- PostgreSQL: INTEGER is BIGINT, BLOB is BYTEA, without STRICT, WITHOUT ROWID and the PRAGMA.

-- "nljr": whose file it is. Any other SQLite database is left alone.
PRAGMA application_id = 1852598898;

-- One act of delivering an issue.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    issue TEXT NOT NULL,
    digest TEXT NOT NULL, -- of the issue, its theme and its settings: SHA-256, hex
    git_commit TEXT,
    key TEXT NOT NULL, -- the fingerprint of the key: another one would change links and Message-IDs
    date INTEGER NOT NULL, -- the Date of every message
    finished INTEGER,
    columns TEXT NOT NULL -- the names of the list's columns, for the values of its recipients
) STRICT;

-- An issue has one unfinished run at most: a second one would mail its readers twice.
CREATE UNIQUE INDEX runs_unfinished ON runs (issue) WHERE finished IS NULL;

-- The message of each edition, as it was when the run began.
CREATE TABLE programs (
    run INTEGER NOT NULL REFERENCES runs (id),
    edition INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    slots TEXT NOT NULL,
    PRIMARY KEY (run, edition)
) STRICT;

-- Who gets it. The state is one of
--   0 pending     planned, nothing was sent
--   1 claimed     handed to a process, nothing was sent
--   2 attempting  the last byte of the message may have left
--   3 accepted    the server took it
--   4 deferred    the server said: later; due says when
--   5 rejected    the server said: never
--   6 unknown     whether the server took it is not known
-- by way of
--   0, 4 -> 1            claim
--   1 -> 0, 2, 4, 5      record
--   2 -> 0, 3, 4, 5, 6   record
--   1 -> 0, 2 -> 6       recover, after a crash
--   6 -> 0               resend, when a person says so
CREATE TABLE recipients (
    run INTEGER NOT NULL,
    id INTEGER NOT NULL, -- in the order of the list
    key TEXT NOT NULL, -- what makes two addresses the same reader
    address TEXT NOT NULL,
    line INTEGER NOT NULL,
    fields TEXT NOT NULL, -- the values of the row
    edition INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6),
    wanted INTEGER NOT NULL DEFAULT 1 CHECK (wanted BETWEEN 0 AND 1), -- whether claim hands it out
    attempts INTEGER NOT NULL DEFAULT 0,
    reply TEXT NOT NULL DEFAULT '',
    due INTEGER,
    PRIMARY KEY (run, id),
    UNIQUE (run, key),
    FOREIGN KEY (run, edition) REFERENCES programs (run, edition),
    CHECK ((state = 4) = (due IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What claim looks through. It holds only the recipients that can be claimed, and every other
-- condition of claim comes before the order that it wants: so no claim steps over those that were
-- claimed before it, and no planner prefers the primary key.
CREATE INDEX recipients_claimable ON recipients (run, wanted, state, due, id)
    WHERE state = 0 OR state = 4;

-- Who is on the list and is not written to.
CREATE TABLE suppressed (
    run INTEGER NOT NULL REFERENCES runs (id),
    address TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (run, address)
) STRICT, WITHOUT ROWID;
