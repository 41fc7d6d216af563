package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"linqbot/ledger/internal/events"
	"linqbot/ledger/internal/jobs"
	"linqbot/ledger/internal/store"
)

// Execution is a run of a workflow step: the promise to complete it, once.
type Execution struct {
	ID         string // the platform's id of the run
	EventID    string
	TeamID     string
	Function   string // the callback id of what runs; defaults to [RemoveFunction]
	Inputs     Secret // JSON, as the platform sent it
	AcceptedAt time.Time
	RequestID  string    // the request that answers for it; "" until there is one
	Refusal    string    // why there is none, as a sentence
	Completed  string    // how it was completed; "" until then
	DoneAt     time.Time // zero until it is completed
}

// The functions that run, by the callback ids that the app's manifest gives them.
const (
	RemoveFunction = "remove_participant" // what every run was of before the ledger kept the function
	AddFunction    = "add_participant"

	OffboardFunction = "offboard_participant"
)

// storedInputs are the inputs of a run as they are stored. An older linqbot, which may serve beside this one during an
// upgrade, takes every run for the first function's. In front of the inputs of any other stands its name, which is not
// JSON, so that the older linqbot refuses them.
func (e Execution) storedInputs() string { return e.inputsPrefix() + e.Inputs.Value() }

func (e Execution) inputsPrefix() string {
	if e.Function == RemoveFunction {
		return ""
	}
	return e.Function + " "
}

// AcceptExecution records a run of a step, and returns when it is on disk and will be carried out.
// It returns false for one that was recorded before.
func (l *Ledger) AcceptExecution(ctx context.Context, e Execution) (bool, error) {
	e.Function = cmp.Or(e.Function, RemoveFunction)
	fresh := false
	err := l.store.InTx(ctx, func(tx store.Tx) error {
		if _, err := events.Take(ctx, tx, e.EventID, l.now()); err != nil {
			return err
		}
		rows, err := tx.Exec(ctx, `
			INSERT INTO executions (id, event_id, team_id, function, inputs, accepted_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING`, e.ID, e.EventID, e.TeamID, e.Function, e.storedInputs(), store.Micros(l.now()))
		if err != nil || rows == 0 {
			return err
		}
		fresh = true
		return jobs.Insert(ctx, tx, jobs.Execute(e.ID))
	})
	if err != nil {
		return false, fmt.Errorf("accept execution: %w", err)
	}
	return fresh, nil
}

// TakeEvent remembers an event, and returns false for one that was taken before.
func (l *Ledger) TakeEvent(ctx context.Context, id string) (bool, error) {
	fresh := false
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		fresh, err = events.Take(ctx, tx, id, l.now())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take event: %w", err)
	}
	return fresh, nil
}

// TakeDelivery remembers a delivery, and returns false for one that was spent before: it was taken, denied or
// read. It makes no request any more.
func (l *Ledger) TakeDelivery(ctx context.Context, delivery string) (bool, error) {
	fresh, err := l.TakeEvent(ctx, store.SpentPrefix+delivery)
	if err != nil {
		return false, fmt.Errorf("take delivery: %w", err)
	}
	return fresh, nil
}

// Execution returns a run of a step; [ErrNotFound] when there is none.
func (l *Ledger) Execution(ctx context.Context, id string) (Execution, error) {
	e := Execution{ID: id}
	var acceptedAt, doneAt int64
	var inputs string
	err := l.store.Reader().QueryRow(ctx, `
		SELECT event_id, team_id, function, inputs, accepted_at, request_id, refusal, completed, done_at FROM executions WHERE id = $1`, id).
		Scan(&e.EventID, &e.TeamID, &e.Function, &inputs, &acceptedAt, &e.RequestID, &e.Refusal, &e.Completed, &doneAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Execution{}, fmt.Errorf("load execution: %w", err)
	}
	e.Inputs = NewSecret(strings.TrimPrefix(inputs, e.inputsPrefix()))
	e.AcceptedAt, e.DoneAt = store.FromMicros(acceptedAt), store.FromMicros(doneAt)
	return e, nil
}

// SaveExecution stores what became of a run.
func (l *Ledger) SaveExecution(ctx context.Context, e Execution) error {
	_, err := l.store.Writer().Exec(ctx,
		`UPDATE executions SET request_id = $1, refusal = $2, completed = $3, done_at = $4 WHERE id = $5`,
		e.RequestID, e.Refusal, e.Completed, store.Micros(e.DoneAt), e.ID)
	if err != nil {
		return fmt.Errorf("save execution: %w", err)
	}
	return nil
}
