-- +goose Up

-- What a person asked for, the newest first. Ids are in the order of time, so that the index holds
-- the answer in its order, and reading ten rows costs the same however many there are. Each accepted
-- request is one more entry in it; those of workflows, whose user is a claim, are left out.
CREATE INDEX requests_of_user ON requests (user_id, id) WHERE source <> 'workflow';

-- Whom Linq may yet report as gone, with those that requests_under_way holds. Few end in this state.
CREATE INDEX requests_unconfirmed ON requests (chat_id, handle_key, kind) WHERE state = 'unconfirmed';
