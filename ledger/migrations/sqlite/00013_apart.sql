-- +goose Up

-- How many of a number's last digits tell the person apart from the others of the chat; 0 for as many as always.
ALTER TABLE requests ADD COLUMN shown_digits INTEGER NOT NULL DEFAULT 0;
