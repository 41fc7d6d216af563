package requests

import (
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/store"
)

// FirstShow is how long the first word waits for the outcome.
const FirstShow = 2500 * time.Millisecond

// New returns the request that an order makes, and its row.
func New(o Order, id string, now time.Time) (Request, store.NewRequest) {
	o.Limits = limits.Limits{} // they are no part of what was asked
	r := Request{Order: o, ID: id, State: Accepted, AcceptedAt: now, version: 1}
	showBy := now.Add(FirstShow)
	if o.BatchID != "" { // which shows by itself
		showBy = time.Time{}
	}
	if o.ConfirmFor > 0 { // nothing is done, and nothing is shown, until the person has decided
		r.State, r.ExpiresAt, showBy = Asked, now.Add(o.ConfirmFor), time.Time{}
	}
	if found := o.DryRun; found != nil { // it has ended, and is never shown
		r.DryRun = nil
		r.State, r.EndedAt, showBy = Simulated, now, time.Time{}
		r.Reason, r.ChatName, r.People = found.Reason, found.ChatName, found.People
	}
	return r, r.row(showBy)
}

// row is the request as the store takes it.
func (r Request) row(showBy time.Time) store.NewRequest {
	return store.NewRequest{
		ID: r.ID, Delivery: r.Delivery, Kind: string(r.Kind), Source: string(r.Source),
		TeamID: r.TeamID, ChannelID: r.ChannelID, UserID: r.UserID, Rule: r.Rule, ResponseURL: r.ResponseURL.Value(),
		ChatID: r.ChatID, Handle: r.Handle.Value(), HandleKey: r.HandleKey(), ThreadTS: r.ThreadTS, Undoes: r.Undoes, BatchID: r.BatchID,
		State: string(r.State), AcceptedAt: store.Micros(r.AcceptedAt), ExpiresAt: store.Micros(r.ExpiresAt),
		HandedOver: r.State != Accepted, ShowBy: store.Micros(showBy),
		Because: r.Because, Reason: r.Reason, ChatName: r.ChatName, People: int64(r.People), EndedAt: store.Micros(r.EndedAt),
	}
}
