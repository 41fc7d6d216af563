-- +goose Up

-- The reason that a person gave. It may hold names and numbers. The column reason is something else: the code of why a
-- request ended as it did.
ALTER TABLE requests ADD COLUMN because TEXT NOT NULL DEFAULT '';
