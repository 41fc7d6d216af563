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

// env has a Slack, a ledger and the projection between them, all with one clock.
type env struct {
	*bottest.Base
	views     Views            // of the next publisher
	scheduler *queue.Scheduler // of the next publisher; by default one with a burst of 20
	home      Homes            // of the next publisher. Optional.
	publisher *Publisher
}

// newEnv has a ledger whose jobs do nothing.
func newEnv(t *testing.T, cfg slacktest.Config) *env {
	t.Helper()
	s := newIdleEnv(t, cfg)
	bottest.StartLedger(t, s.Ledger, ledger.Workers{})
	return s
}

// newIdleEnv has a ledger that is not started.
func newIdleEnv(t *testing.T, cfg slacktest.Config) *env {
	t.Helper()
	b, logger := bottest.NewBase(t, cfg)
	s := &env{Base: b, views: b.Ledger}
	s.Shows = func(ctx context.Context, delivery string) (time.Duration, error) {
		return s.publisher.Run(ctx, delivery)
	}
	s.publisher = s.newPublisher(logger)
	return s
}

// newBareEnv has neither a ledger nor a projection.
func newBareEnv(t *testing.T, cfg slacktest.Config) *env {
	t.Helper()
	return &env{Base: bottest.NewBareBase(t, cfg)}
}

func (s *env) newPublisher(logger *logrus.Logger) *Publisher {
	return New(Config{
		Views: s.views, Slack: slackapi.New(s.Slack.Config().BotToken, s.Slack.APIURL()), HTTP: slackapi.NewHTTPClient(),
		Teams: workspacetest.Known(s.T, s.Slack.Config().TeamID), Logger: logger, Now: s.Clock.Now,
		Scheduler: cmp.Or(s.scheduler, queue.New(queue.Config{Burst: 20, Now: s.Clock.Now})), Home: s.home,
	})
}

// onSecondPost has only the second post meet a fault: it is the reply, after its parent.
func onSecondPost(fault slacktest.Fault) func(method string) *slacktest.Fault {
	posts := 0
	return func(method string) *slacktest.Fault {
		if method != "chat.postMessage" {
			return nil
		}
		if posts++; posts != 2 {
			return nil
		}
		return &fault
	}
}
