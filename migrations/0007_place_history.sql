-- +goose Up

-- What was done to the tree: a place renamed, moved, split, merged, retired or re-opened. detail
-- (JSON) is what undoing needs. A change that was undone stays, so that its reason does.
CREATE TABLE place_changes (
    id         TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('rename', 'move', 'split', 'merge', 'retire', 'reopen')),
    place_id   TEXT   NOT NULL,
    place_path TEXT   NOT NULL,
    from_on    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    by_id      TEXT   NOT NULL,
    by_name    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    undone_at  BIGINT,
    undone_by  TEXT   NOT NULL
);
CREATE INDEX place_changes_place ON place_changes (place_id, at);

-- Which places a change concerned, and as what. A later change of one of them has to be undone first.
CREATE TABLE place_change_places (
    change_id  TEXT   NOT NULL REFERENCES place_changes (id),
    place_id   TEXT   NOT NULL,
    part       TEXT   NOT NULL CHECK (part IN ('subject', 'new', 'merged', 'child')),
    PRIMARY KEY (change_id, place_id)
);
CREATE INDEX place_change_places_place ON place_change_places (place_id);

-- A state that a place was in until to_on (the first day on which it no longer held), before
-- change_id ended it. What holds now stands in places. from_on is NULL when it held from the beginning.
CREATE TABLE place_history (
    id         TEXT   PRIMARY KEY,
    place_id   TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    from_on    TEXT,
    to_on      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    parent_id  TEXT,
    path       TEXT   NOT NULL,
    geometry   TEXT   NOT NULL,
    retired    BOOLEAN NOT NULL,
    change_id  TEXT   NOT NULL REFERENCES place_changes (id)
);
CREATE INDEX place_history_place ON place_history (place_id, version);
CREATE INDEX place_history_path ON place_history (path);

-- What else a place is found by: a later part of its name or of its spelling, its English name,
-- and the names and codes it had. The path follows the place.
CREATE TABLE place_terms (
    place_id TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    path     TEXT NOT NULL,
    term     TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('part', 'former'))
);
CREATE INDEX place_terms_term ON place_terms (term, path);
CREATE INDEX place_terms_place ON place_terms (place_id);
CREATE INDEX place_terms_path ON place_terms (path);

-- How many places in use lie below one, by level; kept for estates and what stands above them,
-- below which counting would take long.
CREATE TABLE place_counts (
    place_id TEXT   NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    level    TEXT   NOT NULL,
    total    BIGINT NOT NULL,
    PRIMARY KEY (place_id, level)
);

-- When a part of the map last changed: block is the quadkey of a tile of zoom 12, 'low' what is
-- drawn above that zoom, and 'all' everything.
CREATE TABLE place_blocks (
    block   TEXT   PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO place_blocks (block, version) VALUES ('all', 1), ('low', 1);
