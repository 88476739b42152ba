-- Jobs that run on a worker: a row beside their row of job.

CREATE TABLE job_remote (
    job          INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
    worker       TEXT NOT NULL,
    remote_key   TEXT NOT NULL UNIQUE,
    last_event   INTEGER NOT NULL,
    abort_wanted INTEGER NOT NULL
) STRICT;
