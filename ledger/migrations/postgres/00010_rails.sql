-- +goose Up

-- Who paused the removals of all, and who resumed them, for the record.
CREATE TABLE switches (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         BIGINT NOT NULL,
    state      TEXT NOT NULL,
    source     TEXT NOT NULL,
    team_id    TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    rule       TEXT NOT NULL,
    reason     TEXT NOT NULL
);
CREATE INDEX switches_at ON switches (at);

-- What is handed over while removals are paused. Removals have no entry in it.
CREATE INDEX requests_going_on ON requests (accepted_at) WHERE NOT handed_over AND kind <> 'remove';

-- With requests_of_user, what counts for a person's limit. Only the requests of workflows have an entry in it.
CREATE INDEX requests_of_workflows ON requests (user_id, id) WHERE source = 'workflow';
