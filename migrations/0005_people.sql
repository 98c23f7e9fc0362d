-- +goose Up

-- Other ways in which a name is read (单 shàn and dān, family name first or last). Keys as in people.
CREATE TABLE people_readings (
    person_id    TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    place_path   TEXT   NOT NULL,
    initials_key BIGINT NOT NULL,
    pinyin_key   BIGINT NOT NULL,
    PRIMARY KEY (person_id, pinyin_key, initials_key)
);
CREATE INDEX people_readings_initials ON people_readings (initials_key, place_path);
CREATE INDEX people_readings_pinyin ON people_readings (pinyin_key, place_path);

-- What care somebody needs. The needs of a person also stand as bits in people.traits.
CREATE TABLE people_care (
    person_id  TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    need       TEXT   NOT NULL CHECK (need IN ('lives_alone_elderly', 'minor_alone', 'pregnant', 'post_partum', 'disabled', 'limited_mobility', 'haemodialysis', 'psychiatric', 'chronic_disease', 'tumour_treatment', 'infant', 'student_alone', 'language_help', 'home_oxygen', 'palliative', 'regular_medicine')),
    place_path TEXT   NOT NULL,
    since_on   TEXT,
    until_on   TEXT,
    note       TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (person_id, need)
);
CREATE INDEX people_care_place ON people_care (place_path, need);

-- Earlier homes: one row is written when somebody moves.
CREATE TABLE people_homes (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    place_id   TEXT NOT NULL,
    place_path TEXT NOT NULL,
    address    TEXT NOT NULL,
    from_on    TEXT,
    to_on      TEXT,
    reason     TEXT NOT NULL
);
CREATE INDEX people_homes_person ON people_homes (person_id);

-- What is known about a household as a whole. A household without such facts has no row.
CREATE TABLE households (
    place_id    TEXT   PRIMARY KEY REFERENCES places (id),
    place_path  TEXT   NOT NULL,
    number      TEXT   NOT NULL,
    number_hash BIGINT NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('family', 'collective')),
    head_id     TEXT,
    note        TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX households_place ON households (place_path);
CREATE INDEX households_number ON households (number_hash) WHERE number_hash <> 0;

-- What an import took in and somebody should look at.
CREATE TABLE people_doubts (
    id         TEXT   PRIMARY KEY,
    person_id  TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    place_path TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    import_id  TEXT,
    state      TEXT   NOT NULL CHECK (state IN ('open', 'settled')),
    created_at BIGINT NOT NULL,
    settled_by TEXT   NOT NULL,
    settled_at BIGINT,
    version    BIGINT NOT NULL
);
CREATE INDEX people_doubts_place ON people_doubts (state, place_path, id);
CREATE INDEX people_doubts_person ON people_doubts (person_id, code);
