-- +goose Up

-- What Linq told by webhook of people who left or joined, also where nobody had asked for it.
CREATE TABLE sightings (
    event_id   TEXT PRIMARY KEY NOT NULL,
    type       TEXT NOT NULL,
    chat_id    TEXT NOT NULL,
    handle     TEXT NOT NULL,
    trace_id   TEXT NOT NULL,
    at         INTEGER NOT NULL,
    taken_at   INTEGER NOT NULL,
    request_id TEXT NOT NULL
);
