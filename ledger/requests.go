package ledger

import (
	"context"

	"linqbot/ledger/internal/accept"
	"linqbot/ledger/internal/requests"
)

// Accept records orders, all or none, and returns when they are on disk. Orders that come in side
// by side are committed together. [ErrNotRecorded] means that none of them is recorded nor will be;
// any other error that ctx may have ended while the commit itself was under way.
func (l *Ledger) Accept(ctx context.Context, orders []Order) ([]Acceptance, error) {
	call, err := accept.NewCall(orders)
	if err != nil {
		return nil, err
	}
	if err := l.accepting.Commit(ctx, call); err != nil {
		return nil, err
	}
	for _, result := range call.Results {
		if result.Outcome == Recorded && result.Request.State == Simulated { // which comes to its end here
			l.tell("", result.Request.EndedAt, result.Request)
		}
	}
	return call.Results, nil
}

// Request returns a request as it stands; [ErrNotFound] when there is none.
func (l *Ledger) Request(ctx context.Context, id string) (Request, error) {
	return requests.Load(ctx, l.store.Reader(), id)
}

// UnderWay returns the request that is under way and asks for the same as o, as [Ledger.Accept] would, and where it
// shows. [ErrNotFound] when there is none.
func (l *Ledger) UnderWay(ctx context.Context, o Order) (Acceptance, error) {
	request, err := requests.UnderWay(ctx, l.store.Reader(), o, "")
	if err != nil {
		return Acceptance{}, err
	}
	thread, err := requests.LoadThread(ctx, l.store.Reader(), request.ShownAs())
	return Acceptance{Outcome: UnderWay, Request: request, Thread: thread}, err
}

// Opposing returns the request that is under way and wants the contrary of r, the removal of somebody whom r adds or
// the other way round, if it comes before r: it was tried, or accepted earlier. [ErrNotFound] when there is none.
// r itself was never tried.
func (l *Ledger) Opposing(ctx context.Context, r Request) (Request, error) {
	return requests.Opposing(ctx, l.store.Reader(), r)
}

// Awaiting returns the newest request of a kind that waits to see this person leave or join the chat. Linq
// has taken it, or may have; it may be unconfirmed already. Without one the error is [ErrNotFound].
func (l *Ledger) Awaiting(ctx context.Context, kind Kind, chatID string, handle Secret) (Request, error) {
	return requests.Awaiting(ctx, l.store.Reader(), kind, chatID, handle)
}

// UndoneBy returns the request that takes a removal back; [ErrNotFound] when nobody asked for that,
// or when it came to nothing.
func (l *Ledger) UndoneBy(ctx context.Context, removalID string) (Request, error) {
	return requests.UndoneBy(ctx, l.store.Reader(), removalID)
}

// RecentOf returns what a person of a team asked for last, the newest first, limit of them at most.
// What a workflow asked for in somebody's name is not theirs. The requests of a batch and dry runs are left out.
func (l *Ledger) RecentOf(ctx context.Context, teamID, userID string, limit int) ([]Recent, error) {
	return requests.RecentOf(ctx, l.store.Reader(), teamID, userID, limit)
}

// Pace returns how fast removals and additions went in the last 30 days.
func (l *Ledger) Pace(ctx context.Context) (Pace, error) {
	return requests.FindPace(ctx, l.store.Reader(), l.now())
}
