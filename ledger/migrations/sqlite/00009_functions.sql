-- +goose Up

-- The callback id of the function that runs. There was only one before.
ALTER TABLE executions ADD COLUMN function TEXT NOT NULL DEFAULT 'remove_participant';
