-- +goose Up

-- The queries are written for PostgreSQL too, where a boolean is no number; an index is used where
-- its condition is spelled as in the query.
DROP INDEX requests_not_handed_over;
CREATE INDEX requests_not_handed_over ON requests (accepted_at) WHERE NOT handed_over;
