-- Acts of which a part has been written: what is given by one is taken back, and what takes one back is
-- completed, when the process that writes it has ended.

CREATE TABLE label_act_open (
    act    INTEGER PRIMARY KEY,
    by     TEXT NOT NULL,
    giving INTEGER NOT NULL
) STRICT;
