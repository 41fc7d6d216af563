package bot

import (
	"context"

	"linqbot/commands"
	"linqbot/ledger"
)

// refuseTeam returns the answer to a request of another workspace, and true; it is recorded as a denial. While
// it is not known whether it is one, it is refused without a record.
func (b *Bot) refuseTeam(ctx context.Context, source ledger.Source, in commands.Invocation, enterprise string) (commands.Answer, bool) {
	why, foreign := b.cfg.Teams.refuse(ctx, in.TeamID, enterprise)
	switch {
	case len(why) == 0:
		return nil, false
	case foreign && b.cfg.Gate != nil:
		return b.cfg.Gate.Deny(ctx, source, in.Caller(), commands.DeniedByTeam, why), true
	case foreign:
		return commands.Answer{commands.Say("%s %s", string(commands.MarkRefused), why)}, true
	default:
		return commands.Answer{commands.Say("%s %s", string(commands.MarkNeedsPerson), why)}, true
	}
}

// source says by which way an interaction asks for something.
func (i interaction) source() ledger.Source {
	switch i.Type {
	case "block_suggestion":
		return ledger.ChatSearch
	case "block_actions":
		for _, action := range i.Actions {
			switch action.ActionID {
			case commands.ActionConfirm, commands.ActionCancel:
				return ledger.Answered
			case commands.ActionUndo:
				return ledger.UndoButton
			case commands.ActionMore:
				return ledger.ChatList
			}
		}
	}
	return ledger.Modal
}
