-- The journal's tables. Times are milliseconds since 1970 in UTC. Lists are JSON arrays as text.
-- PostgreSQL: INTEGER is BIGINT, BLOB is BYTEA, without STRICT, WITHOUT ROWID and the PRAGMA.

-- "nljr": whose file it is. Any other SQLite database is left alone.
PRAGMA application_id = 1852598898;

-- One act of delivering an issue.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    issue TEXT NOT NULL,
    key TEXT NOT NULL, -- the fingerprint of the key: another one would change links and Message-IDs
    date INTEGER NOT NULL, -- the Date of every message
    finished INTEGER
) STRICT;

-- An issue has one unfinished run at most: a second one would mail its readers twice.
CREATE UNIQUE INDEX runs_unfinished ON runs (issue) WHERE finished IS NULL;

-- What a run is sent with: the files as they were when it began, and again whenever somebody
-- accepted their changes for those who were still to be served.
CREATE TABLE generations (
    run INTEGER NOT NULL REFERENCES runs (id),
    generation INTEGER NOT NULL, -- from 1
    begun INTEGER NOT NULL,
    git_commit TEXT,
    issue TEXT NOT NULL, -- digests (SHA-256, hex): of the issue, its pictures and its files,
    theme TEXT NOT NULL, -- of how it looks,
    settings TEXT NOT NULL, -- of the settings that shape a message,
    list TEXT NOT NULL, -- and of the list
    edition INTEGER NOT NULL, -- the first of its programs; they end where the next one's begin
    columns TEXT NOT NULL, -- the names of the list's columns, for the values of its recipients
    PRIMARY KEY (run, generation)
) STRICT;

-- The message of each edition. They are counted through the run: an edition of a later generation
-- has a number of its own.
CREATE TABLE programs (
    run INTEGER NOT NULL REFERENCES runs (id),
    edition INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    slots TEXT NOT NULL,
    PRIMARY KEY (run, edition)
) STRICT;

-- Who gets it: written when the run is planned, and written over only for those who are still to be
-- served when a further generation begins. Each reader is there once: no index on the key enforces
-- that, as putting a million keys into one, in no order, takes longer than all the rest. The list is
-- searched for twins before.
CREATE TABLE recipients (
    run INTEGER NOT NULL,
    id INTEGER NOT NULL, -- in the order of the list
    key TEXT NOT NULL, -- what makes two addresses the same reader
    address TEXT NOT NULL,
    line INTEGER NOT NULL,
    fields TEXT NOT NULL, -- the values of the row
    edition INTEGER NOT NULL,
    PRIMARY KEY (run, id),
    FOREIGN KEY (run, edition) REFERENCES programs (run, edition)
) STRICT, WITHOUT ROWID;

-- What happened: appended, one row for all that one flush of the disk makes sure of, and never
-- changed. Everyone is pending until an event says otherwise. `changes` is a JSON array of
-- [first recipient, how many neighbours, state, reply, due], where the state is one of
--   0 pending     planned, nothing was sent
--   2 attempting  the last byte of the message may have left
--   3 accepted    the server took it
--   4 deferred    the server said: later; due says when
--   5 rejected    the server said: never
--   6 unknown     whether the server took it is not known
--   7             taken out of the run: suppressed since it was planned, or no longer on the list
-- 1, claimed, is never written: a process has it in hand and has sent nothing.
-- Whoever writes gives the next number: two that deliver at once cannot both go on.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    sent INTEGER NOT NULL, -- how many of the changes are answers to a message
    changes TEXT NOT NULL
) STRICT;

CREATE INDEX events_of_run ON events (run);

-- Who is on the list and is not written to, and was never in the run.
CREATE TABLE suppressed (
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    address TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
