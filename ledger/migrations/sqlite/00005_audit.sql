-- +goose Up

-- What the policy said no to, for the record.
CREATE TABLE denials (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    source     TEXT NOT NULL,
    team_id    TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    rule       TEXT NOT NULL
);
CREATE INDEX denials_at ON denials (at);

-- What is old enough to be forgotten.
CREATE INDEX requests_ended ON requests (ended_at) WHERE ended_at > 0;
CREATE INDEX executions_done ON executions (done_at) WHERE done_at > 0;
CREATE INDEX sightings_taken ON sightings (taken_at);
