package playground

import (
	"net/http"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// trouble is something that can be switched on.
type trouble struct {
	Side, Name, Label string

	slack *slacktest.Fault
	linq  *linqtest.Fault
}

const (
	slowness    = 4 * time.Second
	pause       = 5 * time.Second
	noWebhooks  = "linq-no-webhooks"
	lostAnswers = "linq-lost"
	noPostgres  = "postgres-lost"
)

// troubles are all there are. Where several that are on fit a call, it meets the first in this order.
func troubles() []trouble {
	return []trouble{
		{Side: "Linq", Name: "linq-slow", Label: "answers after 4 seconds", linq: &linqtest.Fault{Delay: slowness}},
		{Side: "Linq", Name: "linq-429", Label: "says 429, too many requests", linq: &linqtest.Fault{
			Status: http.StatusTooManyRequests, Code: 1007, Message: "Rate limit exceeded", RetryAfter: pause,
		}},
		{Side: "Linq", Name: "linq-500", Label: "says 500 to removals", linq: &linqtest.Fault{
			Op: linqtest.Remove, Status: http.StatusInternalServerError, Code: 3006, Message: "Internal server error",
		}},
		{Side: "Linq", Name: lostAnswers, Label: "removes, and its answer is lost", linq: &linqtest.Fault{Op: linqtest.Remove, Drop: linqtest.AfterEffect}},
		{Side: "Linq", Name: "linq-no-effect", Label: "accepts removals, and nobody leaves", linq: &linqtest.Fault{Op: linqtest.Remove, Lost: true}},
		{Side: "Linq", Name: noWebhooks, Label: "sends no webhooks"},
		{Side: "Slack", Name: "slack-429", Label: "says 429 to posts", slack: &slacktest.Fault{Method: "chat.postMessage", RetryAfter: pause}},
		{Side: "Slack", Name: "slack-refused", Label: "refuses posts (restricted_action)", slack: &slacktest.Fault{Method: "chat.postMessage", Error: "restricted_action"}},
		{Side: "Slack", Name: "slack-migration", Label: "is being migrated (team_added_to_org)", slack: &slacktest.Fault{Error: "team_added_to_org"}},
		{Side: "Slack", Name: "slack-down", Label: "does not answer", slack: &slacktest.Fault{Drop: slacktest.BeforeEffect}},
		{Side: "PostgreSQL", Name: noPostgres, Label: "is lost"},
	}
}

// setTrouble switches one on or off.
func (w *world) setTrouble(name string, on bool) {
	w.change(func() {
		w.trouble[name] = on
		if w.Slack != nil {
			w.Slack.ClearFaults()
		}
		if w.Linq != nil {
			w.Linq.ClearFaults()
			for _, s := range w.Linq.Subscriptions() {
				w.Linq.SetActive(s.ID, !w.trouble[noWebhooks])
			}
		}
		w.losePostgres(w.trouble[noPostgres])
		delay := time.Duration(0)
		if w.trouble["linq-slow"] {
			delay = slowness
		}
		for _, t := range troubles() {
			switch {
			case !w.trouble[t.Name]:
			case t.slack != nil && w.Slack != nil:
				w.Slack.Inject(*t.slack)
			case t.linq != nil && w.Linq != nil && t.Name != "linq-slow":
				fault := *t.linq
				fault.Delay = delay
				w.Linq.Inject(fault)
			}
		}
		if delay > 0 && w.Linq != nil { // the last: with another one, both hold
			w.Linq.Inject(linqtest.Fault{Delay: delay})
		}
	})
}

// losePostgres cuts the way between linqbot and PostgreSQL, or mends it.
func (w *world) losePostgres(lost bool) {
	switch {
	case w.Relay == nil:
	case lost:
		w.Relay.Cut()
	default:
		w.Relay.Mend()
	}
}
