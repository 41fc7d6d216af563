package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/internal/jobs"
	"linqbot/ledger/internal/store"
)

// Change says what a new version of a request is due to.
type Change struct {
	Cause     string    // for the history: what was seen or done; holds no one's number
	TraceID   string    // Linq's trace id of the answer, if there was one
	News      bool      // people are to see it
	ShowAgain time.Time // when what is shown changes by itself
}

// Save stores r, adds the change to its history, and starts what follows from it. A request that became [Sent] is
// confirmed, and news are shown. All of it happens, or none. It returns the request as stored; [ErrStale] when
// someone else saved it since it was loaded, or when it is about to be tried and its batch was paused or stopped since.
func (l *Ledger) Save(ctx context.Context, r Request, c Change) (Request, error) {
	now := l.now()
	if r.State.Final() && r.EndedAt.IsZero() {
		r.EndedAt = now
	}
	var before State
	err := l.store.InTx(ctx, func(tx store.Tx) error {
		wait, err := l.awaitsOutcome(ctx, tx, r, now)
		if err != nil {
			return err
		}
		if r.BatchID != "" { // nothing of it shows by itself
			c.ShowAgain = time.Time{}
		}
		if wait && (c.ShowAgain.IsZero() || !r.State.Final()) {
			c.ShowAgain = r.AcceptedAt.Add(firstShow)
		}
		if err := tx.QueryRow(ctx, `SELECT state FROM requests WHERE id = $1`, r.ID).Scan(&before); err != nil {
			return err
		}
		changed, err := updateRequest(ctx, tx, r, c)
		if err != nil {
			return err
		}
		if !changed {
			return ErrStale
		}
		if err := addHistory(ctx, tx, r.ID, Event{At: now, State: r.State, Cause: c.Cause, TraceID: c.TraceID}); err != nil {
			return err
		}
		if r.Undoes != "" && r.State.Final() {
			if err := showSoon(ctx, tx, r.Undoes, now); err != nil {
				return err
			}
		}
		var next []jobs.Job
		if r.State == Sent && before != Sent {
			next = append(next, jobs.Confirm(r.ID, r.BatchID != ""))
		}
		if r.BatchID == "" && c.News && !wait {
			next = append(next, jobs.Show(r.Delivery))
		}
		if r.BatchID != "" && before.Final() { // a late webhook, of a batch that may be shown for the last time
			if err := showBatchSoon(ctx, tx, r.BatchID); err != nil {
				return err
			}
		}
		return jobs.Insert(ctx, tx, next...)
	})
	if err != nil {
		return Request{}, fmt.Errorf("save request %s: %w", r.ShortID(), err)
	}
	r.version++
	if c.News {
		r.news++
	}
	l.tell(before, now, r)
	if r.State.Final() && (r.Undoes != "" || r.BatchID != "") {
		l.dispatcher.Wake() // what it undoes is due to be shown
	}
	return r, nil
}

// awaitsOutcome reports whether news of r wait, since the first word of its delivery does: for the outcome of all
// of it, until [firstShow] is over. What is still open then is due to be shown, and the rest with it.
func (l *Ledger) awaitsOutcome(ctx context.Context, tx store.Tx, r Request, now time.Time) (bool, error) {
	if r.BatchID != "" || !now.Before(r.AcceptedAt.Add(firstShow)) {
		return false, nil
	}
	if !r.State.Final() {
		return true, nil
	}
	// Locked in one order, so that of two that end side by side the later sees the earlier.
	all, err := queryRequests(ctx, tx, `WHERE delivery = $1 ORDER BY id`+l.store.Dialect().LockRows, r.Delivery)
	return slices.ContainsFunc(all, func(other Request) bool { return other.ID != r.ID && !other.State.Final() }), err
}

func updateRequest(ctx context.Context, tx store.Tx, r Request, c Change) (bool, error) {
	rows, err := tx.Exec(ctx, `
		UPDATE requests SET
			version = version + 1,
			news = CASE WHEN $1 THEN news + 1 ELSE news END, show_by = CASE WHEN $1 THEN $2 ELSE show_by END,
			state = $3, sent_at = $4, ended_at = $5, tries = $6, first_try_at = $7, next_try_at = $8,
			may_have_reached = $9, seen_listed = $10, spelling = $11, chat_name = $12, people = $13,
			reason = $14, http_status = $15, linq_said = $16, trace_id = $17
		WHERE id = $18 AND version = $19 AND NOT ($6 > tries AND `+store.HeldByBatch+`)`,
		c.News, store.Micros(c.ShowAgain),
		string(r.State), store.Micros(r.SentAt), store.Micros(r.EndedAt), r.Tries, store.Micros(r.FirstTryAt), store.Micros(r.NextTryAt),
		r.MayHaveReached, r.SeenListed, r.ListedHandle.Value(), r.ChatName, r.People,
		r.Reason, r.HTTPStatus, r.LinqSaid, r.TraceID,
		r.ID, r.version)
	return rows == 1, err
}

func addHistory(ctx context.Context, tx store.Querier, requestID string, e Event) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO history (request_id, at, state, cause, trace_id) VALUES ($1, $2, $3, $4, $5)`,
		requestID, store.Micros(e.At), string(e.State), e.Cause, e.TraceID)
	return err
}

// Transition is a change of a request's state.
type Transition struct {
	Request Request // as it now is
	Before  State
	At      time.Time
}

// tell reports a change that is stored.
func (l *Ledger) tell(before State, at time.Time, now ...Request) {
	if l.changed == nil {
		return
	}
	for _, r := range now {
		if r.State != before {
			l.changed(Transition{Request: r, Before: before, At: at})
		}
	}
}
