package ledger_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"linqbot/ledger"
)

// What does not let itself be handed back, as a save that a busy disk holds up, is taken back by the
// next start: that the process ends all the same is no failure.
func TestStopLeavesWhatCannotBeHandedBack(t *testing.T) {
	t.Parallel()
	l := openURL(t, "sqlite://"+filepath.Join(t.TempDir(), "ledger.db"))
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
	if err := l.Stop(ctx); err != nil {
		t.Error(err)
	}
}
