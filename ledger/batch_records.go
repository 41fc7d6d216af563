package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"linqbot/ledger/internal/events"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// AcceptBatch records a batch, and returns when it is on disk and will be planned: see [Workers.Plan]. It returns
// false and the batch as it stands for a delivery that was recorded before, and false and the zero [Batch] for one
// that was denied or read. A batch that does not ask may be over a limit: [LimitError].
func (l *Ledger) AcceptBatch(ctx context.Context, o BatchOrder) (b Batch, fresh bool, err error) {
	if b, err = newBatch(o, l.now()); err != nil {
		return Batch{}, false, err
	}
	asked := b
	err = l.store.InTx(ctx, func(tx store.Tx) (err error) {
		b, fresh, err = acceptBatch(ctx, tx, l.store.Dialect(), asked)
		l.counter.Forget(asked.owner(), limits.Everybody) // it may count from now on
		return err
	})
	if err != nil {
		return Batch{}, false, notAccepted(err)
	}
	l.dispatcher.Wake()
	return b, fresh, nil
}

// notAccepted tells what is over a limit from trouble.
func notAccepted(err error) error {
	if met, ok := errors.AsType[*LimitError](err); ok {
		return met
	}
	return fmt.Errorf("%w: %w", ErrNotRecorded, err)
}

func newBatch(o BatchOrder, now time.Time) (Batch, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return Batch{BatchOrder: o, ID: id.String(), State: Planning, AcceptedAt: now}, nil
}

// acceptBatch inserts a batch. For a delivery that came before it returns false, and what answers for that.
func acceptBatch(ctx context.Context, in store.Querier, d store.Dialect, b Batch) (Batch, bool, error) {
	o := b.BatchOrder
	handles, err := encodeHandles(o.Handles)
	if err != nil {
		return Batch{}, false, err
	}
	spent, err := events.SpentAmong(ctx, in, d, []string{o.Delivery})
	if err != nil || spent[o.Delivery] {
		return Batch{}, false, err
	}
	if !o.Asks { // another one is counted once it is confirmed
		if err := lockLimits(ctx, in, d, b, o.Limits); err != nil {
			return Batch{}, false, err
		}
		if err := checkLimits(ctx, in, d, b, 1, o.Limits, b.AcceptedAt); err != nil {
			return Batch{}, false, err
		}
	}
	rows, err := in.Exec(ctx, `
		INSERT INTO batches (id, delivery, job, kind, source, team_id, channel_id, user_id, rule, response_url,
			thread_ts, chat_id, handles, because, undoes, asks, dry_run, state, accepted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ON CONFLICT DO NOTHING`,
		b.ID, o.Delivery, string(o.Job), string(o.Kind), string(o.Source), o.TeamID, o.ChannelID, o.UserID, o.Rule,
		o.ResponseURL.Value(), o.ThreadTS, o.ChatID, handles, o.Because, o.Undoes, o.Asks, o.DryRun,
		string(b.State), store.Micros(b.AcceptedAt))
	if err != nil {
		return Batch{}, false, err
	}
	if rows == 0 {
		b, err = loadBatch(ctx, in, `WHERE delivery = $1`, o.Delivery)
		return b, false, err
	}
	if o.Undoes != "" { // that is not on offer any more
		if err := requests.ShowBatchSoon(ctx, in, o.Undoes); err != nil {
			return Batch{}, false, err
		}
	}
	err = addBatchHistory(ctx, in, b.ID, BatchEvent{At: b.AcceptedAt, State: Planning, UserID: o.UserID, Cause: "asked for by " + string(o.Source)})
	return b, true, err
}

// Batch returns a batch as it stands; [ErrNotFound] when there is none.
func (l *Ledger) Batch(ctx context.Context, id string) (Batch, error) {
	return loadBatch(ctx, l.store.Reader(), `WHERE id = $1`, id)
}

// BatchUndoneBy returns the batch that takes another back; [ErrNotFound] when nobody asked for that, or declined it.
func (l *Ledger) BatchUndoneBy(ctx context.Context, id string) (Batch, error) {
	return loadBatch(ctx, l.store.Reader(),
		`WHERE undoes <> '' AND undoes = $1 AND state NOT IN ('declined', 'unplanned') ORDER BY id DESC LIMIT 1`, id)
}

func loadBatch(ctx context.Context, db store.Querier, clauses string, args ...any) (Batch, error) {
	b, err := scanBatch(db.QueryRow(ctx, selectBatches+clauses, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Batch{}, fmt.Errorf("load batch: %w", err)
	}
	return b, nil
}

// Plan is what a plan found.
type Plan struct {
	Items   []BatchItem   // in the order in which they are to be carried out
	CutOff  bool          // Linq's list of chats had no end, so chats may be missing
	AskFor  time.Duration // how long the person may say yes; counts only for a batch that asks
	Trouble string        // why there is no plan: a code of package commands; "" when there is one
	Limits  Limits        // that hold for a batch that does not ask
}

// TroubleOverLimit is why a batch that does not ask is not carried out: it is more than the limit of a day leaves.
const TroubleOverLimit = "over_limit"

// Propose stores what [Workers.Plan] found, and sets off what follows: a batch that asks waits for a yes, another one
// runs. A batch that is planned already stays as it is. Both are returned as they now stand.
func (l *Ledger) Propose(ctx context.Context, id string, p Plan) (Batch, error) {
	if err := l.keepItems(ctx, id, p.Items); err != nil {
		return Batch{}, fmt.Errorf("propose batch: %w", err)
	}
	now := l.now()
	var b Batch
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		if b, err = loadBatch(ctx, tx, `WHERE id = $1`+l.store.Dialect().LockRows, id); err != nil || b.State != Planning {
			return err
		}
		next := BatchEvent{At: now, Cause: fmt.Sprintf("planned: %d removals", len(p.Items))}
		b.CutOff, b.Trouble = p.CutOff, p.Trouble
		switch {
		case p.Trouble != "":
			next.Cause = "could not be planned: " + p.Trouble
			b.State, b.EndedAt = Unplanned, now
		case b.DryRun:
			b.State, b.EndedAt = DryRun, now
		case len(p.Items) == 0:
			b.State, b.EndedAt = Finished, now
		case b.Asks:
			b.State, b.ExpiresAt = Proposed, now.Add(p.AskFor)
		default:
			b.State, b.ConfirmedAt = Running, now
			err := checkLimits(ctx, tx, l.store.Dialect(), b, len(p.Items), Limits{PerDay: p.Limits.PerDay}, now) // the hour was checked when it was accepted
			if _, over := errors.AsType[*LimitError](err); over {
				b.State, b.ConfirmedAt, b.EndedAt, b.Trouble = Unplanned, time.Time{}, now, TroubleOverLimit
				next.Cause = "over the limit of a day"
			} else if err != nil {
				return err
			}
			l.counter.Forget(b.owner(), limits.Everybody) // it counts from now on
		}
		next.State = b.State
		return saveBatch(ctx, tx, b, next)
	})
	if err != nil {
		return Batch{}, fmt.Errorf("propose batch: %w", err)
	}
	l.dispatcher.Wake()
	return b, nil
}

// keepItems stores the items of a batch that is being planned, in place of those of a plan that was cut off. It takes
// several transactions, since what is accepted meanwhile waits for each.
func (l *Ledger) keepItems(ctx context.Context, batchID string, items []BatchItem) error {
	const together = 100
	for i := 0; i == 0 || i < len(items); i += together {
		err := l.store.InTx(ctx, func(tx store.Tx) error {
			b, err := loadBatch(ctx, tx, `WHERE id = $1`+l.store.Dialect().LockRows, batchID)
			if err != nil || b.State != Planning {
				return err
			}
			if i == 0 {
				if _, err := tx.Exec(ctx, `DELETE FROM batch_items WHERE batch_id = $1`, batchID); err != nil {
					return err
				}
			}
			for _, item := range items[i:min(i+together, len(items))] {
				if _, err := tx.Exec(ctx, `
					INSERT INTO batch_items (batch_id, position, chat_id, chat_name, handle, foreseen, undoes)
					VALUES ($1, $2, $3, $4, $5, $6, $7)`,
					batchID, item.Position, item.ChatID, item.ChatName, item.Handle.Value(), item.Foreseen, item.Undoes); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// saveBatch stores a new state of a batch with its line of history. Call [jobs.Dispatcher.Wake] after the commit: what
// follows from it is handed over then, or by a sweep.
func saveBatch(ctx context.Context, tx store.Querier, b Batch, e BatchEvent) error {
	if _, err := tx.Exec(ctx, `
		UPDATE batches SET state = $1, expires_at = $2, confirmed_at = $3, ended_at = $4, decided_by = $5, trouble = $6, cut_off = $7,
			news = news + 1, handed_over = FALSE
		WHERE id = $8`,
		string(b.State), store.Micros(b.ExpiresAt), store.Micros(b.ConfirmedAt), store.Micros(b.EndedAt), b.DecidedBy,
		b.Trouble, b.CutOff, b.ID); err != nil {
		return err
	}
	if b.Undoes != "" && !b.Open() { // that may be on offer again
		if err := requests.ShowBatchSoon(ctx, tx, b.Undoes); err != nil {
			return err
		}
	}
	return addBatchHistory(ctx, tx, b.ID, e)
}

func addBatchHistory(ctx context.Context, tx store.Querier, id string, e BatchEvent) error {
	_, err := tx.Exec(ctx, `INSERT INTO batch_history (batch_id, at, state, user_id, cause) VALUES ($1, $2, $3, $4, $5)`,
		id, store.Micros(e.At), string(e.State), e.UserID, e.Cause)
	return err
}
