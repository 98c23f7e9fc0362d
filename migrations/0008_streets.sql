-- +goose Up

-- Roads and paths of the map, one row for each piece that the source draws: a road of one
-- name has many. nodes are the source's identifiers of the points of the line, in order:
-- two pieces that share one meet there. element is the identifier in the source
-- ("way/123"). key is the name as addresses are compared.
CREATE TABLE roads (
    id         TEXT   PRIMARY KEY,
    element    TEXT   NOT NULL UNIQUE,
    place_id   TEXT   NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    place_path TEXT   NOT NULL,
    class      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    other_names TEXT  NOT NULL,
    key        TEXT   NOT NULL,
    oneway     TEXT   NOT NULL CHECK (oneway IN ('no', 'forward', 'backward')),
    access     TEXT   NOT NULL,
    max_speed  BIGINT NOT NULL,
    bridge     BOOLEAN NOT NULL,
    tunnel     BOOLEAN NOT NULL,
    metres     BIGINT NOT NULL,
    nodes      TEXT   NOT NULL,
    geometry   TEXT   NOT NULL,
    west       DOUBLE PRECISION NOT NULL,
    south      DOUBLE PRECISION NOT NULL,
    east       DOUBLE PRECISION NOT NULL,
    north      DOUBLE PRECISION NOT NULL,
    quadkey    TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX roads_tile ON roads (quadkey);
CREATE INDEX roads_key ON roads (key);
CREATE INDEX roads_place ON roads (place_path);

-- Doors and gates. place_id is the building or estate that one enters.
CREATE TABLE entrances (
    id         TEXT   PRIMARY KEY,
    element    TEXT   NOT NULL UNIQUE,
    place_id   TEXT   NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    place_path TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    lon        DOUBLE PRECISION NOT NULL,
    lat        DOUBLE PRECISION NOT NULL,
    quadkey    TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX entrances_place ON entrances (place_path);

-- Addresses that the map or a person states for a place. key is the address as it is
-- compared, "博山路/12弄/3号", road_key and lane_key its beginnings "博山路" and "博山路/12弄";
-- element is empty for an address that was typed in.
CREATE TABLE addresses (
    id         TEXT   PRIMARY KEY,
    element    TEXT   NOT NULL,
    place_id   TEXT   NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    place_path TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    lane_key   TEXT   NOT NULL,
    road_key   TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    postcode   TEXT   NOT NULL,
    lon        DOUBLE PRECISION,
    lat        DOUBLE PRECISION,
    digest     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX addresses_element ON addresses (element) WHERE element <> '';
CREATE INDEX addresses_key ON addresses (key);
CREATE INDEX addresses_lane ON addresses (lane_key) WHERE lane_key <> '';
CREATE INDEX addresses_road ON addresses (road_key);
CREATE INDEX addresses_place ON addresses (place_path);

-- Which place an element of the map became, and a digest of what the map said about it:
-- the next import of the same map changes nothing.
CREATE TABLE map_elements (
    element  TEXT PRIMARY KEY,
    place_id TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    digest   TEXT NOT NULL
);
CREATE INDEX map_elements_place ON map_elements (place_id);

-- What an import was not sure about: the place was kept, somebody should look.
CREATE TABLE place_doubts (
    place_id   TEXT   NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    code       TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (place_id, code, detail)
);

-- Other spellings under which a place is known: learnt from decisions, or its name of before.
CREATE TABLE place_aliases (
    id         TEXT   PRIMARY KEY,
    place_id   TEXT   NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    place_path TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('spelling', 'former_name', 'other_name')),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX place_aliases_key ON place_aliases (key, place_id);
CREATE INDEX place_aliases_place ON place_aliases (place_path);

-- Texts that were to be resolved to places: what was found, how sure, and what was
-- decided. No text here is about a person.
CREATE TABLE address_matches (
    id          TEXT   PRIMARY KEY,
    source      TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    on_day      TEXT,
    text        TEXT   NOT NULL,
    key         TEXT   NOT NULL,
    district    TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    within_id   TEXT   REFERENCES places (id),
    within_path TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('open', 'resolved', 'no_such_place', 'later')),
    confidence  DOUBLE PRECISION NOT NULL,
    reason      TEXT   NOT NULL,
    reached     TEXT   NOT NULL,
    candidates  TEXT   NOT NULL,
    place_id    TEXT   REFERENCES places (id) ON DELETE SET NULL,
    by_id       TEXT   NOT NULL,
    by_name     TEXT   NOT NULL,
    at          BIGINT,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX address_matches_text ON address_matches (source, external_id, key, within_path);
CREATE INDEX address_matches_queue ON address_matches (state, within_path, id);
CREATE INDEX address_matches_place ON address_matches (place_id);
