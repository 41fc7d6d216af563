package app

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"linqbot/bot"
	"linqbot/bot/ingress"
	"linqbot/bot/slackapi"
	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/metrics"
	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/linq"
)

// The packages say what happens in their own words; here it becomes what is measured.

func newMetrics(cfg config.Settings, this build.Build) *metrics.Metrics {
	commit := this.Commit
	if this.Changed {
		commit += "+changes"
	}
	var refusals []string
	for _, why := range ingress.Refusals() {
		refusals = append(refusals, string(why))
	}
	var notices []string
	for _, notice := range bot.Notices() {
		notices = append(notices, string(notice))
	}
	return metrics.New(metrics.Config{
		Version: this.Version, Revision: commit, Secrets: len(cfg.SigningSecrets),
		Routes:   []string{bot.CommandsPath, bot.InteractionsPath, bot.EventsPath, bot.LinqWebhooksPath},
		Refusals: refusals, Notices: notices,
	})
}

// refused counts what is turned away at the door.
func refused(m *metrics.Metrics) func(ingress.Refusal) {
	return func(why ingress.Refusal) { m.Refused(string(why)) }
}

// tally returns what counts the answers to people.
func tally(m *metrics.Metrics) func(source ledger.Source, outcome string) {
	return func(source ledger.Source, outcome string) { m.Commanded(string(source), outcome) }
}

// changed measures a request on its way.
func changed(m *metrics.Metrics) func(ledger.Transition) {
	return func(t ledger.Transition) {
		state := t.Request.State
		switch state {
		case ledger.Sent, ledger.Removed, ledger.Added:
			m.Reached(string(t.Request.Kind), string(state), t.At.Sub(t.Request.AcceptedAt))
		}
		if state.Final() {
			m.Ended(string(t.Request.Kind), string(state))
		}
	}
}

// linqCalled measures a call of Linq's.
func linqCalled(m *metrics.Metrics, key *linqKey) func(linq.Call) {
	return func(c linq.Call) {
		key.called(c)
		code := "no_answer"
		if c.HTTPStatus != 0 {
			code = strconv.Itoa(cmp.Or(c.Code, c.HTTPStatus))
		}
		m.LinqCalled(strings.ReplaceAll(c.Op, " ", "_"), code, c.Took)
		if c.Unauthorized() {
			m.LinqKeyRefused()
		}
	}
}

// watchBacklog measures what the ledger has yet to do.
func watchBacklog(m *metrics.Metrics, records *ledger.Ledger) {
	m.WatchBacklog(func(ctx context.Context) (metrics.Backlog, error) {
		summary, err := backlog.Summarize(ctx, records.Reader())
		return metrics.Backlog{Open: summary.Open, Waiting: summary.Waiting, Oldest: summary.Oldest}, err
	})
}

// newOutbound returns a client for calls to Slack, which are measured.
func newOutbound(cfg config.Settings, m *metrics.Metrics) *http.Client {
	return slackapi.ObserveCalls(slackapi.NewHTTPClientHiding(cfg.Secrets()), cfg.SlackURL, m.SlackCalled)
}
