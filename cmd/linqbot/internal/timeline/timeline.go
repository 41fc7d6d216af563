// Package timeline tells what one request of Slack's led to: what was sent, what the ledger committed, what Linq was
// asked, and what shows in Slack. It joins what the in-memory Slack and the in-memory Linq saw with what the ledger has.
// Where Slack is the real one nobody sees what crossed there, so the ledger and linqbot's log speak for it. It only
// reads. Begin with [Source].
package timeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq/linqtest"
)

// Source is where the lines come from.
type Source struct {
	Slack  *slacktest.Slack           // nil where it is the real one
	Linq   *linqtest.Linq             // nil where it is the real one
	Ledger *ledger.Reader             // nil while there is none
	Log    func() string              // what linqbot has logged, as JSON; asked for where Slack is the real one
	Name   func(userID string) string // of somebody in Slack
	Now    time.Time
}

// Request is one request of Slack's to the bot.
type Request struct {
	ID     string
	Label  string
	At     string
	Ack    string // how long it took; where Slack is the real one, what became of the request
	Chosen bool

	began    time.Time
	delivery slacktest.Delivery // of the played Slack
	sent     sentBody
	rows     []audit.Row // where Slack is the real one
}

// Line is one line of a time line. What was really sent is in Parts.
type Line struct {
	ID    string
	Who   string // slack, bot, ledger or linq
	Title string
	After string // since the request was sent
	Bad   bool
	Parts []Part

	at time.Time
}

// Part is a text of a line, such as a body.
type Part struct{ Label, Text string }

const most = 40 // requests that are listed

// Requests returns the latest, the newest first. chosen is the id of one of them; the newest is chosen if it is "".
func (s Source) Requests(chosen string) []Request {
	var all []Request
	if s.Slack != nil {
		all = s.delivered()
	} else {
		all = s.recorded()
	}
	for i := range all {
		all[i].Chosen = all[i].ID == chosen || chosen == "" && i == 0
	}
	return all
}

// Lines returns what the chosen one of some requests led to, in the order of time.
func (s Source) Lines(requests []Request) []Line {
	i := slices.IndexFunc(requests, func(r Request) bool { return r.Chosen })
	if i < 0 {
		return nil
	}
	r := requests[i]
	rows := r.rows
	var lines []Line
	if s.Slack != nil {
		rows = s.rows(r)
		lines = append(signed(r), s.slackLines(r, rows)...)
	} else {
		lines = append(s.logged(rows), shownLines(rows)...)
	}
	if s.Slack != nil && s.Linq != nil {
		lines = append(lines, ledgerLines(rows)...)
	} else {
		lines = append(lines, s.historyLines(rows)...)
	}
	if s.Linq != nil {
		lines = append(lines, s.linqLines(rows, r.began, s.end(r, rows))...)
	}
	// A press of a button is about requests that were committed before it.
	lines = slices.DeleteFunc(lines, func(l Line) bool { return l.at.Before(r.began) })
	slices.SortStableFunc(lines, func(a, b Line) int { return a.at.Compare(b.at) })
	for i := range lines {
		lines[i].ID = fmt.Sprintf("line-%s-%s-%d", r.ID, lines[i].Who, lines[i].at.UnixMicro())
		lines[i].After = "+" + short(lines[i].at.Sub(r.began))
	}
	return lines
}

// end is when a request was over, or now.
func (s Source) end(r Request, rows []audit.Row) time.Time {
	to := r.began.Add(r.delivery.Ack.Took)
	for _, row := range rows {
		if !row.State.Final() {
			return s.Now
		}
		to = latest(to, row.EndedAt, row.SentAt)
	}
	return to
}

func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, func(a, b time.Time) int { return a.Compare(b) })
}

// patience is how long a page waits for the ledger.
const patience = 2 * time.Second

func (s Source) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}
