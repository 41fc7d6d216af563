package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Execution is a run of a workflow step: the promise to complete it, once.
type Execution struct {
	ID         string // the platform's id of the run
	EventID    string
	TeamID     string
	Inputs     Secret // JSON, as the platform sent it
	AcceptedAt time.Time
	RequestID  string    // the request that answers for it; "" until there is one
	Refusal    string    // why there is none, as a sentence
	Completed  string    // how it was completed; "" until then
	DoneAt     time.Time // zero until it is completed
}

// AcceptExecution records a run of a step, and returns when it is on disk and will be carried out.
// It returns false for one that was recorded before.
func (l *Ledger) AcceptExecution(ctx context.Context, e Execution) (bool, error) {
	fresh := false
	err := l.store.inTx(ctx, func(tx tx) error {
		if _, err := takeEvent(ctx, tx, e.EventID, l.now()); err != nil {
			return err
		}
		rows, err := tx.exec(ctx, `
			INSERT INTO executions (id, event_id, team_id, inputs, accepted_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT DO NOTHING`, e.ID, e.EventID, e.TeamID, e.Inputs.Value(), micros(l.now()))
		if err != nil || rows == 0 {
			return err
		}
		fresh = true
		return insertJobs(ctx, tx, []river.InsertManyParams{{Args: executeArgs{ExecutionID: e.ID}}})
	})
	if err != nil {
		return false, fmt.Errorf("accept execution: %w", err)
	}
	return fresh, nil
}

// TakeEvent remembers an event, and returns false for one that was taken before.
func (l *Ledger) TakeEvent(ctx context.Context, id string) (bool, error) {
	fresh := false
	err := l.store.inTx(ctx, func(tx tx) (err error) {
		fresh, err = takeEvent(ctx, tx, id, l.now())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take event: %w", err)
	}
	return fresh, nil
}

// rememberEvents is far longer than any redelivery: Slack's last try comes within 24 hours.
const rememberEvents = 14 * 24 * time.Hour

// forgetEvents is how many old events one transaction deletes.
const forgetEvents = 200

const selectOldEvents = `SELECT id FROM events WHERE at < $1 LIMIT $2`

func takeEvent(ctx context.Context, tx tx, id string, now time.Time) (bool, error) {
	if err := pruneEvents(ctx, tx, now); err != nil {
		return false, err
	}
	return insertEvent(ctx, tx, id, now)
}

// pruneEvents forgets some of the events that are old enough.
func pruneEvents(ctx context.Context, tx tx, now time.Time) error {
	_, err := tx.exec(ctx, `DELETE FROM events WHERE id IN (`+selectOldEvents+`)`,
		micros(now.Add(-rememberEvents)), forgetEvents)
	return err
}

// insertEvent returns false for an event that is there already.
func insertEvent(ctx context.Context, tx tx, id string, now time.Time) (bool, error) {
	rows, err := tx.exec(ctx, `INSERT INTO events (id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, micros(now))
	return rows == 1, err
}

// Execution returns a run of a step; [ErrNotFound] when there is none.
func (l *Ledger) Execution(ctx context.Context, id string) (Execution, error) {
	e := Execution{ID: id}
	var acceptedAt, doneAt int64
	err := l.store.reader().queryRow(ctx, `
		SELECT event_id, team_id, inputs, accepted_at, request_id, refusal, completed, done_at FROM executions WHERE id = $1`, id).
		Scan(&e.EventID, &e.TeamID, &e.Inputs, &acceptedAt, &e.RequestID, &e.Refusal, &e.Completed, &doneAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Execution{}, fmt.Errorf("load execution: %w", err)
	}
	e.AcceptedAt, e.DoneAt = fromMicros(acceptedAt), fromMicros(doneAt)
	return e, nil
}

// SaveExecution stores what became of a run.
func (l *Ledger) SaveExecution(ctx context.Context, e Execution) error {
	_, err := l.store.writer().exec(ctx,
		`UPDATE executions SET request_id = $1, refusal = $2, completed = $3, done_at = $4 WHERE id = $5`,
		e.RequestID, e.Refusal, e.Completed, micros(e.DoneAt), e.ID)
	if err != nil {
		return fmt.Errorf("save execution: %w", err)
	}
	return nil
}
