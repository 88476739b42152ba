-- The first schema of a worker's journal. What each call does with it stands in jobs/worker_journal.h.

PRAGMA application_id = 1112299338; -- "BLWJ"

CREATE TABLE worker_job (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    key             TEXT NOT NULL UNIQUE CHECK (length(key) = 32),
    owner           TEXT NOT NULL CHECK (owner <> ''),
    spec_digest     TEXT NOT NULL,
    spec            TEXT NOT NULL,
    phase           TEXT NOT NULL,
    progress        REAL NOT NULL,
    stage           TEXT NOT NULL,
    created         TEXT NOT NULL,
    started         TEXT NOT NULL,
    ended           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    cancel_wanted   INTEGER NOT NULL,
    result          TEXT NOT NULL,
    error_code      TEXT,
    error_message   TEXT,
    error_context   TEXT,
    last_event      INTEGER NOT NULL,
    released        INTEGER NOT NULL,
    device          TEXT NOT NULL,
    program_version TEXT NOT NULL,
    lease_until     TEXT NOT NULL
) STRICT;

-- The files of a job's parcels, in their order.
CREATE TABLE worker_file (
    job    INTEGER NOT NULL REFERENCES worker_job (id) ON DELETE CASCADE,
    output INTEGER NOT NULL CHECK (output IN (0, 1)),
    number INTEGER NOT NULL,
    name   TEXT NOT NULL,
    object TEXT NOT NULL CHECK (length(object) = 64),
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (job, output, number)
) STRICT, WITHOUT ROWID;

-- kept: 0 for an event that tells progress alone and goes when a newer one comes.
CREATE TABLE worker_event (
    job             INTEGER NOT NULL REFERENCES worker_job (id) ON DELETE CASCADE,
    sequence        INTEGER NOT NULL CHECK (sequence > 0),
    kept            INTEGER NOT NULL,
    phase           TEXT NOT NULL,
    progress        REAL NOT NULL,
    stage           TEXT NOT NULL,
    started         TEXT NOT NULL,
    device          TEXT NOT NULL,
    program_version TEXT NOT NULL,
    PRIMARY KEY (job, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE worker_point (
    key      INTEGER PRIMARY KEY,
    job      INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    name     TEXT NOT NULL,
    step     REAL,
    value    REAL,
    FOREIGN KEY (job, sequence) REFERENCES worker_event (job, sequence) ON DELETE CASCADE
) STRICT;
CREATE INDEX worker_point_by_event ON worker_point (job, sequence, key);

CREATE TABLE worker_line (
    key      INTEGER PRIMARY KEY,
    job      INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    at       TEXT NOT NULL,
    text     TEXT NOT NULL,
    FOREIGN KEY (job, sequence) REFERENCES worker_event (job, sequence) ON DELETE CASCADE
) STRICT;
CREATE INDEX worker_line_by_event ON worker_line (job, sequence, key);
