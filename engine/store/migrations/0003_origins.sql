-- From where on the net a spectrum came.

CREATE TABLE spectrum_origin (
    address  TEXT NOT NULL CHECK (address <> ''),
    spectrum INTEGER NOT NULL REFERENCES spectrum (key),
    source   TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    PRIMARY KEY (address, spectrum)
) STRICT, WITHOUT ROWID;
CREATE INDEX spectrum_origin_by_spectrum ON spectrum_origin (spectrum);
