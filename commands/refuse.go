package commands

import (
	"context"

	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// refuseProtected says no to a removal that names somebody who is protected. It returns true when one does, with
// the answer, which is empty for a delivery that was seen before.
func (c *typed) refuseProtected(ctx context.Context, source ledger.Source, in invocation.Invocation, args parse.Args) (richtext.Answer, bool) {
	return invocation.RefuseProtected(ctx, c.gate, c.rails.Protected, source, in.Caller(), args.Handles)
}

// Protects reports whether nobody may remove a person.
func (c *Remove) Protects(person handle.Handle) bool { return c.rails.Protected.Has(person) }

// Paused is what a form says while removals are paused; nothing if they are not.
func (c *Remove) Paused() []richtext.Text { return rails.Told(c.rails.Pause(context.Background())) }

// refuseLimited says no to what is over a limit. Its delivery is spent: come again, it would do now what the person
// was told is not done.
func (c *typed) refuseLimited(ctx context.Context, source ledger.Source, in invocation.Invocation, met ledger.Limit) richtext.Answer {
	return c.gate.Deny(ctx, source, in.Caller(), rails.RuleOf(met), rails.LimitWords(met, ""))
}
