package backlog

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/internal/jobs"
	"linqbot/ledger/internal/store"
)

// StuckKind says what a request waits for in vain.
type StuckKind string

// The kinds of being stuck.
const (
	NotHandedOver StuckKind = "not_handed_over" // it is recorded, and was given to no worker
	NotTried      StuckKind = "not_tried"       // it was given to a worker, and has not moved since
	NotRetried    StuckKind = "not_retried"     // it was due to be tried again
	NotSettled    StuckKind = "not_settled"     // Linq has taken it; it was neither confirmed nor given up
)

// Stuck is a request that should have moved by now.
type Stuck struct {
	Request ledger.Request
	Kind    StuckKind
	Since   time.Time // when it should have moved, at the latest
}

const (
	// handOverBy is when a request is late to be handed over: the sweep comes each second at the latest.
	handOverBy = time.Minute
	// tryBy is when a try is late. A worker is free within seconds, and after a restart too.
	tryBy = 5 * time.Minute
	// settleBy is when a request that Linq has taken is late to end: it becomes unconfirmed after ten minutes.
	settleBy = 15 * time.Minute
	// moveBy is when a line is late to move: a try lasts 20 s at most.
	moveBy = time.Minute

	mostStuck = 100
)

// stuckWay is how requests of a kind are found.
type stuckWay struct {
	kind  StuckKind
	where string // with the moment before which it should have moved
	grace time.Duration
	since func(ledger.Request) time.Time
	queue bool // in a line that moves, to wait is not to be stuck
}

// stuckWays repeat the condition of an index of what is open. Without it SQLite reads every request.
func stuckWays() []stuckWay {
	return []stuckWay{
		{
			kind: NotHandedOver, where: `NOT handed_over AND accepted_at < %s AND NOT (` + store.HeldByBatch + `)`, grace: handOverBy,
			since: func(q ledger.Request) time.Time { return q.AcceptedAt }, queue: true,
		},
		{
			kind: NotTried, where: store.UnderWay + ` AND state = 'accepted' AND handed_over AND next_try_at = 0 AND accepted_at < %s`, grace: tryBy,
			since: func(q ledger.Request) time.Time { return q.AcceptedAt }, queue: true,
		},
		{
			kind: NotRetried, where: store.UnderWay + ` AND state = 'accepted' AND handed_over AND next_try_at > 0 AND next_try_at < %s`, grace: tryBy,
			since: func(q ledger.Request) time.Time { return q.NextTryAt },
		},
		{
			kind: NotSettled, where: store.UnderWay + ` AND state = 'sent' AND sent_at < %s`, grace: settleBy,
			since: func(q ledger.Request) time.Time { return q.SentAt },
		},
	}
}

// notHeld is the condition of what should move while removals are paused.
const notHeld = ` AND (kind <> 'remove' OR state = 'sent')`

// FindStuck returns the requests that should have moved by now, the oldest first, at most 100 of a kind. Requests that
// wait for the end of a pause are not among them.
func FindStuck(ctx context.Context, in *ledger.Reader, now time.Time) ([]Stuck, error) {
	moves, err := lineMoves(ctx, in.Store().Reader(), now)
	if err != nil {
		return nil, fmt.Errorf("look for a line that moves: %w", err)
	}
	pause, err := in.Paused(ctx)
	if err != nil {
		return nil, err
	}
	var all []Stuck
	for _, each := range stuckWays() {
		if each.queue && moves {
			continue
		}
		if pause.Holds() {
			each.where += notHeld
		}
		var late store.Where
		late.Add(each.where, store.Micros(now.Add(-each.grace)))
		found, err := in.Requests(ctx, &late, "accepted_at", mostStuck)
		if err != nil {
			return nil, fmt.Errorf("look for stuck requests: %w", err)
		}
		for _, request := range found {
			all = append(all, Stuck{Request: request, Kind: each.kind, Since: each.since(request)})
		}
	}
	return all, nil
}

// lineMoves reports whether requests wait for their turn, in our rows or in River, while others are tried. The
// history shows which requests a worker has had. It leaves out what came before, such as the yes to a question, and
// the end of a question.
func lineMoves(ctx context.Context, in store.Querier, now time.Time) (bool, error) {
	const lately = 1000 // more than are handed over at once, each with a line of its own
	var line bool
	err := in.QueryRow(ctx, `
		SELECT EXISTS (SELECT 1 FROM requests WHERE NOT handed_over AND accepted_at < $1)
			OR EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = $2)`,
		store.Micros(now.Add(-handOverBy)), jobs.TryQueue).Scan(&line)
	if err != nil || !line {
		return false, err
	}
	var moved int64
	err = in.QueryRow(ctx, `
		SELECT COALESCE(MAX(h.at), 0)
		FROM (SELECT request_id, at FROM history ORDER BY id DESC LIMIT $1) AS h
			JOIN requests r ON r.id = h.request_id
		WHERE r.tries > 0 OR r.next_try_at > 0 OR r.state NOT IN ('asked', 'accepted', 'cancelled', 'dry_run')`, lately).Scan(&moved)
	return moved > store.Micros(now.Add(-moveBy)), err
}
