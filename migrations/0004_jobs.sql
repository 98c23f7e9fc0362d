-- +goose Up

-- Work that follows a deed and may be done later or again: written in the deed's own
-- transaction. A running job is leased; when its process dies the lease ends and
-- another takes it.
CREATE TABLE jobs (
    id           TEXT   PRIMARY KEY,
    kind         TEXT   NOT NULL,
    args         TEXT   NOT NULL,
    unique_key   TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    run_at       BIGINT NOT NULL,
    attempt      BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    worker       TEXT   NOT NULL,
    lease_until  BIGINT NOT NULL,
    error        TEXT   NOT NULL,
    finished_at  BIGINT
);
CREATE UNIQUE INDEX jobs_once ON jobs (kind, unique_key) WHERE unique_key <> '' AND state IN ('waiting', 'running');
CREATE INDEX jobs_waiting ON jobs (kind, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- When each periodic job is due next.
CREATE TABLE job_schedules (
    name    TEXT   PRIMARY KEY,
    next_at BIGINT NOT NULL
);
