package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// firstShow is when a request that made no news is shown all the same.
const firstShow = 2 * time.Second

// entry is an order on its way into the ledger.
type entry struct {
	request Request
	showBy  time.Time
	result  *Acceptance
}

// requestColumns are the columns of a new request, in the order of [entry.values].
const requestColumns = `id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url,
	chat_id, handle, handle_key, thread_ts, undoes, state, accepted_at, expires_at, handed_over, show_by`

func (e entry) values() []any {
	r := e.request
	return []any{
		r.ID, r.Delivery, string(r.Kind), string(r.Source), r.TeamID, r.ChannelID, r.UserID, r.Rule, r.ResponseURL.Value(),
		r.ChatID, r.Handle.Value(), r.handleKey(), r.ThreadTS, r.Undoes, string(r.State), micros(r.AcceptedAt),
		micros(r.ExpiresAt), r.State == Asked, micros(e.showBy),
	}
}

func newEntry(o Order, id string, now time.Time, result *Acceptance) entry {
	e := entry{
		request: Request{Order: o, ID: id, State: Accepted, AcceptedAt: now, version: 1, news: 1},
		showBy:  now.Add(firstShow), result: result,
	}
	if o.AskFor > 0 { // nothing is done, and nothing is shown, until the person has decided
		e.request.State, e.request.ExpiresAt, e.showBy = Asked, now.Add(o.AskFor), time.Time{}
	}
	return e
}

// record inserts what is new in a batch, and finds out for the rest which request answers for it.
// The order in which rows are touched is the same in every replica, so that none waits for another
// that waits for it; among orders for the same, who came first is first.
func (a *acceptor) record(ctx context.Context, tx tx, batch []*acceptance) error {
	now := a.cfg.Now()
	var entries []entry
	for _, call := range batch {
		call.results = make([]Acceptance, len(call.orders))
		for i, order := range call.orders {
			entries = append(entries, newEntry(order, call.ids[i], now, &call.results[i]))
		}
	}
	slices.SortStableFunc(entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.request.handleKey(), y.request.handleKey()), cmp.Compare(x.request.ChatID, y.request.ChatID))
	})
	fresh, err := a.cfg.Store.insertRequests(ctx, tx, entries)
	if err != nil {
		return err
	}
	var known []string
	for _, e := range entries {
		if !fresh[e.request.ID] {
			known = append(known, e.request.Delivery)
		}
	}
	spent, err := spentAmong(ctx, tx, a.cfg.Store.dialect(), known)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !fresh[e.request.ID] {
			*e.result, err = a.refer(ctx, tx, e, spent[e.request.Delivery], now)
		} else {
			*e.result = Acceptance{Outcome: Recorded, Request: e.request}
			if e.request.Undoes != "" {
				err = showSoon(ctx, tx, e.request.Undoes, now)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// redeliveredClauses find what answers for a delivery that came before. They gather ids first: with
// an OR in that place PostgreSQL reads an index from end to end.
const redeliveredClauses = `
	WHERE handle_key = $1 AND id IN (
		SELECT id FROM requests WHERE delivery = $2 UNION ALL SELECT request_id FROM followers WHERE delivery = $2)`

// underWayClauses spell the condition of the index requests_under_way as it does, or it is not used.
const underWayClauses = `WHERE chat_id = $1 AND handle_key = $2 AND kind = $3 AND state IN ('asked', 'accepted', 'sent')`

// refer finds the request that answers for an order which is not new; none does for a spent delivery.
func (a *acceptor) refer(ctx context.Context, tx tx, e entry, spent bool, now time.Time) (Acceptance, error) {
	o := e.request.Order
	outcome := Redelivered
	request, err := queryRequest(ctx, tx, redeliveredClauses, o.handleKey(), o.Delivery)
	if errors.Is(err, ErrNotFound) {
		if spent {
			return Acceptance{Outcome: Spent}, nil
		}
		outcome = UnderWay
		request, err = queryLocked(ctx, tx, a.cfg.Store.dialect().lockRows, underWayClauses, o.ChatID, o.handleKey(), string(o.Kind))
	}
	if errors.Is(err, ErrNotFound) {
		return Acceptance{}, errMoved // it ended just now
	}
	if err != nil {
		return Acceptance{}, err
	}
	thread, err := loadThread(ctx, tx, request.Delivery)
	if err != nil {
		return Acceptance{}, err
	}
	if outcome == UnderWay {
		err = follow(ctx, tx, request, thread, o, now)
	}
	return Acceptance{Outcome: outcome, Request: request, Thread: thread}, err
}

// follow adds a person to those who asked for a removal that is under way.
func follow(ctx context.Context, tx tx, request Request, thread Thread, o Order, now time.Time) error {
	told := thread.Route == InThread && thread.TS != ""
	if _, err := tx.exec(ctx, `
		INSERT INTO followers (request_id, delivery, team_id, channel_id, user_id, response_url, at, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`,
		request.ID, o.Delivery, o.TeamID, o.ChannelID, o.UserID, o.ResponseURL.Value(), micros(now), told); err != nil {
		return err
	}
	if told {
		return nil
	}
	// The first news may be shown by now, and whoever showed them did not see this follower. An open
	// question is nobody else's business; the yes to it sets off a showing by itself.
	_, err := tx.exec(ctx, `
		UPDATE requests SET news = news + 1, show_by = $1 WHERE id = $2 AND show_by = 0 AND state <> 'asked'`,
		micros(now), request.ID)
	return err
}
