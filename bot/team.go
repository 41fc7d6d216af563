package bot

import (
	"context"

	"linqbot/commands/invocation"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// refuseTeam returns the answer to a request of another workspace, and true. The refusal is recorded as a denial. While
// linqbot does not know yet which workspace is its own, it refuses without a record.
func (b *Bot) refuseTeam(ctx context.Context, source ledger.Source, in invocation.Invocation, enterprise string) (richtext.Answer, bool) {
	why, foreign := b.cfg.Teams.Refuse(ctx, in.TeamID, enterprise)
	switch {
	case len(why) == 0:
		return nil, false
	case foreign && b.cfg.Gate != nil:
		return b.cfg.Gate.Deny(ctx, source, in.Caller(), policy.DeniedByTeam, why), true
	case foreign:
		return richtext.Answer{richtext.Say("%s %s", string(richtext.MarkRefused), why)}, true
	default:
		return richtext.Answer{richtext.Say("%s %s", string(richtext.MarkNeedsPerson), why)}, true
	}
}
