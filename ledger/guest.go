package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// ErrServed says that another process serves from the ledger. Open it as a [Guest] instead.
var ErrServed = errors.New("ledger: served by another process")

// OpenUnserved is [Open] for a ledger from which nobody serves; [ErrServed] if somebody does.
func OpenUnserved(ctx context.Context, cfg Config) (*Ledger, error) {
	served, err := database.IsServed(ctx, cfg.URL)
	if err != nil {
		return nil, err
	}
	if served {
		return nil, ErrServed
	}
	l, err := Open(ctx, cfg)
	if errors.Is(err, database.ErrOwned) {
		return nil, ErrServed
	}
	return l, err
}

// Guest records batches in a ledger beside those who serve from it, and sees what becomes of them. Those who serve
// find them within a second.
type Guest struct {
	from store.Guest
}

// OpenGuest opens the ledger that a URL names beside those who serve from it.
func OpenGuest(ctx context.Context, databaseURL string) (*Guest, error) {
	opened, err := database.OpenGuest(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	return &Guest{from: opened}, nil
}

// Close lets go of the store.
func (g *Guest) Close() error { return g.from.Close() }

// Paused returns the pause that holds, or the zero value.
func (g *Guest) Paused(ctx context.Context) (Pause, error) { return readPause(ctx, g.from.Reader()) }

// Batch is [Ledger.Batch].
func (g *Guest) Batch(ctx context.Context, id string) (Batch, error) {
	return batches.Load(ctx, g.from.Reader(), id)
}

// Progress is [Ledger.Progress].
func (g *Guest) Progress(ctx context.Context, batchID string) (Progress, error) {
	return batches.CountItems(ctx, g.from.Reader(), batchID)
}

// BatchItems is [Ledger.BatchItems].
func (g *Guest) BatchItems(ctx context.Context, batchID string, after, limit int) ([]BatchResult, error) {
	return batches.Items(ctx, g.from.Reader(), batchID, after, limit)
}

// Pace is [Ledger.Pace].
func (g *Guest) Pace(ctx context.Context) (Pace, error) {
	return requests.FindPace(ctx, g.from.Reader(), time.Now())
}

// BatchUnderWay is [Ledger.BatchUnderWay].
func (g *Guest) BatchUnderWay(ctx context.Context, o BatchOrder) (Batch, error) {
	return batches.UnderWay(ctx, g.from.Reader(), o)
}

// AcceptBatch is [Ledger.AcceptBatch].
func (g *Guest) AcceptBatch(ctx context.Context, o BatchOrder) (b Batch, fresh bool, err error) {
	b, err = batches.New(o, time.Now())
	if err != nil {
		return Batch{}, false, err
	}
	err = g.from.Write(ctx, func(in store.Querier) (err error) {
		b, fresh, err = batches.Accept(ctx, in, g.from.Dialect(), b)
		return err
	})
	if err != nil {
		return Batch{}, false, fmt.Errorf("record batch: %w", database.Advised(err))
	}
	return b, fresh, nil
}

// DecideBatch is [Ledger.DecideBatch].
func (g *Guest) DecideBatch(ctx context.Context, id string, decision BatchDecision, by string, most Limits) (Batch, bool, error) {
	verdict := batches.Verdict{Decision: decision, By: by, Limits: most, At: time.Now()}
	var d batches.Decided
	err := g.from.Write(ctx, func(in store.Querier) (err error) {
		d, err = batches.Decide(ctx, in, g.from.Dialect(), id, verdict)
		return err
	})
	if err == nil && d.Stopped() {
		err = g.from.Write(ctx, func(in store.Querier) error {
			_, err := batches.CancelUntried(ctx, in, g.from.Dialect(), id, verdict.At)
			return err
		})
	}
	if err != nil {
		return Batch{}, false, fmt.Errorf("decide batch: %w", database.Advised(err))
	}
	return d.Batch, d.Changed, nil
}

// DenyOperator is [Ledger.DenyOperator].
func (g *Guest) DenyOperator(ctx context.Context, rule string) error {
	return g.from.Write(ctx, func(in store.Querier) error { return denyOperator(ctx, in, rule, time.Now()) })
}
