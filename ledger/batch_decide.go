package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// BatchDecision is what a person decides about a batch.
type BatchDecision string

// The decisions about a batch.
const (
	ConfirmBatch BatchDecision = "confirm"
	DeclineBatch BatchDecision = "decline"
	PauseBatch   BatchDecision = "pause"
	ResumeBatch  BatchDecision = "resume"
	StopBatch    BatchDecision = "stop"
)

// decide returns the state that follows a decision; false when the batch is in no state for it.
func (d BatchDecision) decide(from BatchState) (BatchState, bool) {
	switch {
	case d == ConfirmBatch && from == Proposed, d == ResumeBatch && from == Paused:
		return Running, true
	case d == DeclineBatch && from == Proposed:
		return Declined, true
	case d == PauseBatch && from == Running:
		return Paused, true
	case d == StopBatch && (from == Running || from == Paused):
		return Stopped, true
	default:
		return from, false
	}
}

// DecideBatch carries out what a person decided about a batch. It returns the batch as it then stands, and whether
// this call changed it: a second press does not, nor a yes that comes too late. Requests of a batch that is stopped
// are cancelled unless they may have reached Linq. A yes over a limit changes nothing: [LimitError]. Whoever calls it has
// checked that the person may decide.
func (l *Ledger) DecideBatch(ctx context.Context, id string, decision BatchDecision, userID string, most Limits) (Batch, bool, error) {
	now := l.now()
	var d decided
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		d, err = decideBatch(ctx, tx, l.store.Dialect(), id, verdict{decision, userID, most, now})
		l.counter.Forget(d.batch.owner(), limits.Everybody) // it may count from now on
		return err
	})
	if err != nil {
		return Batch{}, false, fmt.Errorf("decide batch: %w", err)
	}
	l.dispatcher.Wake()
	l.tell(Accepted, now, d.cancelled...)
	return d.batch, d.changed, nil
}

// verdict is what somebody decides, and when.
type verdict struct {
	decision BatchDecision
	by       string
	limits   Limits
	at       time.Time
}

// decided is what became of a verdict.
type decided struct {
	batch     Batch
	changed   bool
	cancelled []Request
}

func decideBatch(ctx context.Context, in store.Querier, dialect store.Dialect, id string, v verdict) (decided, error) {
	if v.decision == ConfirmBatch {
		b, err := loadBatch(ctx, in, `WHERE id = $1`, id)
		if err == nil {
			err = lockLimits(ctx, in, dialect, b, v.limits)
		}
		if err != nil {
			return decided{}, err
		}
	}
	b, err := loadBatch(ctx, in, `WHERE id = $1`+dialect.LockRows, id)
	if err != nil {
		return decided{}, err
	}
	next, ok := v.decision.decide(b.State)
	if !ok || v.decision == ConfirmBatch && !v.at.Before(b.ExpiresAt) {
		return decided{batch: b}, nil
	}
	b.State, b.DecidedBy = next, v.by
	var cancelled []Request
	switch v.decision {
	case ConfirmBatch:
		p, err := countItems(ctx, in, id)
		if err != nil {
			return decided{}, err
		}
		if err := checkLimits(ctx, in, dialect, b, p.All, v.limits, v.at); err != nil {
			return decided{}, err
		}
		b.ConfirmedAt = v.at
	case DeclineBatch:
		b.EndedAt = v.at
	case StopBatch:
		if cancelled, err = cancelUntried(ctx, in, id, v.at); err != nil {
			return decided{}, err
		}
	}
	err = saveBatch(ctx, in, b, BatchEvent{At: v.at, State: next, UserID: v.by, Cause: "decided: " + string(v.decision)})
	return decided{batch: b, changed: true, cancelled: cancelled}, err
}

// reasonStopped is why a request of a batch was cancelled.
const reasonStopped = "batch_stopped"

// cancelUntried cancels the requests of a batch of which nothing can have had an effect at Linq.
func cancelUntried(ctx context.Context, tx store.Querier, batchID string, now time.Time) ([]Request, error) {
	ids, err := store.Strings(ctx, tx, `
		UPDATE requests SET state = 'cancelled', reason = $1, ended_at = $2, handed_over = TRUE, version = version + 1
		WHERE batch_id <> '' AND batch_id = $3 AND state = 'accepted' AND NOT may_have_reached
		RETURNING id`, reasonStopped, store.Micros(now), batchID)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	for _, id := range ids {
		if err := requests.AddHistory(ctx, tx, id, Event{At: now, State: Cancelled, Cause: "the batch was stopped"}); err != nil {
			return nil, err
		}
	}
	all, err := requests.Query(ctx, tx, `WHERE batch_id <> '' AND batch_id = $1 AND state = 'cancelled'`, batchID)
	return slices.DeleteFunc(all, func(r Request) bool { return !slices.Contains(ids, r.ID) }), err
}
