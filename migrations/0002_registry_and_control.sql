-- +goose Up

-- The place tree. path is materialised: each child adds "<ordinal>.", so that a subtree
-- is the range path >= '1.3.' AND path < '1.3/'.
CREATE TABLE places (
    id         TEXT   PRIMARY KEY,
    parent_id  TEXT   REFERENCES places (id),
    path       TEXT   NOT NULL UNIQUE,
    ordinals   BIGINT NOT NULL,
    level      TEXT   NOT NULL CHECK (level IN ('country', 'province', 'city', 'district', 'street', 'community', 'compound', 'building', 'unit', 'household')),
    kind       TEXT   NOT NULL DEFAULT '',
    code       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    pinyin     TEXT   NOT NULL,
    initials   TEXT   NOT NULL,
    population BIGINT NOT NULL,
    floors     BIGINT NOT NULL,
    height     DOUBLE PRECISION,
    lon        DOUBLE PRECISION,
    lat        DOUBLE PRECISION,
    west       DOUBLE PRECISION,
    south      DOUBLE PRECISION,
    east       DOUBLE PRECISION,
    north      DOUBLE PRECISION,
    quadkey    TEXT   NOT NULL,
    geometry   TEXT   NOT NULL,
    extra      TEXT   NOT NULL,
    retired_on TEXT,
    retired_by TEXT,
    successor_id TEXT REFERENCES places (id),
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX places_code ON places (code) WHERE code <> '';
CREATE INDEX places_parent ON places (parent_id);
CREATE INDEX places_level ON places (level, path);
CREATE INDEX places_tile ON places (level, quadkey) WHERE quadkey <> '';
CREATE INDEX places_retired ON places (retired_by) WHERE retired_by IS NOT NULL;
CREATE INDEX places_successor ON places (successor_id) WHERE successor_id IS NOT NULL;
-- Units and households are nine in ten of all places and are called the same everywhere: they are
-- found by walking down to them, so the indexes of names do without them.
CREATE INDEX places_name ON places (lower(name), path) WHERE level NOT IN ('unit', 'household');
CREATE INDEX places_pinyin ON places (pinyin, path) WHERE pinyin <> '';
CREATE INDEX places_initials ON places (initials, path) WHERE initials <> '';

-- One row: how many trees were ever started. Paths are never used twice, so that a grant or
-- an old trail entry can't come to mean another place.
CREATE TABLE place_roots (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    ordinals BIGINT NOT NULL
);
INSERT INTO place_roots (id, ordinals) VALUES (1, 0);

-- The register of people. Names, phones, numbers, addresses, plates, further details and extra
-- columns are sealed; what ends in _hash or _key is keyed, so that something can be found
-- without being opened. The keys by which people are searched are of two levels in one number:
-- the upper half for the coarse part (first two characters of a name, last four digits of a
-- phone), the lower half for the whole, so that one index serves a range and an exact value.
-- traits is a set of bits: needs of care, what is known about the person (people.Traits).
-- registered says that somebody entered the person for their own sake, not only as part of a case.
CREATE TABLE people (
    id             TEXT   PRIMARY KEY,
    place_id       TEXT   REFERENCES places (id),
    place_path     TEXT   NOT NULL,
    category       TEXT   NOT NULL CHECK (category IN ('resident', 'non_resident', 'traveller', 'staff')),
    name           TEXT   NOT NULL,
    name_hash      BIGINT NOT NULL,
    initials_key   BIGINT NOT NULL,
    pinyin_key     BIGINT NOT NULL,
    phone          TEXT   NOT NULL,
    phone_hash     BIGINT NOT NULL,
    id_kind        TEXT   NOT NULL CHECK (id_kind IN ('', 'resident_id', 'passport', 'permit', 'other')),
    id_number      TEXT   NOT NULL,
    id_number_hash TEXT   NOT NULL,
    address        TEXT   NOT NULL,
    sex            TEXT   NOT NULL CHECK (sex IN ('male', 'female', 'other', 'unknown')),
    birth_on       TEXT,
    relation       TEXT   NOT NULL CHECK (relation IN ('', 'head', 'spouse', 'child', 'parent', 'grandparent', 'grandchild', 'sibling', 'other_relative', 'not_related')),
    guardian_id    TEXT,
    workplace_id   TEXT   REFERENCES places (id),
    traits         BIGINT NOT NULL,
    details        TEXT   NOT NULL,
    vehicle        TEXT   NOT NULL,
    vehicle_hash   BIGINT NOT NULL,
    home_since     TEXT,
    keep_until     TEXT,
    external_key   TEXT   NOT NULL,
    extra          TEXT   NOT NULL,
    registered     BOOLEAN NOT NULL,
    version        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);
-- Lists in the order of the doors: all that they are filtered by stands in the index.
CREATE INDEX people_door ON people (place_path, id, category, sex, birth_on, relation, traits, updated_at);
CREATE INDEX people_name ON people (name_hash, birth_on, place_path) WHERE name_hash <> 0;
CREATE INDEX people_initials ON people (initials_key, place_path) WHERE initials_key <> 0;
CREATE INDEX people_pinyin ON people (pinyin_key, place_path) WHERE pinyin_key <> 0;
CREATE INDEX people_phone ON people (phone_hash, place_path) WHERE phone_hash <> 0;
CREATE INDEX people_vehicle ON people (vehicle_hash) WHERE vehicle_hash <> 0;
CREATE INDEX people_guardian ON people (guardian_id) WHERE guardian_id IS NOT NULL;
-- Few records have a day on which they end (policies/retention.yaml).
CREATE INDEX people_keep ON people (keep_until, category, place_path) WHERE keep_until IS NOT NULL;
CREATE UNIQUE INDEX people_id_number ON people (id_number_hash) WHERE id_number_hash <> '';
CREATE UNIQUE INDEX people_external ON people (external_key) WHERE external_key <> '';

CREATE TABLE incidents (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    place_id   TEXT   NOT NULL REFERENCES places (id),
    place_path TEXT   NOT NULL,
    pack       TEXT   NOT NULL,
    overlays   TEXT   NOT NULL,
    rules      TEXT   NOT NULL,
    time_zone  TEXT   NOT NULL,
    started_on TEXT   NOT NULL,
    closed_on  TEXT,
    status     TEXT   NOT NULL CHECK (status IN ('active', 'closed')),
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE incident_phases (
    id           TEXT    PRIMARY KEY,
    incident_id  TEXT    NOT NULL REFERENCES incidents (id),
    place_id     TEXT    NOT NULL REFERENCES places (id),
    place_path   TEXT    NOT NULL,
    phase        TEXT    NOT NULL CHECK (phase IN ('activation', 'cleanup_drive', 'general_offensive', 'final_push', 'community_zero', 'consolidation', 'reopening')),
    starts_on    TEXT    NOT NULL,
    ends_on      TEXT,
    objectives   TEXT    NOT NULL,
    evidence     TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    stepped_back BOOLEAN NOT NULL,
    declared_by      TEXT   NOT NULL,
    declared_by_name TEXT   NOT NULL,
    declared_at      BIGINT NOT NULL,
    version          BIGINT NOT NULL
);
CREATE INDEX incident_phases_place ON incident_phases (incident_id, place_path, starts_on);
-- At one place at most one phase is open.
CREATE UNIQUE INDEX incident_phases_open ON incident_phases (incident_id, place_id) WHERE ends_on IS NULL;

CREATE TABLE cases (
    id                      TEXT   PRIMARY KEY,
    incident_id             TEXT   NOT NULL REFERENCES incidents (id),
    number                  TEXT   NOT NULL,
    person_id               TEXT   NOT NULL REFERENCES people (id),
    place_id                TEXT   NOT NULL REFERENCES places (id),
    place_path              TEXT   NOT NULL,
    classification          TEXT   NOT NULL CHECK (classification IN ('suspected', 'screening_positive', 'probable', 'confirmed', 'asymptomatic', 'excluded')),
    counted_as              TEXT   NOT NULL CHECK (counted_as IN ('', 'confirmed', 'asymptomatic')),
    counted_on              TEXT,
    reclassified_on         TEXT,
    report_day              TEXT   NOT NULL,
    origin                  TEXT   NOT NULL CHECK (origin IN ('local', 'imported', 'unknown')),
    severity                TEXT   NOT NULL CHECK (severity IN ('mild', 'moderate', 'severe', 'critical', 'unknown')),
    sex                     TEXT   NOT NULL CHECK (sex IN ('male', 'female', 'other', 'unknown')),
    age                     BIGINT,
    age_months              BIGINT,
    onset_on                TEXT,
    sampled_on              TEXT,
    confirmed_on            TEXT,
    reported_on             TEXT,
    admitted_on             TEXT,
    outcome                 TEXT   NOT NULL CHECK (outcome IN ('under_care', 'recovered', 'died', 'transferred', 'unknown')),
    outcome_on              TEXT,
    second_negative_on      TEXT,
    detection_route         TEXT   NOT NULL CHECK (detection_route IN ('quarantine', 'control_screening', 'closed_loop', 'hospital', 'at_risk_screening', 'community_screening', 'clinic', 'self_report', 'unknown')),
    zone_class              TEXT   NOT NULL CHECK (zone_class IN ('lockdown', 'control', 'precaution', 'none', 'unknown')),
    under_restriction_since TEXT,
    exposure                TEXT   NOT NULL,
    lon                     DOUBLE PRECISION,
    lat                     DOUBLE PRECISION,
    extra                   TEXT   NOT NULL,
    import_id               TEXT,
    version                 BIGINT NOT NULL,
    created_at              BIGINT NOT NULL,
    updated_at              BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_number ON cases (incident_id, number);
CREATE INDEX cases_place ON cases (incident_id, place_path, counted_on);
-- The line list by day of report: what it is filtered by stands in the index, so that counting
-- and leafing through need no case that is not shown.
CREATE INDEX cases_list ON cases (incident_id, report_day, id, place_path, classification, counted_as, counted_on, origin,
    detection_route, zone_class, severity, outcome, sex, age, onset_on);
-- The figures: each index answers its question alone, in the order in which it groups.
CREATE INDEX cases_tally ON cases (incident_id, counted_on, counted_as, detection_route, zone_class, origin, onset_on, place_path) WHERE counted_as <> '';
CREATE INDEX cases_closing ON cases (incident_id, counted_on, outcome, outcome_on, second_negative_on, place_path) WHERE counted_as <> '';
CREATE INDEX cases_reclassified ON cases (incident_id, reclassified_on, place_path) WHERE reclassified_on IS NOT NULL AND counted_as <> '';
CREATE INDEX cases_died ON cases (incident_id, outcome_on, place_path) WHERE outcome = 'died' AND counted_as <> '';
CREATE INDEX cases_person ON cases (person_id);
CREATE INDEX cases_import ON cases (import_id) WHERE import_id IS NOT NULL;

-- Each classification a case has had. The day is when it took effect, at is when it was recorded.
CREATE TABLE case_classifications (
    id             TEXT   PRIMARY KEY,
    case_id        TEXT   NOT NULL REFERENCES cases (id),
    ordinal        BIGINT NOT NULL,
    classification TEXT   NOT NULL,
    on_day         TEXT,
    reason         TEXT   NOT NULL,
    by_id          TEXT   NOT NULL,
    by_name        TEXT   NOT NULL,
    at             BIGINT NOT NULL
);
CREATE UNIQUE INDEX case_classifications_case ON case_classifications (case_id, ordinal);

-- Totals of areas that report no line list.
CREATE TABLE daily_counts (
    id                 TEXT   PRIMARY KEY,
    incident_id        TEXT   NOT NULL REFERENCES incidents (id),
    place_id           TEXT   NOT NULL REFERENCES places (id),
    place_path         TEXT   NOT NULL,
    on_day             TEXT   NOT NULL,
    confirmed          BIGINT NOT NULL CHECK (confirmed >= 0),
    asymptomatic       BIGINT NOT NULL CHECK (asymptomatic >= 0),
    reclassified       BIGINT NOT NULL CHECK (reclassified >= 0),
    found_in_community BIGINT CHECK (found_in_community >= 0),
    deaths             BIGINT NOT NULL CHECK (deaths >= 0),
    imported           BIGINT NOT NULL CHECK (imported >= 0),
    source             TEXT   NOT NULL,
    extra              TEXT   NOT NULL,
    import_id          TEXT,
    version            BIGINT NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX daily_counts_day ON daily_counts (incident_id, place_id, on_day);
CREATE INDEX daily_counts_path ON daily_counts (incident_id, on_day, place_path);

-- What a screening round reported for a place.
CREATE TABLE screening_rounds (
    id                  TEXT   PRIMARY KEY,
    incident_id         TEXT   NOT NULL REFERENCES incidents (id),
    place_id            TEXT   NOT NULL REFERENCES places (id),
    place_path          TEXT   NOT NULL,
    number              BIGINT NOT NULL,
    opened_on           TEXT   NOT NULL,
    closed_on           TEXT,
    due                 BIGINT NOT NULL CHECK (due >= 0),
    sampled             BIGINT NOT NULL CHECK (sampled >= 0),
    resulted            BIGINT NOT NULL CHECK (resulted >= 0),
    community_positives BIGINT NOT NULL CHECK (community_positives >= 0),
    version             BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL
);
CREATE UNIQUE INDEX screening_rounds_place ON screening_rounds (incident_id, place_id, number);
