-- +goose Up

-- The processes that run jobs, by the id that River writes into a job when one takes it. As long as a process
-- lives, one of its sessions holds the advisory lock of its row. The times are those of the server's clock, which
-- alone is compared with them.
CREATE TABLE processes (
    id        INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    server    TIMESTAMPTZ NOT NULL, -- when the server was started that gave the lock
    gone_at   TIMESTAMPTZ           -- when the lock was first found free
);
