package bot

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// stage has a Slack, a ledger and the projection between them, all with one clock.
type stage struct {
	*base
	views Views // of the next show
	pace  *Pace // of the next show; nil: a burst of 20, known to nobody else
	home  Homes // of the next show; nil: there is none
	show  *Show
}

// newStage has a ledger whose jobs do nothing.
func newStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	s := newIdleStage(t, cfg)
	startLedger(t, s.ledger, ledger.Workers{})
	return s
}

// newIdleStage has a ledger that is not started.
func newIdleStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	b, logger := newBase(t, cfg)
	s := &stage{base: b, views: b.ledger}
	s.shows = func(ctx context.Context, delivery string) (time.Duration, error) { return s.show.Run(ctx, delivery) }
	s.show = s.newShow(logger)
	return s
}

// newBareStage has neither a ledger nor a projection.
func newBareStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	return &stage{base: newBareBase(t, cfg)}
}

func (s *stage) newShow(logger *logrus.Logger) *Show {
	return NewShow(ShowConfig{
		Views: s.views, Slack: NewSlack(s.slack.Config().BotToken, s.slack.APIURL()), HTTP: NewHTTPClient(),
		Teams: knownTeams(s.t, s.slack.Config().TeamID), Logger: logger, Now: s.clock.now,
		Pace: cmp.Or(s.pace, NewPace(PaceConfig{Burst: 20, Now: s.clock.now})), Home: s.home,
	})
}
