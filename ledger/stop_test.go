package ledger_test

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// What does not let itself be handed back, as a save that a busy disk holds up, is taken back by the
// next start: that the process ends all the same is no failure.
func TestStopLeavesWhatCannotBeHandedBack(t *testing.T) {
	t.Parallel()
	l := openURL(t, ledgertest.SQLite(t))
	t.Cleanup(func() { _ = l.Close() })
	running, release := make(chan struct{}, 1), make(chan struct{})
	start(t, l, ledger.Workers{Try: func(context.Context, string) (time.Duration, error) {
		running <- struct{}{}
		<-release
		return 0, nil
	}})
	t.Cleanup(func() { close(release) })
	accept(t, l, order("d1", "+14155550132"))
	<-running
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	assert.NilError(t, l.Stop(ctx))
}

// However the caller's time ends, what runs is told to hand itself back.
func TestStopHandsBackWhenItsTimeEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"a deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		},
		"a cancellation": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, ledgertest.SQLite(t))
			running, told := make(chan struct{}, 1), make(chan struct{}, 1)
			start(t, l, ledger.Workers{Try: func(ctx context.Context, _ string) (time.Duration, error) {
				running <- struct{}{}
				<-ctx.Done()
				told <- struct{}{}
				return 0, ctx.Err()
			}})
			accept(t, l, order("d1", "+14155550132"))
			<-running
			ctx, cancel := end(t.Context())
			defer cancel()
			assert.NilError(t, l.Stop(ctx))
			<-told
		})
	}
}
