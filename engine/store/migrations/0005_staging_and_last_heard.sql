-- Rows that are written in several short transactions and shown by one: staged_by names the process that
-- writes them, and is NULL once they count. Columns lie in pieces, so that none is one long write.

ALTER TABLE dataset ADD COLUMN staged_by TEXT;
ALTER TABLE dataset_column ADD COLUMN staged_by TEXT;
ALTER TABLE round ADD COLUMN staged_by TEXT;

CREATE TABLE column_piece (
    of_column INTEGER NOT NULL REFERENCES dataset_column (key) ON DELETE CASCADE,
    piece     INTEGER NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (of_column, piece)
) STRICT;

-- When the last event of a worker came.
ALTER TABLE job_remote ADD COLUMN last_heard TEXT NOT NULL DEFAULT '';
