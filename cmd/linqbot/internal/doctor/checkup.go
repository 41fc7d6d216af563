package doctor

import (
	"context"
	"slices"
	"sync"
	"time"

	"linqbot/bot/slackapi"
	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/database"
	"linqbot/linq"
)

// checkup is a run of the doctor: the settings as far as they are right, and what several checks
// ask for, which is asked once.
type checkup struct {
	lookup   func(string) string
	environ  []string // NAME=value
	build    build.Build
	serving  *ledger.Reader // the ledger of the linqbot that asks; nil where doctor runs by itself
	base     string         // the public address, without a slash at its end; "": it was not given
	settings config.Settings
	mistakes []error

	slack    slackapi.Inspector
	identity func() (slackapi.Identity, error)
	linq     *linq.Client // nil if what it takes is not right
	lines    func() (lines, error)
	writable func() (there bool, err error)
	reader   func() (*ledger.Reader, error)
	opened   *ledger.Reader // what reader returned, once all checks are done
}

// lines are ours at Linq, and how long Linq took to list them.
type lines struct {
	numbers []linq.PhoneNumber
	took    time.Duration
}

func newCheckup(cfg Config) *checkup {
	e := &checkup{lookup: cfg.Lookup, environ: cfg.Environ, build: cfg.Build, base: cfg.Base, serving: cfg.Serving}
	e.settings, e.mistakes = config.Read(cfg.Lookup)
	return e
}

// prepare sets up what the checks share. The checks look whether its settings are right first.
func (e *checkup) prepare(ctx context.Context) {
	e.slack = slackapi.NewInspector(e.settings.SlackToken, e.settings.SlackURL)
	e.identity = once(ctx, e.slack.Identify)
	e.linq, _ = linq.New(linq.Config{BaseURL: e.settings.LinqURL, APIKey: e.settings.LinqKey, UserAgent: "linqbot/" + e.build.Version}) // the configuration says why not
	e.lines = once(ctx, func(ctx context.Context) (lines, error) {
		began := time.Now()
		numbers, err := e.linq.PhoneNumbers(ctx)
		return lines{numbers, time.Since(began)}, err
	})
	if e.serving != nil {
		e.writable = func() (bool, error) { return true, nil }
		e.reader = func() (*ledger.Reader, error) { return e.serving, nil }
		return
	}
	e.writable = once(ctx, func(ctx context.Context) (bool, error) { return database.CheckWritable(ctx, e.settings.DatabaseURL) })
	e.reader = once(ctx, func(ctx context.Context) (_ *ledger.Reader, err error) {
		e.opened, err = ledger.OpenReader(ctx, e.settings.DatabaseURL)
		return e.opened, err
	})
}

// close lets go of what the checks shared.
func (e *checkup) close() []finding {
	if e.linq != nil {
		e.linq.CloseIdleConnections()
	}
	if e.opened == nil {
		return nil
	}
	if err := e.opened.Close(); err != nil {
		return []finding{{Check: "ledger", Status: warning, Found: "it could not be closed: " + oneLine(err.Error())}}
	}
	return nil
}

// once returns what a call gave, which is made when the first asks for it, and not longer than callTime.
func once[T any](ctx context.Context, call func(context.Context) (T, error)) func() (T, error) {
	return sync.OnceValues(func() (T, error) {
		ctx, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		return call(ctx)
	})
}

// wrong names those of the variables that are not right, as the reason for skipping a check; "" if all are.
func (e *checkup) wrong(names ...string) string {
	var bad []string
	for _, v := range config.Variables() {
		if !slices.Contains(names, v.Name) {
			continue
		}
		if _, err := config.LoadOnly(e.lookup, v.Name); err != nil {
			bad = append(bad, v.Name)
		}
	}
	switch len(bad) {
	case 0:
		return ""
	case 1:
		return bad[0] + " is not right"
	default:
		return richtext.AllOfWords(bad).String() + " are not right"
	}
}
