package publish

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// slowViews keep a thread from being stored until the test lets them.
type slowViews struct {
	Views
	store <-chan struct{}
}

func (v slowViews) SaveThread(ctx context.Context, t ledger.Thread) error {
	select {
	case <-v.store:
		return v.Views.SaveThread(ctx, t)
	case <-ctx.Done():
		return ctx.Err()
	}
}

type homesFunc func([]ledger.Request)

func (f homesFunc) News(requests []ledger.Request) { f(requests) }

// A home does not wait for the channel: it has the news before the thread does.
func TestAHomeHasTheNewsFirst(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	read, store := make(chan struct{}, 9), make(chan struct{})
	logger, _ := bottest.NewLog()
	s.home = homesFunc(func([]ledger.Request) { read <- struct{}{} })
	s.views = slowViews{s.Ledger, store}
	s.publisher = s.newPublisher(logger)
	d := s.Ask(bottest.Ann)
	done := make(chan error, 1)
	go func() {
		_, err := s.publisher.Run(t.Context(), d)
		done <- err
	}()
	select {
	case <-read:
	case err := <-done:
		t.Fatalf("the thread came first: %v", err)
	case <-time.After(10 * time.Second):
		t.Error("the home waits for the thread")
	}
	close(store)
	assert.NilError(t, <-done)
}
