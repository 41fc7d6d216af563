package audit

import (
	"cmp"
	"context"
	"iter"

	"linqbot/ledger"
	"linqbot/ledger/internal/store"
)

// NotAsked is the state of an item of a batch that has no request.
const NotAsked ledger.State = "not_asked"

// items returns a row for each item of a batch: its request, or what it would be.
func items(ctx context.Context, in *ledger.Reader, batchID string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		b, err := in.Batch(ctx, batchID)
		if err != nil {
			yield(Row{}, err)
			return
		}
		for after := 0; ; after += page {
			rows, err := itemsAfter(ctx, in, b, after)
			if err != nil {
				yield(Row{}, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < page {
				return
			}
		}
	}
}

// itemsAfter returns a page of rows.
func itemsAfter(ctx context.Context, in *ledger.Reader, b ledger.Batch, after int) ([]Row, error) {
	items, err := in.BatchItems(ctx, b.ID, after, page)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	requests := make([]ledger.Request, len(items))
	for i, item := range items {
		requests[i] = item.Request
		if item.Request.ID == "" {
			requests[i] = notAsked(b, item.BatchItem)
		}
	}
	rows, err := complete(ctx, in, requests)
	for i := range rows {
		rows[i].BatchID = b.ID // also where the request of somebody else answers for it
	}
	return rows, err
}

// notAsked is the request that there would be for an item.
func notAsked(b ledger.Batch, item ledger.BatchItem) ledger.Request {
	state := NotAsked
	if b.DryRun {
		state = ledger.Simulated
	}
	return ledger.Request{
		Order: ledger.Order{
			Kind: b.Kind, Source: b.Source, TeamID: b.TeamID, ChannelID: b.ChannelID, UserID: b.UserID, Rule: b.Rule,
			ChatID: item.ChatID, Handle: item.Handle, Undoes: item.Undoes, BatchID: b.ID, Because: b.Because,
		},
		State: state, AcceptedAt: b.AcceptedAt, ChatName: item.ChatName, Reason: cmp.Or(item.Foreseen, b.Trouble),
	}
}

// dryBatches returns what batches that were dry runs would have asked for, since they have no requests.
func dryBatches(ctx context.Context, in *ledger.Reader, f Filter) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if f.ID != "" || f.State != "" && f.State != ledger.Simulated {
			return
		}
		ids, err := store.Strings(ctx, in.Store().Reader(), `SELECT id FROM batches WHERE dry_run AND state IN ('dry_run', 'unplanned') ORDER BY id`)
		if err != nil {
			yield(Row{}, err)
			return
		}
		contains := f.contains()
		for _, id := range ids {
			for row, err := range dryItems(ctx, in, id) {
				if err == nil && (!f.chooses(row.Request) || !contains(row.Because)) {
					continue
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// dryItems returns what a dry run found. If that is nothing, or if it could not look, there is a row for each person
// whom it named.
func dryItems(ctx context.Context, in *ledger.Reader, id string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		none := true
		for row, err := range items(ctx, in, id) {
			if none = false; !yield(row, err) {
				return
			}
		}
		if !none {
			return
		}
		b, err := in.Batch(ctx, id)
		if err != nil {
			yield(Row{}, err)
			return
		}
		const inNone = "not_in_chat"
		for _, each := range b.Handles {
			item := ledger.BatchItem{ChatID: b.ChatID, Handle: each, Foreseen: cmp.Or(b.Trouble, inNone)}
			if !yield(Row{Request: notAsked(b, item)}, nil) {
				return
			}
		}
	}
}

// chooses is [Filter.where] for a row that is not in the table of requests.
func (f Filter) chooses(r ledger.Request) bool {
	key := (ledger.Order{Handle: f.Handle}).HandleKey()
	return (f.Since.IsZero() || !r.AcceptedAt.Before(f.Since)) && (f.Until.IsZero() || r.AcceptedAt.Before(f.Until)) &&
		(f.UserID == "" || r.UserID == f.UserID) && (f.ChatID == "" || r.ChatID == f.ChatID) && (key == "" || r.HandleKey() == key)
}
