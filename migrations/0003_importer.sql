-- +goose Up

-- Uploaded files. The content lies in the import directory under path; it is deleted when it is no longer needed.
CREATE TABLE import_files (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    path       TEXT   NOT NULL,
    size       BIGINT NOT NULL CHECK (size >= 0),
    sha256     TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX import_files_age ON import_files (created_at) WHERE deleted_at IS NULL;

-- One import of one file. rows_total comes from a pass of its own; the four outcomes must add up to it.
CREATE TABLE import_jobs (
    id            TEXT    PRIMARY KEY,
    kind          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('draft', 'ready', 'running', 'done', 'done_with_refusals', 'failed', 'cancelled', 'undone')),
    file_id       TEXT    NOT NULL REFERENCES import_files (id),
    incident_id   TEXT    NOT NULL,
    place_id      TEXT    NOT NULL,
    settings      TEXT    NOT NULL,
    analysis      TEXT    NOT NULL,
    dry_run       TEXT    NOT NULL,
    rows_total    BIGINT  NOT NULL CHECK (rows_total >= 0),
    inserted      BIGINT  NOT NULL CHECK (inserted >= 0),
    updated       BIGINT  NOT NULL CHECK (updated >= 0),
    unchanged     BIGINT  NOT NULL CHECK (unchanged >= 0),
    refused       BIGINT  NOT NULL CHECK (refused >= 0),
    pass          BIGINT  NOT NULL,
    position      BIGINT  NOT NULL,
    changes       BIGINT  NOT NULL,
    cancel_asked  BOOLEAN NOT NULL,
    fault_code    TEXT    NOT NULL,
    fault_params  TEXT    NOT NULL,
    undone        BIGINT  NOT NULL,
    kept          BIGINT  NOT NULL,
    created_by    TEXT    NOT NULL,
    created_name  TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    started_at    BIGINT,
    resumed_at    BIGINT,
    resumed_rows  BIGINT  NOT NULL,
    finished_at   BIGINT,
    undo_until    BIGINT,
    rejects_until BIGINT,
    version       BIGINT  NOT NULL
);
CREATE INDEX import_jobs_recent ON import_jobs (created_at, id);
CREATE INDEX import_jobs_owner ON import_jobs (created_by, created_at, id);

-- Why rows were refused, in the dry run and in the run. detail (value, parameters) and cells
-- (the whole row, with its first reason) are sealed and emptied when the refusals expire.
CREATE TABLE import_refusals (
    job_id      TEXT   NOT NULL REFERENCES import_jobs (id),
    phase       TEXT   NOT NULL CHECK (phase IN ('dry', 'run')),
    ordinal     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    row_number  BIGINT NOT NULL,
    sheet       TEXT   NOT NULL,
    column_name TEXT   NOT NULL,
    field       TEXT   NOT NULL,
    code        TEXT   NOT NULL,
    detail      TEXT   NOT NULL,
    cells       TEXT   NOT NULL,
    PRIMARY KEY (job_id, phase, ordinal, seq)
);

-- What the run wrote, so that it can be taken back. before is the kind's own text, personal parts sealed.
CREATE TABLE import_changes (
    job_id     TEXT   NOT NULL REFERENCES import_jobs (id),
    seq        BIGINT NOT NULL,
    row_number BIGINT NOT NULL,
    sheet      TEXT   NOT NULL,
    outcome    TEXT   NOT NULL CHECK (outcome IN ('insert', 'update')),
    ref_kind   TEXT   NOT NULL,
    ref_id     TEXT   NOT NULL,
    before     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    undo       TEXT   NOT NULL,
    PRIMARY KEY (job_id, seq)
);
CREATE INDEX import_changes_record ON import_changes (ref_kind, ref_id);

-- Mappings used before, found again by the names of the columns.
CREATE TABLE import_mappings (
    kind        TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    settings    TEXT   NOT NULL,
    used_by     TEXT   NOT NULL,
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (kind, fingerprint)
);
