package commands

import (
	"context"

	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// refuseProtected says no to a removal that names somebody who is protected. It returns true when one does, with
// the answer, which is empty for a delivery that was seen before.
func (c *typed) refuseProtected(ctx context.Context, source ledger.Source, in Invocation, args parse.Args) (richtext.Answer, bool) {
	return refuseProtected(ctx, c.gate, c.rails, source, in, args.Handles)
}

func refuseProtected(ctx context.Context, gate *policy.Gate, held rails.Rails, source ledger.Source, in Invocation, people []parse.ParsedHandle) (richtext.Answer, bool) {
	var names richtext.Text
	for _, who := range people {
		if held.Protected.Has(who.Handle) {
			names = append(names, richtext.Name(who.International))
		}
	}
	if len(names) == 0 {
		return nil, false
	}
	return gate.Deny(ctx, source, in.Caller(), rails.DeniedProtected, rails.ProtectedWords(richtext.AllOf(names))), true
}

// Protects reports whether nobody may remove a person.
func (c *Remove) Protects(person handle.Handle) bool { return c.rails.Protected.Has(person) }

// Paused is what a form says while removals are paused; nothing if they are not.
func (c *Remove) Paused() []richtext.Text { return rails.Told(c.rails.Pause(context.Background())) }

// refuseLimited says no to what is over a limit. Its delivery is spent: come again, it would do now what the person
// was told is not done.
func (c *typed) refuseLimited(ctx context.Context, source ledger.Source, in Invocation, met ledger.Limit) richtext.Answer {
	return c.gate.Deny(ctx, source, in.Caller(), rails.RuleOf(met), rails.LimitWords(met, ""))
}
