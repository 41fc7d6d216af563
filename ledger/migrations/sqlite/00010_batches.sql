-- +goose Up

-- A batch is a request that has requests: somebody is to leave every chat, or many people one chat. One row is
-- the promise to plan it and, once it is confirmed, to carry it out.
CREATE TABLE batches (
    id           TEXT PRIMARY KEY NOT NULL,
    delivery     TEXT NOT NULL UNIQUE,
    job          TEXT NOT NULL,
    kind         TEXT NOT NULL,
    source       TEXT NOT NULL,
    team_id      TEXT NOT NULL,
    channel_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    rule         TEXT NOT NULL,
    response_url TEXT NOT NULL,
    thread_ts    TEXT NOT NULL,
    chat_id      TEXT NOT NULL,
    handles      TEXT NOT NULL,
    because      TEXT NOT NULL,
    undoes       TEXT NOT NULL,
    asks         BOOLEAN NOT NULL,
    dry_run      BOOLEAN NOT NULL,

    state        TEXT NOT NULL,
    accepted_at  INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL DEFAULT 0,
    confirmed_at INTEGER NOT NULL DEFAULT 0,
    ended_at     INTEGER NOT NULL DEFAULT 0,
    decided_by   TEXT NOT NULL DEFAULT '',
    trouble      TEXT NOT NULL DEFAULT '',
    cut_off      BOOLEAN NOT NULL DEFAULT FALSE,
    shown        BOOLEAN NOT NULL DEFAULT FALSE,

    -- News are counted, so that those which come while it is being shown are seen.
    news         INTEGER NOT NULL DEFAULT 1,
    handed_over  BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX batches_not_handed_over ON batches (id) WHERE NOT handed_over;
CREATE INDEX batches_of_user ON batches (user_id, confirmed_at);
CREATE INDEX batches_proposed ON batches (expires_at) WHERE state = 'proposed';
CREATE INDEX batches_ended ON batches (ended_at) WHERE ended_at > 0;
CREATE INDEX batches_unshown ON batches (ended_at) WHERE ended_at > 0 AND NOT shown;
CREATE INDEX batches_undoing ON batches (undoes) WHERE undoes <> '';

-- Who is to leave which chat. request_id is the request that answers for it; '' until there is one.
CREATE TABLE batch_items (
    batch_id   TEXT NOT NULL REFERENCES batches (id),
    position   INTEGER NOT NULL,
    chat_id    TEXT NOT NULL,
    chat_name  TEXT NOT NULL,
    handle     TEXT NOT NULL,
    foreseen   TEXT NOT NULL,
    undoes     TEXT NOT NULL,
    request_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, position)
);
CREATE INDEX batch_items_request ON batch_items (request_id) WHERE request_id <> '';
CREATE INDEX batch_items_open ON batch_items (batch_id, position) WHERE request_id = '';

-- What happened to a batch, in the order in which it happened. Rows are added, never changed.
CREATE TABLE batch_history (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id TEXT NOT NULL REFERENCES batches (id),
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    cause    TEXT NOT NULL
);
CREATE INDEX batch_history_batch ON batch_history (batch_id, id);

-- The messages of a batch besides its parent, by name: what is known of each as a message.
CREATE TABLE batch_messages (
    batch_id      TEXT NOT NULL REFERENCES batches (id),
    name          TEXT NOT NULL,
    channel_id    TEXT NOT NULL,
    ts            TEXT NOT NULL,
    shown         TEXT NOT NULL,
    posting_since INTEGER NOT NULL,
    doubts        INTEGER NOT NULL,
    PRIMARY KEY (batch_id, name)
);

-- The batch to which a request belongs. Those of nobody's batch are not in the index, so accepting one costs the same.
ALTER TABLE requests ADD COLUMN batch_id TEXT NOT NULL DEFAULT '';
CREATE INDEX requests_of_batch ON requests (batch_id, state) WHERE batch_id <> '';
