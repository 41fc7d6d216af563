package slacktest

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

// Call is one request to Slack, in the order in which they arrived.
type Call struct {
	At      time.Time
	Method  string // a Web API method, "response_url" or "upload"
	Channel string // as the call named it
	Status  int    // HTTP; 0 while the call is under way, and when its connection was dropped
	Error   string // Slack's error code; "dropped" for a dropped connection
	Form    url.Values
	Body    []byte // as it was sent
	Answer  []byte // as it was answered; nil while the call is under way
	Took    time.Duration
}

// Calls returns every request so far, those under way included. The token is left out of Form.
func (s *Slack) Calls() []Call {
	return withState(s, func(*workspace.Workspace) []Call {
		calls := make([]Call, len(s.journal))
		for i, c := range s.journal {
			calls[i] = *c
		}
		return calls
	})
}

// exchange carries one request through: it enters the journal, meets the rate limit and the faults,
// takes effect and is answered. An error that a fault asks for has the status errorStatus.
func (s *Slack) exchange(w http.ResponseWriter, r *http.Request, call Call, errorStatus int, effect func(*workspace.Workspace) webapi.Answer) {
	entry, fault := s.arrive(call)
	began := time.Now()
	once := func() (a webapi.Answer) {
		s.change(func(w *workspace.Workspace) {
			if wait := s.limits.take(call.Method, call.Channel, w.Settings.Now()); wait > 0 {
				a = rateLimited(wait)
				return
			}
			a = effect(w)
		})
		return a
	}
	a := fault.meet(r.Context(), errorStatus, once)
	s.change(func(*workspace.Workspace) {
		entry.Status, entry.Error, entry.Answer, entry.Took = a.Status, a.Code, a.Body, time.Since(began)
	})
	a.Write(w)
}

// arrive enters a call in the journal and picks the fault that it meets, nil for none.
func (s *Slack) arrive(call Call) (*Call, *Fault) {
	var fault *Fault
	s.change(func(w *workspace.Workspace) {
		call.At = w.Settings.Now()
		s.journal = append(s.journal, &call)
		fault = s.faults.pick(call.Method, call.Channel)
	})
	return &call, fault
}

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
