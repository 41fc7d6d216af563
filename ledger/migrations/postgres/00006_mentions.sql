-- +goose Up

-- A second reply, which mentions who asked: what is known of it as a message, and whether there was one before.
ALTER TABLE replies ADD COLUMN mention_channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE replies ADD COLUMN mention_ts TEXT NOT NULL DEFAULT '';
ALTER TABLE replies ADD COLUMN mention_shown TEXT NOT NULL DEFAULT '';
ALTER TABLE replies ADD COLUMN mention_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN mention_doubts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN mentioned BOOLEAN NOT NULL DEFAULT FALSE;
