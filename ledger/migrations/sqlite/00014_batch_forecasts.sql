-- +goose Up

-- The limit that a batch was over when it was planned, and when it is possible again; 0 if no wait helps. Where limit_most is
-- 0, it was over none.
ALTER TABLE batches ADD COLUMN limit_most INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN limit_everybody BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE batches ADD COLUMN limit_again INTEGER NOT NULL DEFAULT 0;

-- Of a list: the name of its chat, also where there is nobody to remove from it.
ALTER TABLE batches ADD COLUMN chat_name TEXT NOT NULL DEFAULT '';
