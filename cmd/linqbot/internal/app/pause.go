package app

import (
	"context"
	"fmt"
	"time"

	"linqbot/cmd/linqbot/internal/metrics"
	"linqbot/commands/rails"
	"linqbot/ledger"
)

// pauseRemark returns what /readyz adds while removals are paused. It names nobody, and gives no reason, since anybody
// who reaches the port can ask.
func pauseRemark(held rails.Rails) func() string {
	return func() string {
		pause := held.Pause(context.Background())
		if !pause.Holds() {
			return ""
		}
		return fmt.Sprintf("all removals are paused since %s: linqbot doctor says by whom and why", pause.Since.UTC().Format("2006-01-02 15:04 MST"))
	}
}

// watchPause measures whether removals are paused.
func watchPause(m *metrics.Metrics, records *ledger.Ledger) {
	m.WatchPause(func() (bool, error) {
		const patience = 2 * time.Second // well under the 10 s after which Prometheus gives up
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		pause, err := records.Paused(ctx)
		return pause.Holds(), err
	})
}
