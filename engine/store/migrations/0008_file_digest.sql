-- The dataset's digest is of its rows; this one is of all bytes of its file.
ALTER TABLE dataset ADD COLUMN file_digest TEXT NOT NULL DEFAULT '';
