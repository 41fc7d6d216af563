-- +goose Up

-- thread_ts: a thread that was there before, in which the outcome is shown.
-- expires_at: when a question to the person (state asked) is no longer open.
-- undoes: the removal that this request takes back.
ALTER TABLE requests ADD COLUMN thread_ts TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
CREATE INDEX requests_expiring ON requests (expires_at) WHERE state = 'asked';
CREATE INDEX requests_undoing ON requests (undoes) WHERE undoes <> '';

-- Events of Slack that were taken, so that a redelivery is known for days.
CREATE TABLE events (
    id TEXT PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX events_at ON events (at);

-- Runs of a workflow step: one row is the promise to complete it.
CREATE TABLE executions (
    id          TEXT PRIMARY KEY NOT NULL,
    event_id    TEXT NOT NULL,
    team_id     TEXT NOT NULL,
    inputs      TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    request_id  TEXT NOT NULL DEFAULT '',
    refusal     TEXT NOT NULL DEFAULT '',
    completed   TEXT NOT NULL DEFAULT '',
    done_at     INTEGER NOT NULL DEFAULT 0
);
