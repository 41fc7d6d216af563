package bot

import (
	"context"

	"linqbot/commands/invocation"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// teamRefusal is why a request is not served; the zero value is none.
type teamRefusal struct {
	answer  richtext.Answer
	refused bool
	foreign bool // it is of another workspace, and not only not known whether it is
}

// refuseTeam refuses a request of another workspace, and records a denial. While it is not known whether it is one, it
// is refused without a record.
func (b *Bot) refuseTeam(ctx context.Context, source ledger.Source, in invocation.Invocation, enterprise string) teamRefusal {
	why, foreign := b.cfg.Teams.Refuse(ctx, in.TeamID, enterprise)
	r := teamRefusal{refused: len(why) > 0, foreign: foreign}
	switch {
	case !r.refused:
	case foreign && b.cfg.Gate != nil:
		r.answer = b.cfg.Gate.Deny(ctx, source, in.Caller(), policy.DeniedByTeam, why)
	case foreign:
		r.answer = richtext.Answer{richtext.Say("%s %s", string(richtext.MarkRefused), why)}
	default:
		r.answer = richtext.Answer{richtext.Say("%s %s", string(richtext.MarkNeedsPerson), why)}
	}
	return r
}
