// Package doctor checks what linqbot needs: its variables, the clock, Slack, Linq, the ledger and the
// public address. Each check says what it found and how to put right what is wrong. The checks run side
// by side, change nothing, and ask for what several of them need only once.
//
// Begin reading at [Run] and the list of checks.
package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/ledger"
	"linqbot/linq/redact"
)

// status is what a check came to. The values are printed as JSON.
type status string

const (
	fine    status = "ok"
	warning status = "warning"
	failure status = "failure"
	skipped status = "skipped" // it could not be checked
)

// finding is a line of the report.
type finding struct {
	Check  string `json:"check"`
	Status status `json:"status"`
	Found  string `json:"found"`
	Fix    string `json:"fix,omitempty"`
}

func ok(format string, args ...any) []finding {
	return []finding{{Status: fine, Found: fmt.Sprintf(format, args...)}}
}

func skip(format string, args ...any) []finding {
	return []finding{{Status: skipped, Found: fmt.Sprintf(format, args...)}}
}

func warn(fix, format string, args ...any) []finding {
	return []finding{{Status: warning, Found: fmt.Sprintf(format, args...), Fix: fix}}
}

func fail(fix, format string, args ...any) []finding {
	return []finding{{Status: failure, Found: fmt.Sprintf(format, args...), Fix: fix}}
}

// findings are a report.
type findings []finding

// verdict is an error if a check failed.
func (f findings) verdict() error {
	failed := 0
	for _, each := range f {
		if each.Status == failure {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d lines say what is wrong", failed, len(f))
}

// check looks at one thing. Its findings need not name it.
type check struct {
	name string
	run  func(ctx context.Context) []finding
}

// checks are all there are, in the order of the report. A linqbot that serves does not check its own ledger by opening
// it for writing, and knows no public address.
func (e *checkup) checks() []check {
	all := []check{
		{"configuration", e.checkSettings},
		{"other variables", e.checkNames},
		{"clock", e.checkClock},
		{"bot token", e.checkToken},
		{"Slack's notices", func(ctx context.Context) []finding { return e.inLedger(ctx, checkNotices) }},
		{"scopes", e.checkScopes},
		{"user groups", e.checkGroups},
		{"channels", e.checkChannels},
		{"Linq key", e.checkKey},
		{"Linq lines", e.checkLines},
		{"Linq webhooks", e.checkWebhooks},
		{ledgerCheck, e.checkLedger},
		{"schema", e.checkSchema},
		{"requests", func(ctx context.Context) []finding { return e.inLedger(ctx, checkRequests) }},
		{"removals", func(ctx context.Context) []finding { return e.inLedger(ctx, checkPause) }},
		{"rails", e.checkRails},
		{reachCheck, e.checkReach},
	}
	if e.serving != nil {
		return slices.DeleteFunc(all, func(c check) bool { return c.name == ledgerCheck || c.name == reachCheck })
	}
	return all
}

const (
	ledgerCheck = "ledger"
	reachCheck  = "public address"
)

// callTime bounds each call to the outside. No check makes more than two in a row, so that a run ends
// in seconds with everything down.
const callTime = 4 * time.Second

// Config is what a run needs.
type Config struct {
	Lookup  func(string) string // of the environment
	Environ []string            // NAME=value, all there are
	Build   build.Build
	Base    string // the public address, without a slash at its end; "" if it was not given

	// Serving is the ledger of a linqbot that asks about itself. Optional. If it is set, the ledger is read only by it,
	// and only the length of secrets is shown.
	Serving *ledger.Reader
}

// Report is what a run found.
type Report struct {
	found   findings
	build   build.Build
	secrets redact.Secrets
}

// Run makes all checks. It changes nothing.
func Run(ctx context.Context, cfg Config) Report {
	e := newCheckup(cfg)
	found := e.run(ctx)
	return Report{found: found, build: cfg.Build, secrets: e.settings.Secrets()}
}

// Line is one line of a report.
type Line struct {
	Check  string
	Status string // ok, warning, failure, or skipped for what could not be checked
	Found  string
	Fix    string // what to do; "" for nothing
}

// Lines returns the report. No secret is in it.
func (r Report) Lines() []Line {
	clean := func(text string) string { return string(r.secrets.Bytes([]byte(text))) }
	lines := make([]Line, len(r.found))
	for i, f := range r.found {
		lines[i] = Line{Check: f.Check, Status: string(f.Status), Found: clean(f.Found), Fix: clean(f.Fix)}
	}
	return lines
}

// Verdict is an error if a check failed.
func (r Report) Verdict() error { return r.found.verdict() }

// run makes all checks side by side.
func (e *checkup) run(ctx context.Context) findings {
	e.prepare(ctx)
	checks := e.checks()
	found := make([][]finding, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { found[i] = c.run(ctx) })
	}
	all.Wait()
	var lines findings
	for i, c := range checks {
		for _, f := range found[i] {
			f.Check, f.Found, f.Fix = c.name, oneLine(f.Found), oneLine(f.Fix)
			lines = append(lines, f)
		}
	}
	return append(lines, e.close()...)
}

// oneLine also keeps what others wrote from moving the cursor.
func oneLine(text string) string {
	return terminal.Cell(strings.Join(strings.Fields(text), " "))
}

// Print writes the report for people, or as JSON. No secret is in it.
func (r Report) Print(out io.Writer, asJSON bool) error {
	out, found := r.secrets.Writer(out), r.found
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(struct {
			OK       bool     `json:"ok"`
			Build    string   `json:"build"`
			Findings findings `json:"findings"`
		}{found.verdict() == nil, r.build.String(), found})
	}
	marks := map[status]string{fine: "✓", warning: "!", failure: "✗", skipped: "–"}
	for _, f := range found {
		line := fmt.Sprintf("%s %s: %s", marks[f.Status], f.Check, f.Found)
		if f.Status == skipped {
			line = fmt.Sprintf("%s %s: skipped, %s", marks[f.Status], f.Check, f.Found)
		}
		if f.Fix != "" {
			line += " → " + f.Fix
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
