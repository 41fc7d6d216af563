package invocation

import (
	"context"

	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// RefuseProtected says no to a removal that names somebody who is protected. It returns true when one does, with
// the answer, which is empty for a delivery that was seen before.
func RefuseProtected(ctx context.Context, gate *policy.Gate, protected rails.Protected, source ledger.Source, by policy.Caller, people []parse.ParsedHandle) (richtext.Answer, bool) {
	var names richtext.Text
	for _, who := range people {
		if protected.Has(who.Handle) {
			names = append(names, richtext.Name(who.International))
		}
	}
	if len(names) == 0 {
		return nil, false
	}
	return gate.Deny(ctx, source, by, rails.DeniedProtected, rails.ProtectedWords(richtext.AllOf(names))), true
}
