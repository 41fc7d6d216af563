package accept

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"linqbot/ledger/internal/events"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// answer says of each entry what became of it.
func (r Recorder) answer(ctx context.Context, tx store.Tx, entries []entry, fresh map[string]bool, now time.Time) error {
	var known []string
	for _, e := range entries {
		if !fresh[e.request.ID] {
			known = append(known, e.request.Delivery)
		}
	}
	spent, err := events.SpentAmong(ctx, tx, r.store.Dialect(), known)
	if err != nil {
		return err
	}
	anew := make(map[string]bool) // batches that are to be shown
	for _, e := range entries {
		if !fresh[e.request.ID] {
			*e.result, err = r.refer(ctx, tx, e, spent[e.request.Delivery], now, anew)
		} else {
			*e.result = Acceptance{Outcome: Recorded, Request: e.request}
			if e.request.Undoes != "" {
				err = requests.ShowSoon(ctx, tx, e.request.Undoes, now)
			}
		}
		if err != nil {
			return err
		}
	}
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(anew))) {
		if err := requests.ShowBatchSoon(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// refer finds the request that answers for an order which is not new; none does for a spent delivery. It adds to anew
// what is to be shown.
func (r Recorder) refer(ctx context.Context, tx store.Tx, e entry, spent bool, now time.Time, anew map[string]bool) (Acceptance, error) {
	o := e.request.Order
	outcome := Redelivered
	request, err := requests.Redelivered(ctx, tx, o)
	if errors.Is(err, store.ErrNotFound) {
		if spent {
			return Acceptance{Outcome: Spent}, nil
		}
		outcome = UnderWay
		request, err = requests.UnderWay(ctx, tx, o, r.store.Dialect().LockRows)
	}
	if errors.Is(err, store.ErrNotFound) {
		return Acceptance{}, store.ErrMoved // it ended just now
	}
	if err != nil {
		return Acceptance{}, err
	}
	thread, err := requests.LoadThread(ctx, tx, request.ShownAs())
	if err != nil {
		return Acceptance{}, err
	}
	if outcome == UnderWay && o.BatchID == "" { // a batch looks for itself
		var batchID string
		if batchID, err = requests.Follow(ctx, tx, request, thread, o, now); batchID != "" {
			anew[batchID] = true
		}
	}
	return Acceptance{Outcome: outcome, Request: request, Thread: thread}, err
}
