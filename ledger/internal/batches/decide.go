package batches

import (
	"context"
	"encoding/json"
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

// follow returns the state that follows a decision; false when the batch is in no state for it.
func (d BatchDecision) follow(from BatchState) (BatchState, bool) {
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

// Verdict is what somebody decides, and when.
type Verdict struct {
	Decision BatchDecision
	By       string
	Limits   limits.Limits
	At       time.Time
}

// Decided is what became of a verdict.
type Decided struct {
	Batch   Batch
	Changed bool // by this verdict: not by a second one, nor by a yes that comes too late
}

// Stopped reports whether the verdict stopped the batch: [CancelUntried] is due.
func (d Decided) Stopped() bool { return d.Changed && d.Batch.State == Stopped }

// Decide carries out a verdict about a batch. The requests of one that is stopped are cancelled afterwards, in a
// transaction of its own: here their rows would be locked after the batch's. Until then none of them is tried. A yes over
// a limit changes nothing: [limits.LimitError].
func Decide(ctx context.Context, in store.Querier, dialect store.Dialect, id string, v Verdict) (Decided, error) {
	if v.Decision == ConfirmBatch {
		b, err := Load(ctx, in, id)
		if err == nil {
			err = lock(ctx, in, dialect, b, v.Limits)
		}
		if err != nil {
			return Decided{}, err
		}
	}
	b, err := LoadLocked(ctx, in, dialect, id)
	if err != nil {
		return Decided{}, err
	}
	next, ok := v.Decision.follow(b.State)
	if !ok || v.Decision == ConfirmBatch && !v.At.Before(b.ExpiresAt) {
		return Decided{Batch: b}, nil
	}
	b.State, b.DecidedBy, b.PausedAt = next, v.By, time.Time{}
	switch v.Decision {
	case ConfirmBatch:
		p, err := CountItems(ctx, in, id)
		if err != nil {
			return Decided{}, err
		}
		if err := check(ctx, in, dialect, b, p.All, v.Limits, v.At); err != nil {
			return Decided{}, err
		}
		b.ConfirmedAt, b.OverLimit = v.At, limits.Limit{}
	case DeclineBatch:
		b.EndedAt = v.At
	case PauseBatch:
		b.PausedAt = v.At
	}
	err = save(ctx, in, b, BatchEvent{At: v.At, State: next, UserID: v.By, Cause: "decided: " + string(v.Decision)})
	return Decided{Batch: b, Changed: true}, err
}

// Expired returns the ids of the first plans to which nobody said yes in time.
func Expired(ctx context.Context, db store.Querier, now time.Time) ([]string, error) {
	return store.Strings(ctx, db,
		`SELECT id FROM batches WHERE state = 'proposed' AND expires_at <= $1 ORDER BY id LIMIT 100`, store.Micros(now))
}

// Expire declines a plan to which nobody said yes in time.
func Expire(ctx context.Context, tx store.Querier, d store.Dialect, id string, now time.Time) error {
	b, err := LoadLocked(ctx, tx, d, id)
	if err != nil || b.State != Proposed || now.Before(b.ExpiresAt) {
		return err
	}
	b.State, b.EndedAt = Declined, now
	return save(ctx, tx, b, BatchEvent{At: now, State: Declined, Cause: "nobody said yes in time"})
}

// reasonStopped is why a request of a batch was cancelled.
const reasonStopped = "batch_stopped"

// selectUntried repeats the condition of the index requests_of_batch. Without it the index is not used.
const selectUntried = `SELECT id FROM requests WHERE batch_id <> '' AND batch_id = $1 AND state = 'accepted' AND NOT may_have_reached `

// CancelUntried cancels those requests of a batch that cannot have had an effect at Linq.
func CancelUntried(ctx context.Context, tx store.Querier, d store.Dialect, batchID string, now time.Time) ([]requests.Request, error) {
	ids, err := store.Strings(ctx, tx, selectUntried+requests.LockOrder+d.LockRows, batchID)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	chosen, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `
		UPDATE requests SET state = 'cancelled', reason = $1, ended_at = $2, handed_over = TRUE, version = version + 1
		WHERE id `+d.InList("$3"), reasonStopped, store.Micros(now), string(chosen)); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := requests.AddHistory(ctx, tx, id, requests.Event{At: now, State: requests.Cancelled, Cause: "the batch was stopped"}); err != nil {
			return nil, err
		}
	}
	return requests.Query(ctx, tx, `WHERE id `+d.InList("$1"), string(chosen))
}
