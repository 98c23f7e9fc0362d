-- +goose Up

-- Whom somebody has looked at lately: one row per person looked at, with the last time. A file
-- that left stands as one row with how many people were in it. Rows older than a day are deleted.
CREATE TABLE disclosure_views (
    actor_id TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    persons  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (actor_id, subject)
);
CREATE INDEX disclosure_views_at ON disclosure_views (actor_id, at);

-- How many masked rows lists and searches have shown somebody, by hour since 1970.
CREATE TABLE disclosure_rows (
    actor_id TEXT   NOT NULL,
    hour     BIGINT NOT NULL,
    shown    BIGINT NOT NULL,
    PRIMARY KEY (actor_id, hour)
);

-- Who went on over the quota, until when and why.
CREATE TABLE disclosure_extensions (
    id       TEXT   PRIMARY KEY,
    actor_id TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX disclosure_extensions_actor ON disclosure_extensions (actor_id, until_at);

-- What somebody who answers for the data should look at.
CREATE TABLE alerts (
    id           TEXT   PRIMARY KEY,
    kind         TEXT   NOT NULL CHECK (kind IN ('bulk_viewing', 'bulk_listing', 'quota_reached', 'break_glass', 'watched_record', 'export_waiting')),
    actor_id     TEXT   NOT NULL,
    actor_name   TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    place_path   TEXT   NOT NULL,
    persons      BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('open', 'settled')),
    raised_at    BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    settled_by   TEXT   NOT NULL,
    settled_name TEXT   NOT NULL,
    settled_at   BIGINT,
    note         TEXT   NOT NULL,
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, actor_id, subject) WHERE state = 'open';
CREATE INDEX alerts_recent ON alerts (state, raised_at, id);

-- Records that nobody has a reason to open. The mark is a keyed hash of the person, so that
-- the table does not say who they are; note is sealed.
CREATE TABLE watched_people (
    id         TEXT   PRIMARY KEY,
    mark       TEXT   NOT NULL UNIQUE,
    note       TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- Files of people that somebody wants or has taken out. filter is sealed: it may hold what was searched for.
CREATE TABLE exports (
    id             TEXT    PRIMARY KEY,
    kind           TEXT    NOT NULL,
    place_path     TEXT    NOT NULL,
    filter         TEXT    NOT NULL,
    plain          BOOLEAN NOT NULL,
    format         TEXT    NOT NULL CHECK (format IN ('csv', 'xlsx')),
    encoding       TEXT    NOT NULL CHECK (encoding IN ('utf-8', 'gb18030')),
    reason         TEXT    NOT NULL,
    persons        BIGINT  NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
    requested_by   TEXT    NOT NULL,
    requested_name TEXT    NOT NULL,
    requested_at   BIGINT  NOT NULL,
    decided_by     TEXT    NOT NULL,
    decided_name   TEXT    NOT NULL,
    decided_at     BIGINT,
    decision       TEXT    NOT NULL,
    once           BOOLEAN NOT NULL,
    until_at       BIGINT,
    downloads      BIGINT  NOT NULL,
    version        BIGINT  NOT NULL
);
CREATE INDEX exports_recent ON exports (requested_at, id);
CREATE INDEX exports_mine ON exports (requested_by, requested_at, id);
CREATE INDEX exports_waiting ON exports (state, place_path, id);

-- Each time such a file left.
CREATE TABLE export_files (
    id          TEXT   PRIMARY KEY,
    export_id   TEXT   NOT NULL REFERENCES exports (id),
    by_id       TEXT   NOT NULL,
    by_name     TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    rows        BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    bits        BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX export_files_export ON export_files (export_id);

-- Who was in a file: a set of keyed marks (a Bloom filter), in pieces.
CREATE TABLE export_members (
    file_id TEXT   NOT NULL REFERENCES export_files (id) ON DELETE CASCADE,
    piece   BIGINT NOT NULL,
    bits    TEXT   NOT NULL,
    PRIMARY KEY (file_id, piece)
);

-- Records that must not be erased yet, who says so, why and until when.
CREATE TABLE people_holds (
    id          TEXT   PRIMARY KEY,
    person_id   TEXT   NOT NULL,
    place_path  TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    until_on    TEXT   NOT NULL,
    reviewer    TEXT   NOT NULL,
    set_by      TEXT   NOT NULL,
    set_name    TEXT   NOT NULL,
    set_at      BIGINT NOT NULL,
    ended_by    TEXT   NOT NULL,
    ended_at    BIGINT,
    version     BIGINT NOT NULL
);
CREATE UNIQUE INDEX people_holds_open ON people_holds (person_id) WHERE ended_at IS NULL;
CREATE INDEX people_holds_place ON people_holds (place_path, id);

-- What the retention job has erased, day by day.
CREATE TABLE retention_runs (
    id          TEXT   PRIMARY KEY,
    on_day      TEXT   NOT NULL,
    erased      BIGINT NOT NULL,
    pseudonyms  BIGINT NOT NULL,
    held        BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT
);
