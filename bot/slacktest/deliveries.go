package slacktest

import (
	"net/http"
	"slices"
	"time"

	"linqbot/bot/slacktest/internal/workspace"
)

// Delivery is one request to the bot, as it was sent.
type Delivery struct {
	At     time.Time
	URL    string
	Header http.Header
	Body   []byte
	Ended  bool   // an answer came, or none will
	Ack    Ack    // the answer; of a command that has not ended, nothing
	Error  string // why there is no answer
}

// Deliveries returns every request to the bot so far, in the order in which they were sent.
func (s *Slack) Deliveries() []Delivery {
	return withState(s, func(*workspace.Workspace) []Delivery {
		all := make([]Delivery, len(s.sent))
		for i, d := range s.sent {
			all[i] = *d
		}
		return all
	})
}

func (s *Slack) departs(r *http.Request, body []byte) *Delivery {
	entry := &Delivery{At: s.cfg.Now(), URL: r.URL.String(), Header: r.Header.Clone(), Body: slices.Clone(body)}
	s.change(func(*workspace.Workspace) { s.sent = append(s.sent, entry) })
	return entry
}

func (s *Slack) arrived(entry *Delivery, ack Ack, err error) {
	s.change(func(*workspace.Workspace) {
		entry.Ended, entry.Ack = true, ack
		if err != nil {
			entry.Error = err.Error()
		}
	})
}
