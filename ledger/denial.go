package ledger

import (
	"context"
	"time"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/trail"
)

// Denial is an attempt to act that the policy said no to.
type Denial struct {
	Source    Source
	TeamID    string
	ChannelID string
	UserID    string
	Rule      string // what said no: a constant of package commands
	Delivery  string // names the signed delivery; "" if nothing does
}

// Deny records a denial, and remembers its delivery for good: [Ledger.Accept] takes no order of it
// any more. It returns true for a delivery that was recorded before, and writes nothing then. It
// takes 300 ms at most; what is not written by then is written later. An error says that it never
// will be.
func (l *Ledger) Deny(ctx context.Context, d Denial) (repeated bool, err error) {
	return l.trail.Keep(ctx, trail.Note{
		Kind: trail.Denied, Source: string(d.Source), TeamID: d.TeamID, ChannelID: d.ChannelID, UserID: d.UserID, Rule: d.Rule,
		Delivery: d.Delivery,
	})
}

// DenyOperator records that an operator was denied what they asked for.
func (l *Ledger) DenyOperator(ctx context.Context, rule string) error {
	return denyOperator(ctx, l.store.Writer(), rule, l.now())
}

func denyOperator(ctx context.Context, in store.Querier, rule string, now time.Time) error {
	return trail.InsertDenial(ctx, in, trail.Note{At: now, Source: string(Operator), Rule: rule})
}

// Reading says that somebody listed, searched or opened something.
type Reading struct {
	Source    Source
	TeamID    string
	ChannelID string
	UserID    string
	Rule      string // the rule of the policy that let the person in
	ChatID    string // the chat that was opened; "" if it was none in particular
	Searched  string // the words, with numbers and addresses masked
	Delivery  string // names the signed delivery; "" if nothing does
}

// KeepReading records a reading as [Ledger.Deny] does a denial.
func (l *Ledger) KeepReading(ctx context.Context, r Reading) (repeated bool, err error) {
	return l.trail.Keep(ctx, trail.Note{
		Kind: trail.Read, Source: string(r.Source), TeamID: r.TeamID, ChannelID: r.ChannelID, UserID: r.UserID, Rule: r.Rule,
		ChatID: r.ChatID, Searched: r.Searched, Delivery: r.Delivery,
	})
}
