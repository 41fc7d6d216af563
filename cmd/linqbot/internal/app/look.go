package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/viewer"
	"linqbot/ledger"
	"linqbot/linq/breaker"
)

// Checks are what linqbot doctor finds when a linqbot that serves asks about itself.
type Checks func(ctx context.Context, in *ledger.Reader) []viewer.Finding

// look is what the viewer shows of the process, as the process knows it: it asks nobody.
type look struct {
	records *ledger.Ledger
	breaker *breaker.Breaker
	notices *notices
	serving atomic.Pointer[live] // nil until it is put together
}

func newViewer(cfg config.Settings, this build.Build, of *look, checks Checks, logger *logrus.Logger) (*viewer.Viewer, error) {
	return viewer.New(viewer.Config{
		Addr: cfg.AdminAddr, Build: this.String(), Logger: logger,
		// Connections of its own: they cannot write, and nothing waits for them.
		Open:   func(ctx context.Context) (*ledger.Reader, error) { return ledger.OpenReader(ctx, cfg.DatabaseURL) },
		Vitals: of.vitals, Checks: checks, Link: of.link, Region: func() string { return of.region(cfg.Region) },
	})
}

func (l *look) vitals() []viewer.Finding {
	return []viewer.Finding{l.workers(), l.ledger(), l.calls(), l.key(), l.said()}
}

func (l *look) workers() viewer.Finding {
	if !l.records.Working() {
		return viewer.Finding{About: "Workers", Status: viewer.Failure, Says: "they do not run: linqbot starts, or drains"}
	}
	return viewer.Finding{About: "Workers", Status: viewer.OK, Says: "they run"}
}

func (l *look) ledger() viewer.Finding {
	probe := l.records.LastProbe()
	ago := time.Since(probe.At).Round(time.Second)
	switch {
	case probe.At.IsZero():
		return viewer.Finding{
			About: "Ledger", Status: viewer.Skipped, Says: "nobody has asked /readyz yet, which writes to it",
			Fix: "let whatever starts linqbot ask /readyz",
		}
	case probe.Err != nil:
		return viewer.Finding{
			About: "Ledger", Status: viewer.Failure, Says: fmt.Sprintf("it could not be written %s ago, so no command is taken", ago),
			Fix: "see the log, and what doctor says",
		}
	default:
		return viewer.Finding{About: "Ledger", Status: viewer.OK, Says: fmt.Sprintf("it was written %s ago", ago)}
	}
}

func (l *look) calls() viewer.Finding {
	wait := l.breaker.Remaining("")
	if wait.Until.IsZero() {
		return viewer.Finding{About: "Calls to Linq", Status: viewer.OK, Says: "they are not held back"}
	}
	why := map[breaker.Cause]string{
		breaker.NotAnswering: "Linq struggles", breaker.AskedToWait: "Linq asks for a pause", breaker.NoMoreCalls: "Linq takes no more calls for the moment",
	}[wait.Why]
	return viewer.Finding{
		About: "Calls to Linq", Status: viewer.Warning,
		Says: fmt.Sprintf("they are held back for %s: %s", max(0, time.Until(wait.Until)).Round(time.Second), why),
	}
}

func (l *look) key() viewer.Finding {
	if serving := l.serving.Load(); serving != nil {
		if remark := serving.current.Load().key.remark(); remark != "" {
			return viewer.Finding{About: "Linq key", Status: viewer.Failure, Says: remark, Fix: "replace LINQ_API_V3_API_KEY"}
		}
	}
	return viewer.Finding{About: "Linq key", Status: viewer.OK, Says: "Linq has not refused it"}
}

func (l *look) said() viewer.Finding {
	if remark := l.notices.remark(); remark != "" {
		return viewer.Finding{About: "Slack's notices", Status: viewer.Warning, Says: remark}
	}
	return viewer.Finding{About: "Slack's notices", Status: viewer.OK, Says: "none of late"}
}

// link is the address of a message in Slack; "" until the workspace is known.
func (l *look) link(channelID, ts string) string {
	if serving := l.serving.Load(); serving != nil {
		return serving.current.Load().teams.Renderer().Permalink(channelID, ts)
	}
	return ""
}

// region is that of the settings in force.
func (l *look) region(first string) string {
	if serving := l.serving.Load(); serving != nil {
		return serving.current.Load().region
	}
	return first
}
