package ledger

import (
	"context"
	"errors"
	"fmt"

	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/store"
)

// AcceptBatch records a batch, and returns when it is on disk and will be planned: see [Workers.Plan]. It returns
// false and the batch as it stands for a delivery that was recorded before, and false and the zero [Batch] for one
// that was denied or read. A batch that does not ask may be over a limit: [LimitError].
func (l *Ledger) AcceptBatch(ctx context.Context, o BatchOrder) (b Batch, fresh bool, err error) {
	if b, err = batches.New(o, l.now()); err != nil {
		return Batch{}, false, err
	}
	asked := b
	err = l.store.InTx(ctx, func(tx store.Tx) (err error) {
		b, fresh, err = batches.Accept(ctx, tx, l.store.Dialect(), asked)
		l.counter.Forget(batches.CountedFor(asked)...) // it may count from now on
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

// Propose stores what [Workers.Plan] found, and sets off what follows: a batch that asks waits for a yes, another one
// runs. A batch that is planned already stays as it is. Both are returned as they now stand.
func (l *Ledger) Propose(ctx context.Context, id string, p Plan) (Batch, error) {
	if err := batches.KeepItems(ctx, l.store, id, p.Items); err != nil {
		return Batch{}, fmt.Errorf("propose batch: %w", err)
	}
	now := l.now()
	var b Batch
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		b, err = batches.Propose(ctx, tx, l.store.Dialect(), id, p, now)
		l.counter.Forget(batches.CountedFor(b)...) // it may count from now on
		return err
	})
	if err != nil {
		return Batch{}, fmt.Errorf("propose batch: %w", err)
	}
	l.dispatcher.Wake()
	return b, nil
}

// DecideBatch carries out what a person decided about a batch. It returns the batch as it then stands, and whether this
// call changed it: a second press does not, nor a yes that comes too late. Requests of a batch that is stopped are
// cancelled unless they may have reached Linq. A yes over a limit changes nothing: [LimitError]. The caller has checked
// that the person may decide.
func (l *Ledger) DecideBatch(ctx context.Context, id string, decision BatchDecision, userID string, most Limits) (Batch, bool, error) {
	verdict := batches.Verdict{Decision: decision, By: userID, Limits: most, At: l.now()}
	var d batches.Decided
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		d, err = batches.Decide(ctx, tx, l.store.Dialect(), id, verdict)
		l.counter.Forget(batches.CountedFor(d.Batch)...) // it may count from now on
		return err
	})
	if err != nil {
		return Batch{}, false, fmt.Errorf("decide batch: %w", err)
	}
	if d.Stopped() {
		if err := l.cancelRest(ctx, id); err != nil { // the job that feeds the batch does it, too
			l.log.WithError(err).WithField("batch", id).Warn("the requests of a stopped batch could not be cancelled; trying again")
		}
	}
	l.dispatcher.Wake()
	return d.Batch, d.Changed, nil
}

// Batch returns a batch as it stands; [ErrNotFound] when there is none.
func (l *Ledger) Batch(ctx context.Context, id string) (Batch, error) {
	return batches.Load(ctx, l.store.Reader(), id)
}

// Progress counts the items of a batch by state.
func (l *Ledger) Progress(ctx context.Context, batchID string) (Progress, error) {
	return batches.CountItems(ctx, l.store.Reader(), batchID)
}

// BatchItems returns items of a batch in their order, after a position, and not more than limit.
func (l *Ledger) BatchItems(ctx context.Context, batchID string, after, limit int) ([]BatchResult, error) {
	return batches.Items(ctx, l.store.Reader(), batchID, after, limit)
}

// BatchUndoneBy returns the batch that takes another back; [ErrNotFound] when nobody asked for that, or when it was
// declined.
func (l *Ledger) BatchUndoneBy(ctx context.Context, id string) (Batch, error) {
	return batches.UndoneBy(ctx, l.store.Reader(), id)
}

// BatchUnderWay returns the batch of an operator that does what another one would do, and has not ended;
// [ErrNotFound] when there is none.
func (l *Ledger) BatchUnderWay(ctx context.Context, o BatchOrder) (Batch, error) {
	return batches.UnderWay(ctx, l.store.Reader(), o)
}

// RecentBatchesOf returns the batches that a person of a team had carried out last, the newest first, limit of them at
// most. What a workflow asked for in somebody's name is not theirs.
func (l *Ledger) RecentBatchesOf(ctx context.Context, teamID, userID string, limit int) ([]RecentBatch, error) {
	return batches.RecentOf(ctx, l.store.Reader(), teamID, userID, limit)
}
