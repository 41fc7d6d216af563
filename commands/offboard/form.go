package offboard

import (
	"context"
	"errors"

	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// MayOpen says whether the person may open the form there. It returns true when they may; else the answer says why
// not.
func (c *Command) MayOpen(ctx context.Context, in invocation.Invocation) (richtext.Answer, bool) {
	_, denied, may := c.gate.Enter(ctx, ledger.Modal, in.Caller())
	return denied, may
}

// Form is what was written into the form.
type Form struct {
	People string // the handles
	Reason string // "" for none
}

// Trouble is what is wrong with the fields of a [Form]; "" for one that is right.
type Trouble struct{ People, Reason string }

// Submit records what was written into the form. It returns true when all of it was recorded, now or before, and
// what is wrong with the fields when it could not be read; else the answer says why it was not recorded.
func (c *Command) Submit(ctx context.Context, in invocation.Invocation, form Form) (richtext.Answer, Trouble, bool) {
	decision, denied, may := c.gate.Enter(ctx, ledger.Modal, in.Caller())
	if !may {
		return denied, Trouble{}, false
	}
	args, err := parse.Offboard(form.People, c.cfg.Region)
	if err != nil {
		c.cfg.Tally.Count(ledger.Modal, "usage")
		return nil, Trouble{People: whyOf(err)}, false
	}
	if form.Reason != "" || args.Because == "" {
		args.Because, err = parse.Reason(form.Reason)
	}
	if err != nil {
		c.cfg.Tally.Count(ledger.Modal, "usage")
		return nil, Trouble{Reason: whyOf(err)}, false
	}
	answer, recorded := c.record(ctx, in, ledger.Modal, args, decision.Rule)
	return answer, Trouble{}, recorded
}

// whyOf is what is wrong with a field.
func whyOf(err error) string {
	if usage, ok := errors.AsType[*parse.UsageError](err); ok {
		return usage.Why.String()
	}
	return "This could not be read."
}
