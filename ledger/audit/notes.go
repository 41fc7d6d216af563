package audit

import (
	"context"
	"iter"

	"linqbot/ledger"
	"linqbot/ledger/internal/trail"
)

// notes returns the rows of a kind that are not requests. None of them names whom it was about.
func notes(ctx context.Context, in *ledger.Reader, f Filter, kind trail.Kind) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if f.ID != "" || f.Because != "" || f.Handle.Value() != "" || f.State != "" && f.State != ledger.State(kind) {
			return
		}
		chosen := trail.Filter{Since: f.Since, Until: f.Until, UserID: f.UserID, ChatID: f.ChatID}
		for note, err := range trail.Rows(ctx, in.Store().Reader(), kind, chosen) {
			if !yield(rowOf(note), err) {
				return
			}
		}
	}
}

func rowOf(note trail.Row) Row {
	return Row{
		Request: ledger.Request{
			Order: ledger.Order{
				Source: ledger.Source(note.Source), TeamID: note.TeamID, ChannelID: note.ChannelID, UserID: note.UserID,
				Rule: note.Rule, ChatID: note.ChatID,
			},
			State: ledger.State(note.Kind), AcceptedAt: note.At, Reason: note.Reason,
		},
		Searched: note.Searched, LeftOut: note.LeftOut,
	}
}
