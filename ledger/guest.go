package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/trail"
)

// ErrServed says that a process carries on what is in the ledger: whoever comes besides is a [Guest].
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
	return loadBatch(ctx, g.from.Reader(), `WHERE id = $1`, id)
}

// Progress is [Ledger.Progress].
func (g *Guest) Progress(ctx context.Context, batchID string) (Progress, error) {
	return countItems(ctx, g.from.Reader(), batchID)
}

// BatchItems is [Ledger.BatchItems].
func (g *Guest) BatchItems(ctx context.Context, batchID string, after, limit int) ([]BatchResult, error) {
	return batchItems(ctx, g.from.Reader(), batchID, after, limit)
}

// BatchUnderWay is [Ledger.BatchUnderWay].
func (g *Guest) BatchUnderWay(ctx context.Context, o BatchOrder) (Batch, error) {
	return batchUnderWay(ctx, g.from.Reader(), o)
}

// AcceptBatch is [Ledger.AcceptBatch].
func (g *Guest) AcceptBatch(ctx context.Context, o BatchOrder) (b Batch, fresh bool, err error) {
	b, err = newBatch(o, time.Now())
	if err != nil {
		return Batch{}, false, err
	}
	err = g.from.Write(ctx, func(in store.Querier) (err error) {
		b, fresh, err = acceptBatch(ctx, in, g.from.Dialect(), b)
		return err
	})
	if err != nil {
		return Batch{}, false, fmt.Errorf("record batch: %w", database.Advised(err))
	}
	return b, fresh, nil
}

// DecideBatch is [Ledger.DecideBatch].
func (g *Guest) DecideBatch(ctx context.Context, id string, decision BatchDecision, by string, limits Limits) (Batch, bool, error) {
	var d decided
	err := g.from.Write(ctx, func(in store.Querier) (err error) {
		d, err = decideBatch(ctx, in, g.from.Dialect(), id, verdict{decision, by, limits, time.Now()})
		return err
	})
	if err != nil {
		return Batch{}, false, fmt.Errorf("decide batch: %w", database.Advised(err))
	}
	return d.batch, d.changed, nil
}

// DenyOperator is [Ledger.DenyOperator].
func (g *Guest) DenyOperator(ctx context.Context, rule string) error {
	return g.from.Write(ctx, func(in store.Querier) error { return denyOperator(ctx, in, rule, time.Now()) })
}

// BatchUnderWay returns the batch of an operator that does what another one would do, and has not ended;
// [ErrNotFound] when there is none.
func (l *Ledger) BatchUnderWay(ctx context.Context, o BatchOrder) (Batch, error) {
	return batchUnderWay(ctx, l.store.Reader(), o)
}

func batchUnderWay(ctx context.Context, in store.Querier, o BatchOrder) (Batch, error) {
	ids, err := store.Strings(ctx, in, `
		SELECT id FROM batches WHERE ended_at = 0 AND source = 'operator' AND job = $1 AND kind = $2 AND chat_id = $3 AND dry_run = $4
		ORDER BY id`, string(o.Job), string(o.Kind), o.ChatID, o.DryRun)
	if err != nil {
		return Batch{}, fmt.Errorf("look for a batch: %w", err)
	}
	for _, id := range ids {
		b, err := loadBatch(ctx, in, `WHERE id = $1`, id)
		if err != nil {
			return Batch{}, err
		}
		if samePeople(b.Handles, o.Handles) {
			return b, nil
		}
	}
	return Batch{}, ErrNotFound
}

// samePeople compares people whatever their order.
func samePeople(one, other []Secret) bool {
	keys := func(people []Secret) []string {
		all := make([]string, len(people))
		for i, each := range people {
			all[i] = Order{Handle: each}.HandleKey()
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(keys(one), keys(other))
}

// DenyOperator records that an operator was denied what they asked for.
func (l *Ledger) DenyOperator(ctx context.Context, rule string) error {
	return denyOperator(ctx, l.store.Writer(), rule, l.now())
}

func denyOperator(ctx context.Context, in store.Querier, rule string, now time.Time) error {
	return trail.InsertDenial(ctx, in, trail.Note{At: now, Source: string(Operator), Rule: rule})
}
