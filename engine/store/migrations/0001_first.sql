-- The first schema of a project. What each table is for stands in SCHEMA.md.

PRAGMA application_id = 1112296786; -- "BLMR"

CREATE TABLE collection (
    key  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE spectrum (
    key              INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE CHECK (id <> ''),
    collection       INTEGER NOT NULL REFERENCES collection (key),
    object           TEXT NOT NULL,
    ra               REAL,
    dec              REAL,
    observed         TEXT NOT NULL,
    mjd              REAL,
    snr              REAL,
    magnitude        REAL,
    redshift         REAL,
    survey           TEXT NOT NULL,
    survey_id        TEXT NOT NULL,
    spectral_class   TEXT NOT NULL,
    rule             TEXT NOT NULL,
    medium           TEXT NOT NULL CHECK (medium IN ('unknown', 'vacuum', 'air')),
    first_wavelength REAL,
    last_wavelength  REAL,
    samples          INTEGER NOT NULL,
    flux_unit        TEXT NOT NULL,
    file_path        TEXT NOT NULL,
    content_digest   TEXT NOT NULL CHECK (content_digest <> ''),
    part             INTEGER NOT NULL,
    dataset          TEXT NOT NULL,
    warnings         TEXT NOT NULL,
    imported_at      TEXT NOT NULL,
    UNIQUE (content_digest, part)
) STRICT;
CREATE INDEX spectrum_by_collection ON spectrum (collection);

CREATE TABLE spectrum_header (
    spectrum INTEGER PRIMARY KEY REFERENCES spectrum (key),
    cards    TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE spectrum_text USING fts5 (
    id, object, survey_id, header, content = '', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE spectrum_position USING rtree (key, ra_from, ra_to, dec_from, dec_to);

CREATE TABLE dataset (
    key              INTEGER PRIMARY KEY AUTOINCREMENT,
    name             TEXT NOT NULL UNIQUE CHECK (name <> ''),
    digest           TEXT NOT NULL,
    file             TEXT NOT NULL,
    rows             INTEGER NOT NULL,
    columns          INTEGER NOT NULL,
    first_wavelength REAL,
    last_wavelength  REAL,
    pipeline         TEXT NOT NULL,
    collection       TEXT NOT NULL,
    created          TEXT NOT NULL,
    job              INTEGER
) STRICT;
CREATE INDEX dataset_by_digest ON dataset (digest);

CREATE TABLE dataset_row (
    dataset  INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    row      INTEGER NOT NULL,
    spectrum TEXT NOT NULL,
    PRIMARY KEY (dataset, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_row_by_spectrum ON dataset_row (spectrum, dataset, row);

CREATE TABLE dataset_column (
    key        INTEGER PRIMARY KEY,
    dataset    INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    name       TEXT NOT NULL CHECK (name <> ''),
    version    INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('number', 'category')),
    categories TEXT NOT NULL,
    job        INTEGER,
    model      TEXT NOT NULL,
    created    TEXT NOT NULL,
    data       BLOB NOT NULL,
    UNIQUE (dataset, name, version)
) STRICT;

CREATE TABLE label_event (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    spectrum   TEXT NOT NULL CHECK (spectrum <> ''),
    kind       TEXT NOT NULL,
    class      TEXT NOT NULL,
    comment    TEXT NOT NULL,
    who        TEXT NOT NULL,
    at         TEXT NOT NULL,
    view       TEXT NOT NULL,
    model      TEXT NOT NULL,
    round      INTEGER,
    list       TEXT,
    supersedes INTEGER REFERENCES label_event (id)
) STRICT;
CREATE INDEX label_event_by_spectrum ON label_event (spectrum, id);

CREATE TRIGGER label_event_is_never_changed BEFORE UPDATE ON label_event
BEGIN
    SELECT RAISE (ABORT, 'label events are never changed');
END;
CREATE TRIGGER label_event_is_never_deleted BEFORE DELETE ON label_event
BEGIN
    SELECT RAISE (ABORT, 'label events are never deleted');
END;
CREATE TRIGGER label_event_is_never_replaced BEFORE INSERT ON label_event
WHEN EXISTS (SELECT 1 FROM label_event WHERE id = NEW.id)
BEGIN
    SELECT RAISE (ABORT, 'label events are never replaced');
END;

CREATE TABLE label_current (
    spectrum   TEXT PRIMARY KEY,
    class      TEXT NOT NULL,
    flags      TEXT NOT NULL,
    comment    TEXT NOT NULL,
    last_event INTEGER NOT NULL REFERENCES label_event (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_current_by_class ON label_current (class);

CREATE TABLE job (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL,
    label           TEXT NOT NULL,
    notes           TEXT NOT NULL,
    parameters      TEXT NOT NULL,
    inputs          TEXT NOT NULL,
    seed            INTEGER NOT NULL,
    parent          INTEGER,
    phase           TEXT NOT NULL,
    created         TEXT NOT NULL,
    started         TEXT NOT NULL,
    ended           TEXT NOT NULL,
    progress        REAL NOT NULL,
    stage           TEXT NOT NULL,
    error_code      TEXT,
    error_message   TEXT,
    error_context   TEXT,
    result          TEXT NOT NULL,
    place           TEXT NOT NULL,
    program_version TEXT NOT NULL,
    device          TEXT NOT NULL,
    process         TEXT NOT NULL,
    abort_requested INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX job_by_phase ON job (phase);

CREATE TABLE job_series (
    key   INTEGER PRIMARY KEY,
    job   INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    name  TEXT NOT NULL,
    step  REAL,
    value REAL
) STRICT;
CREATE INDEX job_series_by_job ON job_series (job);

CREATE TABLE job_log (
    key  INTEGER PRIMARY KEY,
    job  INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    at   TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX job_log_by_job ON job_log (job);

CREATE TABLE job_artefact (
    key        INTEGER PRIMARY KEY,
    job        INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    digest     TEXT NOT NULL,
    bytes      INTEGER NOT NULL
) STRICT;
CREATE INDEX job_artefact_by_job ON job_artefact (job);

CREATE TABLE round (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    number      INTEGER NOT NULL,
    dataset     TEXT NOT NULL,
    classes     TEXT NOT NULL,
    targets     TEXT NOT NULL,
    model       TEXT NOT NULL,
    job         INTEGER,
    parameters  TEXT NOT NULL,
    created     TEXT NOT NULL,
    agreed      INTEGER,
    judged      INTEGER,
    precision   REAL,
    lower_bound REAL,
    confidence  REAL,
    UNIQUE (dataset, classes, number)
) STRICT;

CREATE TABLE round_item (
    round       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    list        TEXT NOT NULL,
    rank        INTEGER NOT NULL,
    spectrum    TEXT NOT NULL,
    predicted   TEXT NOT NULL,
    probability REAL,
    entropy     REAL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (round, list, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX round_item_by_spectrum ON round_item (spectrum);

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
