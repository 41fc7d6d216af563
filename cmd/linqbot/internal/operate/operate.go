// Package operate is what linqbot remove and offboard do: it records a batch for an operator, who needs no Slack, asks
// for a yes to what would be done, and follows it to its end. Where a linqbot serves from the ledger, that one carries
// the batch out; where none does, the command does it itself. What a batch is and does is known to the packages that
// serve it. Begin with [Run].
package operate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/pause"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Request is what an operator asks for.
type Request struct {
	Job    ledger.BatchJob // [ledger.List] for people of one chat, [ledger.Offboard] for every chat
	Text   string          // the chat, if it is one, and the people, as they are typed
	File   []byte          // optional: a file with the people, in the place of those in Text
	Name   string          // the operator's
	Reason string          // optional
	DryRun bool
	Yes    bool // do not ask
}

// Config is what [Run] needs.
type Config struct {
	Settings    config.Settings
	Build       build.Build
	In          io.Reader // where a person answers; nil if nobody can
	Out         io.Writer // what others wrote is made inert before it gets here
	Err         io.Writer
	Lines       bool // print lines of JSON, and not what people read
	FullHandles bool
}

// UsageError says that the command is written wrong.
type UsageError struct{ err error }

func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.err }

// WrongUse marks an error as a [UsageError]; nil stays nil.
func WrongUse(err error) error {
	if err == nil {
		return nil
	}
	return &UsageError{err: err}
}

// errUndone ends a command that did not do everything. What it did not do was printed before.
var errUndone = errors.New("not everybody was removed")

// job is one run of a command.
type job struct {
	cfg     Config
	request Request
	show    display
	explain outcome.Explainer

	records access
	served  bool // another process carries the batch out
}

// Run does what an operator asks for. It returns a [UsageError] for what is written wrong, and an error for what was
// refused, failed or broken off.
func Run(ctx context.Context, cfg Config, asked Request) (err error) {
	order, err := orderOf(cfg, asked)
	if err != nil {
		return WrongUse(err)
	}
	j := &job{cfg: cfg, request: asked, explain: outcome.Explainer{FullHandles: cfg.FullHandles}}
	j.show = newDisplay(cfg, j.explain)
	if j.records, j.served, err = open(ctx, cfg); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.records.Close()) }()
	if err := j.refuseProtected(ctx, order); err != nil {
		return err
	}
	err = j.carryOut(ctx, order)
	if err != nil && ctx.Err() != nil {
		return j.interrupted()
	}
	return err
}

// orderOf reads what was typed.
func orderOf(cfg Config, asked Request) (ledger.BatchOrder, error) {
	const longestName = 80
	name := pause.OneLine(asked.Name)
	reason, wrong := parse.Reason(asked.Reason)
	switch {
	case name == "":
		return ledger.BatchOrder{}, errors.New("--as is missing: give your name, for the record")
	case utf8.RuneCountInString(name) > longestName:
		return ledger.BatchOrder{}, fmt.Errorf("--as is too long: write %d characters at most", longestName)
	case wrong != nil:
		return ledger.BatchOrder{}, fmt.Errorf("--reason is too long: write %d characters at most", parse.LongestReason)
	case !asked.Yes && !asked.DryRun && cfg.In == nil:
		return ledger.BatchOrder{}, errors.New("there is nobody to ask, since this is no terminal, or its input is the list: see what would be done with --dry-run, and do it with --yes")
	}
	o := ledger.BatchOrder{
		Delivery: "operator-" + uuid.NewString(), Job: asked.Job, Kind: ledger.Remove, Source: ledger.Operator,
		Rule: ledger.OperatorRule(name), Because: reason, Asks: true, DryRun: asked.DryRun,
	}
	people, tail, err := read(cfg, asked, &o)
	if err != nil {
		return ledger.BatchOrder{}, misread(err)
	}
	o.DryRun, o.Because = o.DryRun || tail.DryRun, cmp.Or(o.Because, tail.Because)
	for _, who := range people {
		o.Handles = append(o.Handles, ledger.NewSecret(who.Handle.Full()))
	}
	return o, nil
}

// refuseProtected says no where somebody is named whom nobody removes.
func (j *job) refuseProtected(ctx context.Context, o ledger.BatchOrder) error {
	var names richtext.Text
	for _, person := range o.Handles {
		if who := handleOf(person); j.cfg.Settings.Protected.Has(who) {
			names = append(names, richtext.Name(j.explain.Who(ledger.Request{Order: ledger.Order{Handle: person}})))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return j.refuse(ctx, o.Rule, rails.DeniedProtected, rails.ProtectedWords(richtext.AllOf(names)))
}

// refuse puts a denial on record, and says it.
func (j *job) refuse(ctx context.Context, operator, rule string, why richtext.Text) error {
	if err := j.records.DenyOperator(ctx, rule+", "+operator); err != nil {
		return err
	}
	if err := j.show.refused(rule, why); err != nil {
		return err
	}
	return errUndone
}

// interrupted says what becomes of what is recorded.
func (j *job) interrupted() error {
	if j.served {
		return errors.New("interrupted; the linqbot that serves goes on with what is confirmed, and the same command follows it again")
	}
	return errors.New("interrupted; what is confirmed goes on with the next linqbot serve, or with the same command")
}

// now is when something is shown.
func now() time.Time { return time.Now() }
