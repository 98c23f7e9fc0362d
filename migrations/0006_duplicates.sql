-- +goose Up

-- Pairs of people who may be one. A pair stands here once, the smaller id first, and stays after
-- it was decided, so that "different" is remembered. reasons are codes, separated by commas.
-- merge_id is the merge that decided the pair (state merged), or that put it away because one of
-- the two became part of somebody else. It refers to no people: a merged one is no row any more.
CREATE TABLE people_duplicates (
    id              TEXT    PRIMARY KEY,
    a_id            TEXT    NOT NULL,
    b_id            TEXT    NOT NULL,
    score           BIGINT  NOT NULL CHECK (score >= 0),
    reasons         TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('open', 'later', 'different', 'merged')),
    found_by        TEXT    NOT NULL CHECK (found_by IN ('import', 'sweep', 'hand')),
    found_at        BIGINT  NOT NULL,
    asked_again     BOOLEAN NOT NULL,
    decided_by      TEXT    NOT NULL,
    decided_by_name TEXT    NOT NULL,
    decided_at      BIGINT,
    merge_id        TEXT,
    version         BIGINT  NOT NULL,
    CHECK (a_id < b_id)
);
CREATE UNIQUE INDEX people_duplicates_pair ON people_duplicates (a_id, b_id);
CREATE INDEX people_duplicates_b ON people_duplicates (b_id);
CREATE INDEX people_duplicates_queue ON people_duplicates (state, score, id) WHERE merge_id IS NULL;
CREATE INDEX people_duplicates_merge ON people_duplicates (merge_id) WHERE merge_id IS NOT NULL;

-- One merging of two people. loser is the sealed record of the one who went, winner the sealed
-- fields of the one who stayed that the merge changed, before and after. moved lists the ids of
-- what hung on the loser and hangs on the winner since. place_path and loser_path are where the two
-- lived.
CREATE TABLE people_merges (
    id             TEXT   PRIMARY KEY,
    duplicate_id   TEXT   NOT NULL,
    winner_id      TEXT   NOT NULL,
    loser_id       TEXT   NOT NULL,
    place_path     TEXT   NOT NULL,
    loser_path     TEXT   NOT NULL,
    loser          TEXT   NOT NULL,
    winner         TEXT   NOT NULL,
    moved          TEXT   NOT NULL,
    by_id          TEXT   NOT NULL,
    by_name        TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    undone_by      TEXT   NOT NULL,
    undone_by_name TEXT   NOT NULL,
    undone_at      BIGINT,
    undo_reason    TEXT   NOT NULL,
    kept           TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    CHECK (winner_id <> loser_id)
);
-- A person can be part of one other at most.
CREATE UNIQUE INDEX people_merges_loser ON people_merges (loser_id) WHERE undone_at IS NULL;
CREATE INDEX people_merges_winner ON people_merges (winner_id, at);
CREATE INDEX people_merges_recent ON people_merges (at, id);

-- One search of the register for duplicates; pass and position say how far it is, so that it
-- goes on after a stop. skipped counts people in groups too large to tell anything.
CREATE TABLE people_sweeps (
    id          TEXT   PRIMARY KEY,
    place_id    TEXT   NOT NULL,
    place_path  TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('running', 'done')),
    pass        TEXT   NOT NULL CHECK (pass IN ('name', 'phone', 'door', '')),
    position    TEXT   NOT NULL,
    done        BIGINT NOT NULL,
    total       BIGINT NOT NULL,
    compared    BIGINT NOT NULL,
    found       BIGINT NOT NULL,
    skipped     BIGINT NOT NULL,
    by_id       TEXT   NOT NULL,
    by_name     TEXT   NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX people_sweeps_recent ON people_sweeps (started_at, id);
