// Package audit tells who asked for what and what became of it: requests with where they showed, and the denials and
// readings between them. It reads what package ledger keeps, and changes nothing. Begin with [Rows].
package audit

import (
	"context"
	"iter"
	"slices"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/internal/trail"
)

// Filter chooses the rows of an audit; a zero field chooses all.
type Filter struct {
	Since  time.Time // when it was asked for
	Until  time.Time // before this
	UserID string
	ChatID string
	Handle ledger.Secret // compared without regard to case
	State  ledger.State  // [ledger.Denied] chooses the denials, [ledger.Read] the readings, [ledger.RemovalsPaused] and [ledger.RemovalsResumed] the turns of the switch
	ID     string        // of a request

	BatchID string // chooses all items of a batch; no other field counts then
	Because string // what the reason that the person gave contains, without regard to case
}

// Row is one request and what became of it, or one denial, reading or turn of the switch.
type Row struct {
	ledger.Request               // of a denial or a reading: who, where and when, with the state [ledger.Denied] or [ledger.Read], and the rule
	TraceIDs       []string      // Linq's, in the order in which they came
	Thread         ledger.Thread // where it showed
	Searched       string        // of a reading: the words, masked
	LeftOut        int64         // of a denial or a reading: how many like it have no row, since the one before
}

// Rows returns the chosen rows, oldest first; the items of a batch in its order.
func Rows(ctx context.Context, in *ledger.Reader, f Filter) iter.Seq2[Row, error] {
	if f.BatchID != "" {
		return items(ctx, in, f.BatchID)
	}
	return inOrder(notes(ctx, in, f, trail.Paused), notes(ctx, in, f, trail.Resumed), notes(ctx, in, f, trail.Denied), notes(ctx, in, f, trail.Read), dryBatches(ctx, in, f), requests(ctx, in, f))
}

// inOrder merges rows that are in the order of time each; of one moment the first source goes first. An
// error comes with a row of no time, so it goes before all.
func inOrder(sources ...iter.Seq2[Row, error]) iter.Seq2[Row, error] {
	type head struct {
		row  Row
		err  error
		more bool
		next func() (Row, error, bool)
		stop func()
	}
	return func(yield func(Row, error) bool) {
		all := make([]*head, len(sources))
		defer func() {
			for _, h := range all {
				h.stop()
			}
		}()
		for i, source := range sources {
			all[i] = &head{}
			all[i].next, all[i].stop = iter.Pull2(source)
		}
		heads := slices.Clone(all)
		for _, h := range heads {
			h.row, h.err, h.more = h.next()
		}
		for {
			heads = slices.DeleteFunc(heads, func(h *head) bool { return !h.more })
			if len(heads) == 0 {
				return
			}
			first := slices.MinFunc(heads, func(a, b *head) int { return a.row.AcceptedAt.Compare(b.row.AcceptedAt) })
			if !yield(first.row, first.err) || first.err != nil {
				return
			}
			first.row, first.err, first.more = first.next()
		}
	}
}
