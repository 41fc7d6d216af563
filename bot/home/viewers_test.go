package home

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// recentRequests answers what [Home] asks the ledger.
type recentRequests struct {
	err  error
	list func(user string) []ledger.Recent
}

func (r recentRequests) RecentOf(_ context.Context, _, user string, _ int) ([]ledger.Recent, error) {
	if r.err != nil || r.list == nil {
		return nil, r.err
	}
	return r.list(user), nil
}

func (r recentRequests) RecentBatchesOf(context.Context, string, string, int) ([]ledger.RecentBatch, error) {
	return nil, r.err
}

// parlour is a Home whose Slack is a fake without a network, in a bubble of synctest.
type parlour struct {
	t     *testing.T
	slack *slacktest.Slack
	home  *Home
	log   *bottest.Lines

	mu    sync.Mutex
	state ledger.State // of Ada's one request
}

func newParlour(t *testing.T, change func(http.Handler) http.Handler) *parlour {
	t.Helper()
	p := &parlour{t: t, slack: slacktest.New(slacktest.Config{}), state: ledger.Accepted}
	p.slack.AddUser(slacktest.User{ID: bottest.Ada, Name: "Ada"})
	logger, log := bottest.NewLog()
	p.log = log
	var served http.Handler = p.slack
	if change != nil {
		served = change(served)
	}
	p.home = New(Config{
		Slack: bottest.SlackOver(p.slack, served),
		Teams: workspacetest.Known(t, bottest.Team),
		Gate:  policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}}), Logger: logger,
		Records: recentRequests{list: func(string) []ledger.Recent {
			p.mu.Lock()
			defer p.mu.Unlock()
			return []ledger.Recent{bottest.Recent(1, func(r *ledger.Recent) { r.State = p.state })}
		}},
	})
	return p
}

// inParlour runs a test in a bubble of its own, and waits for the homes that are still being published.
func inParlour(t *testing.T, change func(http.Handler) http.Handler, test func(*parlour)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newParlour(t, change)
		test(p)
		p.wait()
	})
}

// open has Ada open her home for the first time.
func (p *parlour) open() {
	p.t.Helper()
	p.home.Opened(bottest.Team, bottest.Ada)
	p.shows("is recorded", 1)
}

// turns says that Ada's request is in another state.
func (p *parlour) turns(state ledger.State) {
	p.mu.Lock()
	p.state = state
	p.mu.Unlock()
	p.home.News([]ledger.Request{{Order: ledger.Order{TeamID: bottest.Team, UserID: bottest.Ada, Source: ledger.SlashCommand}}})
}

// shows checks what stands at home once all is done that is to be done now.
func (p *parlour) shows(words string, published int) {
	p.t.Helper()
	synctest.Wait()
	assert.Assert(p.t, strings.Contains(p.slack.Home(bottest.Ada), words), "without %q:\n%s", words, p.slack.Home(bottest.Ada))
	assert.Equal(p.t, len(p.slack.Calls()), published)
}

func (p *parlour) wait() { p.home.Wait(p.t.Context()) }

// News that come close together are published once, a few seconds after the last publication; the
// last state is always shown in the end, and what is shown already is not published again.
func TestNewsAreGathered(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.open()
		p.turns(ledger.Sent)
		p.shows("is recorded", 1)
		p.turns(ledger.Failed)
		p.turns(ledger.Unconfirmed)
		time.Sleep(betweenNews)
		p.shows("10 minutes later", 2)
		p.turns(ledger.Unconfirmed)
		time.Sleep(betweenNews)
		p.shows("10 minutes later", 2)
		time.Sleep(time.Minute)
		p.turns(ledger.AlreadyGone)
		p.shows("nothing left to do", 3)
	})
}

// A person who opens their home, or presses something in it, does not wait for the time between news.
func TestWhatPeopleAskForIsShownAtOnce(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.open()
		p.turns(ledger.Sent)
		p.shows("is recorded", 1)
		p.home.pressed(bottest.Team, bottest.Ada, richtext.Answer{richtext.Say("Too late."), richtext.Say("Ask.")})
		p.shows("Too late. Ask.", 2)
		p.shows("has queued", 2)

		p.turns(ledger.AlreadyGone)
		time.Sleep(betweenNews)
		p.shows("Too late. Ask.", 3) // they may be reading it
		time.Sleep(noteFor)
		p.turns(ledger.Failed)
		p.shows("has stopped", 4)
		assert.Assert(p.t, !strings.Contains(p.slack.Home(bottest.Ada), "Too late"))

		p.home.pressed(bottest.Team, bottest.Ada, richtext.Answer{richtext.Say("Too late.")})
		p.shows("Too late.", 5)
		p.home.Opened(bottest.Team, bottest.Ada)
		p.shows("has stopped", 6)
		assert.Assert(p.t, !strings.Contains(p.slack.Home(bottest.Ada), "Too late"))

		p.home.Opened(bottest.Team, bottest.Ada)
		p.shows("has stopped", 7) // nothing is new; but who knows what they see
		p.home.Opened(bottest.Team, bottest.Ada)
		p.turns(ledger.Sent)
		p.shows("has queued", 8)
	})
}

// News reach people who opened their home within the last hour, and nobody else.
func TestWhoProbablyLooks(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.turns(ledger.Sent)
		synctest.Wait()
		assert.Equal(p.t, len(p.slack.Calls()), 0)
		p.home.Opened(bottest.Team, bottest.Ada)
		time.Sleep(lookingFor - time.Minute)
		p.turns(ledger.Failed)
		p.shows("has stopped", 2)
		for _, other := range []ledger.Order{
			{TeamID: "T0OTHER", UserID: bottest.Ada}, {TeamID: bottest.Team, UserID: bottest.Grace}, {TeamID: bottest.Team, UserID: bottest.Ada, Source: ledger.WorkflowStep},
		} {
			p.mu.Lock()
			p.state = ledger.Sent
			p.mu.Unlock()
			time.Sleep(betweenNews)
			p.home.News([]ledger.Request{{Order: other}})
			p.shows("has stopped", 2)
		}
		time.Sleep(time.Minute)
		p.turns(ledger.AlreadyGone)
		p.shows("has stopped", 2)
	})
	(*Home)(nil).News(nil)
}

// Only so many people are remembered, and those who were here last are among them.
func TestWhoIsRememberedToLook(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.home.Opened(bottest.Team, bottest.Ada)
		for i := range mostViewers - 1 {
			time.Sleep(time.Second)
			p.home.Opened(bottest.Team, fmt.Sprintf("U%d", i))
		}
		p.wait()
		p.home.Opened(bottest.Team, bottest.Ada)
		time.Sleep(betweenNews)
		p.home.Opened(bottest.Team, "UNEW")
		p.wait()
		assert.Equal(p.t, len(p.home.viewers), mostViewers)
		assert.Equal(p.t, p.home.running, 0)
		_, first := p.home.viewers[viewerKey{bottest.Team, "U0"}]
		_, kept := p.home.viewers[viewerKey{bottest.Team, bottest.Ada}]
		assert.Assert(p.t, !first && kept)
	})
}
