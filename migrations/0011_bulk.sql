-- +goose Up

-- Changes of many people at once. The selection is written down when the change is asked for, so that exactly those are
-- changed whom the person saw, and a run that is interrupted goes on where it stopped.
CREATE TABLE people_bulks (
    id           TEXT   PRIMARY KEY,
    place_path   TEXT   NOT NULL,
    deed         TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('running', 'done', 'undoing', 'undone')),
    selected     BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    same         BIGINT NOT NULL,
    refused      BIGINT NOT NULL,
    undone       BIGINT NOT NULL,
    kept         BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    created_name TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    finished_at  BIGINT,
    undo_until   BIGINT NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX people_bulks_owner ON people_bulks (created_by, created_at);

-- What happened to each selected person; '' while it is still to come. before is sealed: the category and the needs as
-- they were. person_id is no reference: a person may leave the register while the record of the change is kept.
CREATE TABLE people_bulk_items (
    bulk_id   TEXT   NOT NULL REFERENCES people_bulks (id),
    person_id TEXT   NOT NULL,
    verdict   TEXT   NOT NULL,
    before    TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (bulk_id, person_id)
);
CREATE INDEX people_bulk_items_verdict ON people_bulk_items (bulk_id, verdict, person_id);
