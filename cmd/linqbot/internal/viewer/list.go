package viewer

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/backlog"
)

// listPage is the first page.
type listPage struct {
	Backlog backlog.Summary
	Waits   string // how long the oldest has been waiting
	Vitals  []Finding
	Batches []batchLine

	Search search
	States []string
	Rows   []requestLine
	Older  string    // the address of the page after this
	LookTo time.Time // how far back was looked, where less was found than a page holds
	Newest string    // the address of the first page; "" where this is it
}

// requestLine is a request in a table.
type requestLine struct {
	At         time.Time
	ID, Short  string
	State      badge
	Kind       string
	Who, Chat  string
	By, Where  string
	Took       string
	BatchID    string
	BatchShort string
}

func lineOf(r ledger.Request) requestLine {
	line := requestLine{
		At: r.AcceptedAt, ID: r.ID, Short: r.ShortID(), State: badgeOf(r), Kind: kindOf(r),
		Who: person(r.Handle), Chat: short(chatOf(r)), By: member(r.UserID), Where: member(r.ChannelID),
		BatchID: r.BatchID, BatchShort: ledger.Request{ID: r.BatchID}.ShortID(),
	}
	if !r.EndedAt.IsZero() {
		line.Took = took(r.EndedAt.Sub(r.AcceptedAt))
	}
	return line
}

// batchLine is a batch in a table.
type batchLine struct {
	At        time.Time
	ID, Short string
	State     badge
	Job, By   string
	People    int
}

func (v *Viewer) list(ctx context.Context, in *ledger.Reader, r *http.Request) (string, any, error) {
	s, moved := v.readSearch(r.URL.Query())
	if moved {
		return "", nil, elsewhere{s.address("")}
	}
	page := listPage{Search: s, States: searchStates(), Vitals: v.cfg.Vitals()}
	var err error
	if page.Backlog, err = backlog.Summarize(ctx, in); err != nil {
		return "", nil, err
	}
	pause, err := in.Paused(ctx)
	if err != nil {
		return "", nil, err
	}
	page.Vitals = append(page.Vitals, pauseFinding(pause))
	if !page.Backlog.Oldest.IsZero() {
		page.Waits = took(v.cfg.Now().Sub(page.Backlog.Oldest))
	}
	if !s.Narrow() && s.Before == "" {
		if page.Batches, err = newestBatches(ctx, in); err != nil {
			return "", nil, err
		}
	}
	if s.Before != "" {
		page.Newest = s.address("")
	}
	if len(s.Mistakes) > 0 {
		return "Requests", page, nil
	}
	found, err := v.find(ctx, in, s)
	if err != nil {
		return "", nil, err
	}
	for _, request := range found.Requests {
		page.Rows = append(page.Rows, lineOf(request))
	}
	if found.Next != "" {
		page.Older = s.address(found.Next)
		if last := len(page.Rows) - 1; last < 0 || page.Rows[last].ID != found.Next {
			page.LookTo = momentOf(found.Next)
		}
	}
	return "Requests", page, nil
}

// pauseFinding says whether removals are paused, by whom and why.
func pauseFinding(p ledger.Pause) Finding {
	if p.Holds() {
		return Finding{About: "Removals", Status: Warning, Says: words(rails.PausedWords(p)), Fix: "run linqbot resume once what it was for is done"}
	}
	return Finding{About: "Removals", Status: OK, Says: "they are not paused"}
}

// find looks for requests. What a short id names is found however old it is.
func (v *Viewer) find(ctx context.Context, in *ledger.Reader, s search) (audit.Page, error) {
	if isShortID(s.Text) && s.State+s.User+s.Chat+s.Person+s.Before == "" {
		named, err := in.RequestsNamed(ctx, s.Text, mostNamed)
		if err != nil || len(named) > 0 {
			return audit.Page{Requests: named}, err
		}
	}
	return audit.Newest(ctx, in, v.asked(s))
}

func newestBatches(ctx context.Context, in *ledger.Reader) ([]batchLine, error) {
	const most = 5
	found, err := in.NewestBatches(ctx, most)
	if err != nil {
		return nil, err
	}
	lines := make([]batchLine, len(found))
	for i, b := range found {
		lines[i] = batchLineOf(b)
	}
	return lines, nil
}

func batchLineOf(b ledger.Batch) batchLine {
	return batchLine{
		At: b.AcceptedAt, ID: b.ID, Short: b.ShortID(), State: plainBadge(string(b.State)), Job: jobWords(b),
		By: member(b.UserID), People: len(b.Handles),
	}
}

// jobWords say what a batch is for.
func jobWords(b ledger.Batch) string {
	switch b.Job {
	case ledger.Offboard:
		return "offboard"
	case ledger.List:
		return "remove a list"
	case ledger.AddBack:
		return "add back"
	default:
		return string(b.Job)
	}
}

// momentOf is when the request with this id was recorded.
func momentOf(id string) time.Time {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(parsed.Time().UnixTime()).UTC()
}
