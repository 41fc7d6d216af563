package publish

import (
	"errors"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// An outcome that nobody can be told is reported once, when that is stored.
func TestUndeliveredOutcomesAreTold(t *testing.T) {
	t.Parallel()
	t.Run("no route is left", func(t *testing.T) {
		t.Parallel()
		s := closed(t, slacktest.Config{MessagesTabDisabled: true})
		told := 0
		s.publisher.cfg.Undelivered = func() { told++ }
		d := s.Ask(bottest.Ann)
		s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
		s.Settle(d)
		s.News(d, bottest.Ann, bottest.Removed)
		s.Run(d)
		assert.Equal(t, s.View(d).Thread.Route, ledger.Undelivered)
		assert.Equal(t, told, 1)
	})
	t.Run("three days of refusals", func(t *testing.T) {
		t.Parallel()
		s := newEnv(t, slacktest.Config{})
		told := 0
		s.publisher.cfg.Undelivered = func() { told++ }
		d := s.Ask(bottest.Ann)
		s.Slack.Inject(slacktest.Fault{Error: "rate_limited"})
		s.Run(d)
		assert.Equal(t, told, 0, "it is tried again")
		s.Clock.Pass(slackapi.GiveUpAfter + time.Second)
		s.Run(d)
		assert.Equal(t, s.View(d).Thread.Route, ledger.Undelivered)
		assert.Equal(t, told, 1)
	})
	t.Run("it could not be stored", func(t *testing.T) {
		t.Parallel()
		lost := errors.New("the ledger does not answer")
		publisher := Publisher{cfg: Config{Undelivered: func() { t.Error("told of what is tried again") }}}
		assert.ErrorIs(t, publisher.undelivered(true, lost), lost)
	})
}

// A workflow has the outcome, whether or not it is shown too.
func TestStepsAreNotUndelivered(t *testing.T) {
	t.Parallel()
	for name, giveUp := range map[string]func(*env){
		"no way to tell anybody": func(s *env) { s.Settle("Fx1") },
		"three days of refusals": func(s *env) {
			s.Slack.Inject(slacktest.Fault{Error: "rate_limited"})
			s.Run("Fx1")
			s.Clock.Pass(slackapi.GiveUpAfter + time.Second)
			s.Run("Fx1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := closed(t, slacktest.Config{})
			s.publisher.cfg.Undelivered = func() { t.Error("told of what the workflow has") }
			_, err := s.Ledger.Accept(t.Context(), []ledger.Order{{
				Delivery: "Fx1", Kind: ledger.Remove, Source: ledger.WorkflowStep, TeamID: s.Slack.Config().TeamID,
				ChannelID: bottest.Ops, ChatID: bottest.ChatID, Handle: ledger.NewSecret(bottest.Ann),
			}})
			assert.NilError(t, err)
			giveUp(s)
			assert.Equal(t, s.View("Fx1").Thread.Route, ledger.Undelivered)
		})
	}
}
