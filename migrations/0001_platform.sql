-- +goose Up

-- The audit trail. Entries form a hash chain (prev_hash, hash) and the leaves of a Merkle tree;
-- it refers to nothing, because it must outlive what it describes.
CREATE TABLE audit_entries (
    seq         BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    operation   TEXT   NOT NULL,
    outcome     TEXT   NOT NULL CHECK (outcome IN ('done', 'refused')),
    actor_id    TEXT   NOT NULL,
    actor_name  TEXT   NOT NULL,
    place_path  TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    request_id  TEXT   NOT NULL,
    changes     TEXT   NOT NULL,
    prev_hash   TEXT   NOT NULL,
    hash        TEXT   NOT NULL
);
CREATE INDEX audit_entries_operation ON audit_entries (operation, seq);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, seq);

CREATE TABLE audit_subjects (
    subject TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (subject, seq)
);

-- The right edge of the Merkle tree: the roots of its complete subtrees, by level. The
-- rest follows from the entries.
CREATE TABLE audit_hashes (
    idx  BIGINT PRIMARY KEY,
    hash TEXT NOT NULL
);

-- One row: the last sequence number and hash. Updating it orders all writers.
CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

-- Answers of writes by the caller's key, so that a retry never does the work twice.
CREATE TABLE op_keys (
    actor_id     TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    operation    TEXT   NOT NULL,
    request_hash TEXT   NOT NULL,
    response     TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX op_keys_at ON op_keys (at);

-- Data keys, each sealed by the key that lives outside the database. A key is known to all
-- processes before it seals: it does so from current_from on, until the next one does.
CREATE TABLE vault_keys (
    id           TEXT   PRIMARY KEY,
    master_id    TEXT   NOT NULL,
    sealed       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    current_from BIGINT NOT NULL
);

-- A change of the data key: how far the values are that the older keys sealed. position is
-- where the pass over the tables goes on after a stop; checked_at is when a pass last found
-- nothing under the older keys, found is what this pass found.
CREATE TABLE vault_rotations (
    id          TEXT   PRIMARY KEY,
    key_id      TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('running', 'retiring', 'done')),
    position    TEXT   NOT NULL,
    pass        BIGINT NOT NULL,
    looked_at   BIGINT NOT NULL,
    found       BIGINT NOT NULL,
    resealed    BIGINT NOT NULL,
    left_behind BIGINT NOT NULL,
    started_by  TEXT   NOT NULL,
    started_at  BIGINT NOT NULL,
    checked_at  BIGINT,
    finished_at BIGINT
);
CREATE UNIQUE INDEX vault_rotations_key ON vault_rotations (key_id);

-- Accounts. Passwords are Argon2id; the second factor's secret is sealed; one-time and
-- recovery codes are keyed hashes. home_path is the place whose administrators look
-- after the account.
CREATE TABLE users (
    id            TEXT    PRIMARY KEY,
    username      TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    language      TEXT    NOT NULL CHECK (language IN ('zh-CN', 'en')),
    password_hash TEXT    NOT NULL,
    totp_secret   TEXT    NOT NULL,
    totp_pending  TEXT    NOT NULL,
    totp_last     BIGINT  NOT NULL,
    recovery      TEXT    NOT NULL,
    code_hash     TEXT    NOT NULL,
    code_until    BIGINT,
    disabled      BOOLEAN NOT NULL,
    home_path     TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    last_seen_at  BIGINT,
    version       BIGINT  NOT NULL
);
CREATE UNIQUE INDEX users_username ON users (lower(username));

CREATE TABLE user_grants (
    id         TEXT   PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id),
    role       TEXT   NOT NULL,
    place_id   TEXT,
    place_path TEXT   NOT NULL,
    until_at   BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX user_grants_user ON user_grants (user_id);
CREATE UNIQUE INDEX user_grants_once ON user_grants (user_id, role, place_path);

-- Signed-in browsers. The secret is only kept hashed. An ended session stays for a while:
-- it tells which addresses an account is known at.
CREATE TABLE sessions (
    id           TEXT   PRIMARY KEY,
    token_hash   TEXT   NOT NULL UNIQUE,
    user_id      TEXT   NOT NULL REFERENCES users (id),
    mfa          BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    user_agent   TEXT   NOT NULL,
    ip           TEXT   NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id           TEXT   PRIMARY KEY,
    token_hash   TEXT   NOT NULL UNIQUE,
    user_id      TEXT   NOT NULL REFERENCES users (id),
    name         TEXT   NOT NULL,
    operations   TEXT   NOT NULL,
    mfa          BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

-- Failed sign-ins, counted per account and address (keyed hashes).
CREATE TABLE signin_failures (
    bucket    TEXT   PRIMARY KEY,
    failures  BIGINT NOT NULL,
    window_at BIGINT NOT NULL
);
CREATE INDEX signin_failures_window ON signin_failures (window_at);

-- Facts about this installation: whether it is a demo, its random id.
CREATE TABLE installation (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
