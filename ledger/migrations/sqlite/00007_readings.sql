-- +goose Up

-- Who listed, searched or opened something, for the record. What was searched is masked.
CREATE TABLE readings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    source     TEXT NOT NULL,
    team_id    TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    rule       TEXT NOT NULL,
    chat_id    TEXT NOT NULL,
    searched   TEXT NOT NULL,
    left_out   INTEGER NOT NULL
);
CREATE INDEX readings_at ON readings (at);

-- How many of the same cause came since the row before, and have none of their own.
ALTER TABLE denials ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
