package viewer

import (
	"context"
	"errors"
	"net/http"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

const (
	mostNamed     = 10  // requests with one short id
	mostHistory   = 300 // lines of a history
	mostFollowers = 50
)

// requestPage is one request whole.
type requestPage struct {
	requestLine
	Headline string
	Happened string
	Next     string
	Facts    facts
	Steps    []step
	Cut      bool // there are more steps
	Thread   threadView
	Follows  []follower
}

// step is a line of a history.
type step struct {
	At      time.Time
	Since   string // the time since the step before; "" for the first
	State   badge
	By      string
	Cause   string
	TraceID string
}

type threadView struct {
	Route, Link, Trouble string
	ChannelID            string
}

type follower struct {
	At            time.Time
	UserID, Where string
}

func (v *Viewer) request(ctx context.Context, in *ledger.Reader, r *http.Request) (string, any, error) {
	id := r.PathValue("id")
	if !isShortID(id) && !isID(id) {
		return "", nil, errNoSuchPage
	}
	named, err := in.RequestsNamed(ctx, id, mostNamed)
	switch {
	case err != nil:
		return "", nil, err
	case len(named) == 0:
		return "", nil, errNoSuchPage
	case len(named) > 1:
		return "", nil, elsewhere{search{Text: id}.address("")}
	}
	page, err := v.requestPage(ctx, in, named[0])
	return "Request " + named[0].ShortID(), page, err
}

func (v *Viewer) requestPage(ctx context.Context, in *ledger.Reader, r ledger.Request) (requestPage, error) {
	r.LinqSaid = handle.MaskText(r.LinqSaid) // it is stored masked, unless another program wrote it
	status := outcome.Explainer{}.Explain(r)
	page := requestPage{
		requestLine: lineOf(r), Headline: words(outcome.Explainer{}.Asked([]ledger.Request{r})),
		Happened: words(status.Happened), Next: words(status.Next),
	}
	undoneBy, err := in.UndoneBy(ctx, r.ID)
	if err != nil {
		return requestPage{}, err
	}
	page.Facts = requestFacts(r, undoneBy)
	history, err := in.History(ctx, r.ID, mostHistory+1)
	if err != nil {
		return requestPage{}, err
	}
	page.Cut = len(history) > mostHistory
	page.Steps = stepsOf(history[:min(len(history), mostHistory)], r)
	followers, err := in.Followers(ctx, r.ID, mostFollowers)
	if err != nil {
		return requestPage{}, err
	}
	for _, f := range followers {
		page.Follows = append(page.Follows, follower{At: f.At, UserID: member(f.UserID), Where: member(f.ChannelID)})
	}
	page.Thread, err = v.threadOf(ctx, in, r.ShownAs())
	return page, err
}

func (v *Viewer) threadOf(ctx context.Context, in *ledger.Reader, shownAs string) (threadView, error) {
	threads, err := in.Threads(ctx, []string{shownAs})
	if err != nil {
		return threadView{}, err
	}
	t := threads[shownAs]
	view := threadView{Route: routeWords(t.Route), ChannelID: member(t.ChannelID), Trouble: shown(t.Trouble)}
	if t.TS != "" {
		view.Link = v.cfg.Link(t.ChannelID, t.TS)
	}
	return view, nil
}

func stepsOf(history []ledger.Event, r ledger.Request) []step {
	steps := make([]step, len(history))
	for i, e := range history {
		at := r // a state has a look of its own in each kind of request
		at.State = e.State
		steps[i] = step{At: e.At, State: badgeOf(at), Cause: shown(e.Cause), TraceID: plain(e.TraceID)}
		if i > 0 {
			steps[i].Since = took(e.At.Sub(history[i-1].At))
		}
	}
	return steps
}

// notFound is how a page says that the ledger has no such row.
func notFound(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return errNoSuchPage
	}
	return err
}
