-- +goose Up

-- One row is one promise: it is committed before Slack gets its 200. All moments are microseconds
-- since 1970 in UTC; an absent one is 0.
CREATE TABLE requests (
    id               TEXT COLLATE "C" PRIMARY KEY,
    delivery         TEXT COLLATE "C" NOT NULL,
    kind             TEXT NOT NULL,
    source           TEXT NOT NULL,
    team_id          TEXT NOT NULL,
    channel_id       TEXT NOT NULL,
    user_id          TEXT NOT NULL,
    rule             TEXT NOT NULL,
    response_url     TEXT NOT NULL,
    chat_id          TEXT COLLATE "C" NOT NULL,
    handle           TEXT NOT NULL,
    handle_key       TEXT COLLATE "C" NOT NULL,

    state            TEXT NOT NULL,
    version          BIGINT NOT NULL DEFAULT 1,
    news             BIGINT NOT NULL DEFAULT 1,
    accepted_at      BIGINT NOT NULL,
    sent_at          BIGINT NOT NULL DEFAULT 0,
    ended_at         BIGINT NOT NULL DEFAULT 0,
    tries            BIGINT NOT NULL DEFAULT 0,
    first_try_at     BIGINT NOT NULL DEFAULT 0,
    next_try_at      BIGINT NOT NULL DEFAULT 0,
    may_have_reached BOOLEAN NOT NULL DEFAULT FALSE,
    seen_listed      BOOLEAN NOT NULL DEFAULT FALSE,
    spelling         TEXT NOT NULL DEFAULT '',
    chat_name        TEXT NOT NULL DEFAULT '',
    people           BIGINT NOT NULL DEFAULT 0,
    reason           TEXT NOT NULL DEFAULT '',
    http_status      BIGINT NOT NULL DEFAULT 0,
    linq_said        TEXT NOT NULL DEFAULT '',
    trace_id         TEXT NOT NULL DEFAULT '',

    -- A thread that was there before, in which the outcome is shown.
    thread_ts        TEXT NOT NULL,
    -- When a question to the person (state asked) is no longer open.
    expires_at       BIGINT NOT NULL,
    -- The removal that this request takes back.
    undoes           TEXT COLLATE "C" NOT NULL,

    handed_over      BOOLEAN NOT NULL DEFAULT FALSE,
    show_by          BIGINT NOT NULL DEFAULT 0,

    UNIQUE (delivery, handle_key)
);

-- One removal of a person from a chat may be under way at a time.
CREATE UNIQUE INDEX requests_under_way ON requests (chat_id, handle_key, kind)
    WHERE state IN ('asked', 'accepted', 'sent');
CREATE INDEX requests_not_handed_over ON requests (accepted_at) WHERE NOT handed_over;
CREATE INDEX requests_show_by ON requests (show_by) WHERE show_by > 0;
CREATE INDEX requests_expiring ON requests (expires_at) WHERE state = 'asked';
CREATE INDEX requests_undoing ON requests (undoes) WHERE undoes <> '';

-- What happened to a request, in the order in which it happened. Rows are added, never changed.
CREATE TABLE history (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id TEXT COLLATE "C" NOT NULL REFERENCES requests (id),
    at         BIGINT NOT NULL,
    state      TEXT NOT NULL,
    cause      TEXT NOT NULL,
    trace_id   TEXT NOT NULL
);
CREATE INDEX history_request ON history (request_id, id);

-- People who asked for a removal that was already under way.
CREATE TABLE followers (
    request_id   TEXT COLLATE "C" NOT NULL REFERENCES requests (id),
    delivery     TEXT COLLATE "C" NOT NULL,
    team_id      TEXT NOT NULL,
    channel_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    response_url TEXT NOT NULL,
    at           BIGINT NOT NULL,
    told         BOOLEAN NOT NULL,
    PRIMARY KEY (request_id, delivery)
);
CREATE INDEX followers_delivery ON followers (delivery);

-- Where a delivery shows in Slack: its parent message, or the way round it.
CREATE TABLE threads (
    delivery       TEXT COLLATE "C" PRIMARY KEY,
    route          TEXT NOT NULL,
    channel_id     TEXT NOT NULL,
    ts             TEXT NOT NULL,
    shown          TEXT NOT NULL,
    posting_since  BIGINT NOT NULL,
    doubts         BIGINT NOT NULL,
    response_uses  BIGINT NOT NULL,
    trouble        TEXT NOT NULL,
    trouble_since  BIGINT NOT NULL
);

-- The one status reply of a request in its thread.
CREATE TABLE replies (
    request_id    TEXT COLLATE "C" PRIMARY KEY REFERENCES requests (id),
    channel_id    TEXT NOT NULL,
    ts            TEXT NOT NULL,
    shown         TEXT NOT NULL,
    posting_since BIGINT NOT NULL,
    doubts        BIGINT NOT NULL
);

-- What the process has learned and must know at its next start, such as the token's own team.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Events of Slack that were taken, so that a redelivery is known for days.
CREATE TABLE events (
    id TEXT COLLATE "C" PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX events_at ON events (at);

-- Runs of a workflow step: one row is the promise to complete it.
CREATE TABLE executions (
    id          TEXT COLLATE "C" PRIMARY KEY,
    event_id    TEXT COLLATE "C" NOT NULL,
    team_id     TEXT NOT NULL,
    inputs      TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    request_id  TEXT COLLATE "C" NOT NULL DEFAULT '',
    refusal     TEXT NOT NULL DEFAULT '',
    completed   TEXT NOT NULL DEFAULT '',
    done_at     BIGINT NOT NULL DEFAULT 0
);

-- What Linq told by webhook of people who left or joined, also where nobody had asked for it.
CREATE TABLE sightings (
    event_id   TEXT COLLATE "C" PRIMARY KEY,
    type       TEXT NOT NULL,
    chat_id    TEXT COLLATE "C" NOT NULL,
    handle     TEXT NOT NULL,
    trace_id   TEXT NOT NULL,
    at         BIGINT NOT NULL,
    taken_at   BIGINT NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL
);
