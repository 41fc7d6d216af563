-- +goose Up

-- One row is one promise: it is committed before Slack gets its 200. All moments are microseconds
-- since 1970 in UTC; an absent one is 0.
CREATE TABLE requests (
    id               TEXT PRIMARY KEY NOT NULL,
    delivery         TEXT NOT NULL,
    kind             TEXT NOT NULL,
    source           TEXT NOT NULL,
    team_id          TEXT NOT NULL,
    channel_id       TEXT NOT NULL,
    user_id          TEXT NOT NULL,
    rule             TEXT NOT NULL,
    response_url     TEXT NOT NULL,
    chat_id          TEXT NOT NULL,
    handle           TEXT NOT NULL,
    handle_key       TEXT NOT NULL,

    state            TEXT NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    news             INTEGER NOT NULL DEFAULT 1,
    accepted_at      INTEGER NOT NULL,
    sent_at          INTEGER NOT NULL DEFAULT 0,
    ended_at         INTEGER NOT NULL DEFAULT 0,
    tries            INTEGER NOT NULL DEFAULT 0,
    first_try_at     INTEGER NOT NULL DEFAULT 0,
    next_try_at      INTEGER NOT NULL DEFAULT 0,
    may_have_reached INTEGER NOT NULL DEFAULT 0,
    seen_listed      INTEGER NOT NULL DEFAULT 0,
    spelling         TEXT NOT NULL DEFAULT '',
    chat_name        TEXT NOT NULL DEFAULT '',
    people           INTEGER NOT NULL DEFAULT 0,
    reason           TEXT NOT NULL DEFAULT '',
    http_status      INTEGER NOT NULL DEFAULT 0,
    linq_said        TEXT NOT NULL DEFAULT '',
    trace_id         TEXT NOT NULL DEFAULT '',

    handed_over      INTEGER NOT NULL DEFAULT 0,
    show_by          INTEGER NOT NULL DEFAULT 0,

    UNIQUE (delivery, handle_key)
);

-- One removal of a person from a chat may be under way at a time.
CREATE UNIQUE INDEX requests_under_way ON requests (chat_id, handle_key, kind)
    WHERE state IN ('asked', 'accepted', 'sent');
CREATE INDEX requests_not_handed_over ON requests (accepted_at) WHERE handed_over = 0;
CREATE INDEX requests_show_by ON requests (show_by) WHERE show_by > 0;

-- What happened to a request, in the order in which it happened. Rows are added, never changed.
CREATE TABLE history (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL REFERENCES requests (id),
    at         INTEGER NOT NULL,
    state      TEXT NOT NULL,
    cause      TEXT NOT NULL,
    trace_id   TEXT NOT NULL
);
CREATE INDEX history_request ON history (request_id, id);

-- People who asked for a removal that was already under way.
CREATE TABLE followers (
    request_id   TEXT NOT NULL REFERENCES requests (id),
    delivery     TEXT NOT NULL,
    team_id      TEXT NOT NULL,
    channel_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    response_url TEXT NOT NULL,
    at           INTEGER NOT NULL,
    told         INTEGER NOT NULL,
    PRIMARY KEY (request_id, delivery)
);
CREATE INDEX followers_delivery ON followers (delivery);

-- Where a delivery shows in Slack: its parent message, or the way round it.
CREATE TABLE threads (
    delivery       TEXT PRIMARY KEY NOT NULL,
    route          TEXT NOT NULL,
    channel_id     TEXT NOT NULL,
    ts             TEXT NOT NULL,
    shown          TEXT NOT NULL,
    posting_since  INTEGER NOT NULL,
    doubts         INTEGER NOT NULL,
    response_uses  INTEGER NOT NULL,
    trouble        TEXT NOT NULL,
    trouble_since  INTEGER NOT NULL
);

-- The one status reply of a request in its thread.
CREATE TABLE replies (
    request_id    TEXT PRIMARY KEY NOT NULL REFERENCES requests (id),
    channel_id    TEXT NOT NULL,
    ts            TEXT NOT NULL,
    shown         TEXT NOT NULL,
    posting_since INTEGER NOT NULL,
    doubts        INTEGER NOT NULL
);

-- What the process has learned and must know at its next start, such as the token's own team.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
