package batches

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"linqbot/ledger/internal/events"
	"linqbot/ledger/internal/groupcommit"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// New returns the batch that an order makes.
func New(o BatchOrder, now time.Time) (Batch, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", groupcommit.ErrNotRecorded, err)
	}
	return Batch{BatchOrder: o, ID: id.String(), State: Planning, AcceptedAt: now}, nil
}

// Accept records a batch. It returns false and the batch as it stands for a delivery that was recorded before, and false
// and the zero [Batch] for one that was denied or read. A batch that does not ask may be over a limit:
// [limits.LimitError].
func Accept(ctx context.Context, in store.Querier, d store.Dialect, b Batch) (Batch, bool, error) {
	o := b.BatchOrder
	handles, err := encodeHandles(o.Handles)
	if err != nil {
		return Batch{}, false, err
	}
	spent, err := events.SpentAmong(ctx, in, d, []string{o.Delivery})
	if err != nil || spent[o.Delivery] {
		return Batch{}, false, err
	}
	if !o.Asks && !o.DryRun { // another one is counted once it is confirmed, and a dry run never
		if err := lock(ctx, in, d, b, o.Limits); err != nil {
			return Batch{}, false, err
		}
		if err := check(ctx, in, d, b, 1, o.Limits, b.AcceptedAt); err != nil {
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
		b, err = load(ctx, in, `WHERE delivery = $1`, o.Delivery)
		return b, false, err
	}
	if o.Undoes != "" { // that is not on offer any more
		if err := requests.ShowBatchSoon(ctx, in, o.Undoes); err != nil {
			return Batch{}, false, err
		}
	}
	err = addHistory(ctx, in, b.ID, BatchEvent{At: b.AcceptedAt, State: Planning, UserID: o.UserID, Cause: "asked for by " + string(o.Source)})
	return b, true, err
}

// Load returns a batch as it stands; [store.ErrNotFound] when there is none.
func Load(ctx context.Context, db store.Querier, id string) (Batch, error) {
	return load(ctx, db, `WHERE id = $1`, id)
}

// LoadLocked is [Load] with what keeps others from changing the batch.
func LoadLocked(ctx context.Context, tx store.Querier, d store.Dialect, id string) (Batch, error) {
	return load(ctx, tx, `WHERE id = $1`+d.LockRows, id)
}

func load(ctx context.Context, db store.Querier, clauses string, args ...any) (Batch, error) {
	b, err := scanBatch(db.QueryRow(ctx, selectBatches+clauses, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return Batch{}, fmt.Errorf("load batch: %w", err)
	}
	return b, nil
}

const selectBatches = `
	SELECT id, delivery, job, kind, source, team_id, channel_id, user_id, rule, response_url, thread_ts, chat_id,
		handles, because, undoes, asks, dry_run, state, accepted_at, expires_at, confirmed_at, ended_at, decided_by,
		trouble, limit_most, limit_everybody, limit_again, chat_name, cut_off, shown,
		CASE WHEN state = 'paused' THEN (SELECT COALESCE(MAX(at), 0) FROM batch_history WHERE batch_id = batches.id AND state = 'paused') ELSE 0 END
	FROM batches `

func scanBatch(from store.Row) (Batch, error) {
	var b Batch
	var handles string
	var acceptedAt, expiresAt, confirmedAt, endedAt, again, pausedAt int64
	err := from.Scan(&b.ID, &b.Delivery, &b.Job, &b.Kind, &b.Source, &b.TeamID, &b.ChannelID, &b.UserID, &b.Rule,
		&b.ResponseURL, &b.ThreadTS, &b.ChatID, &handles, &b.Because, &b.Undoes, &b.Asks, &b.DryRun, &b.State,
		&acceptedAt, &expiresAt, &confirmedAt, &endedAt, &b.DecidedBy, &b.Trouble,
		&b.OverLimit.Most, &b.OverLimit.Everybody, &again, &b.ChatName, &b.CutOff, &b.Shown, &pausedAt)
	if err != nil {
		return Batch{}, err
	}
	b.AcceptedAt, b.ExpiresAt = store.FromMicros(acceptedAt), store.FromMicros(expiresAt)
	b.ConfirmedAt, b.EndedAt = store.FromMicros(confirmedAt), store.FromMicros(endedAt)
	b.OverLimit.Again, b.PausedAt = store.FromMicros(again), store.FromMicros(pausedAt)
	b.Handles, err = decodeHandles(handles)
	return b, err
}

// save stores a new state of a batch with its line of history. What follows from it is handed over once the dispatcher
// is woken, or by a sweep.
func save(ctx context.Context, tx store.Querier, b Batch, e BatchEvent) error {
	if _, err := tx.Exec(ctx, `
		UPDATE batches SET state = $1, expires_at = $2, confirmed_at = $3, ended_at = $4, decided_by = $5, trouble = $6, cut_off = $7,
			limit_most = $8, limit_everybody = $9, limit_again = $10, chat_name = $11, news = news + 1, handed_over = FALSE
		WHERE id = $12`,
		string(b.State), store.Micros(b.ExpiresAt), store.Micros(b.ConfirmedAt), store.Micros(b.EndedAt), b.DecidedBy,
		b.Trouble, b.CutOff, b.OverLimit.Most, b.OverLimit.Everybody, store.Micros(b.OverLimit.Again), b.ChatName, b.ID); err != nil {
		return err
	}
	if b.Undoes != "" && !b.Open() { // that may be on offer again
		if err := requests.ShowBatchSoon(ctx, tx, b.Undoes); err != nil {
			return err
		}
	}
	return addHistory(ctx, tx, b.ID, e)
}
