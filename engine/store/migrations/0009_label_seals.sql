-- For each label event a digest of it and of the one before, so that a changed byte is found.

CREATE TABLE label_seal (
    event  INTEGER PRIMARY KEY,
    digest TEXT NOT NULL
) STRICT;

-- Rows of a dataset lie in the order of their ids; in those that are there, in the order of the import.
UPDATE job SET parameters = json_set(parameters, '$.order', 'import')
WHERE kind = 'preprocess' AND json_valid(parameters) AND json_extract(parameters, '$.order') IS NULL;
