-- +goose Up

-- Lists that people have put together: filters, columns and order under a name. A shared view is seen by whoever works
-- at its place, above it or below it; place_path is then that place's, and "" for the whole tree.
CREATE TABLE saved_views (
    id         TEXT    PRIMARY KEY,
    list       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL,
    layout     TEXT    NOT NULL,
    shared     BOOLEAN NOT NULL,
    place_id   TEXT    REFERENCES places (id),
    place_path TEXT    NOT NULL,
    owner_id   TEXT    NOT NULL,
    owner_name TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX saved_views_name ON saved_views (owner_id, list, lower(name));
CREATE INDEX saved_views_shared ON saved_views (list) WHERE shared;

-- The view with which a list opens for a person.
CREATE TABLE view_defaults (
    user_id TEXT NOT NULL,
    list    TEXT NOT NULL,
    view_id TEXT NOT NULL REFERENCES saved_views (id),
    PRIMARY KEY (user_id, list)
);
CREATE INDEX view_defaults_view ON view_defaults (view_id);
