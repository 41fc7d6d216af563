package bot

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// An outcome of which nobody can be told is told once, when that is stored.
func TestUndeliveredOutcomesAreTold(t *testing.T) {
	t.Parallel()
	t.Run("no route is left", func(t *testing.T) {
		t.Parallel()
		s := closed(t, slacktest.Config{MessagesTabDisabled: true})
		told := 0
		s.show.cfg.Undelivered = func() { told++ }
		d := s.ask(ann)
		s.fail("response_url", slacktest.Fault{Error: "expired_url"})
		s.settle(d)
		s.news(d, ann, removed)
		s.run(d)
		assert.Equal(t, s.view(d).Thread.Route, ledger.Undelivered)
		assert.Equal(t, told, 1)
	})
	t.Run("an outage of three days", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, slacktest.Config{})
		told := 0
		s.show.cfg.Undelivered = func() { told++ }
		d := s.ask(ann)
		s.slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
		s.run(d)
		assert.Equal(t, told, 0, "it is tried again")
		s.clock.pass(giveUpShow + time.Second)
		s.run(d)
		assert.Equal(t, s.view(d).Thread.Route, ledger.Undelivered)
		assert.Equal(t, told, 1)
	})
	t.Run("it could not be stored", func(t *testing.T) {
		t.Parallel()
		lost := errors.New("the ledger does not answer")
		show := Show{cfg: ShowConfig{Undelivered: func() { t.Error("told of what is tried again") }}}
		assert.ErrorIs(t, show.undelivered(ledger.View{}, lost), lost)
	})
}

// A workflow has the outcome, whether or not it is shown too.
func TestStepsAreNotUndelivered(t *testing.T) {
	t.Parallel()
	for name, giveUp := range map[string]func(*stage){
		"no way to tell anybody": func(s *stage) { s.settle("Fx1") },
		"an outage of three days": func(s *stage) {
			s.slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
			s.run("Fx1")
			s.clock.pass(giveUpShow + time.Second)
			s.run("Fx1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := closed(t, slacktest.Config{})
			s.show.cfg.Undelivered = func() { t.Error("told of what the workflow has") }
			_, err := s.ledger.Accept(t.Context(), []ledger.Order{{
				Delivery: "Fx1", Kind: ledger.Remove, Source: ledger.WorkflowStep, TeamID: s.slack.Config().TeamID,
				ChannelID: ops, ChatID: chatID, Handle: ledger.Conceal(ann),
			}})
			assert.NilError(t, err)
			giveUp(s)
			assert.Equal(t, s.view("Fx1").Thread.Route, ledger.Undelivered)
		})
	}
}
