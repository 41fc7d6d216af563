package publish

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/ledger"
)

// stage has a Slack, a ledger and the projection between them, all with one clock.
type stage struct {
	*bottest.Base
	views     Views            // of the next show
	scheduler *queue.Scheduler // of the next show; nil: a burst of 20, known to nobody else
	home      Homes            // of the next show; nil: there is none
	show      *Publisher
}

// newStage has a ledger whose jobs do nothing.
func newStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	s := newIdleStage(t, cfg)
	bottest.StartLedger(t, s.Ledger, ledger.Workers{})
	return s
}

// newIdleStage has a ledger that is not started.
func newIdleStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	b, logger := bottest.NewBase(t, cfg)
	s := &stage{Base: b, views: b.Ledger}
	s.Shows = func(ctx context.Context, delivery string) (time.Duration, error) { return s.show.Run(ctx, delivery) }
	s.show = s.newShow(logger)
	return s
}

// newBareStage has neither a ledger nor a projection.
func newBareStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	return &stage{Base: bottest.NewBareBase(t, cfg)}
}

func (s *stage) newShow(logger *logrus.Logger) *Publisher {
	return New(Config{
		Views: s.views, Slack: slackapi.New(s.Slack.Config().BotToken, s.Slack.APIURL()), HTTP: slackapi.NewHTTPClient(),
		Teams: workspacetest.Known(s.T, s.Slack.Config().TeamID), Logger: logger, Now: s.Clock.Now,
		Scheduler: cmp.Or(s.scheduler, queue.New(queue.Config{Burst: 20, Now: s.Clock.Now})), Home: s.home,
	})
}
