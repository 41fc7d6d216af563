package bot

import (
	"context"
	"net/http"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
)

// caller is who turns the switch.
func (i interaction) caller() policy.Caller {
	return policy.Caller{Delivery: i.delivery, TeamID: i.User.TeamID, UserID: i.User.ID, ChannelID: i.channel()}
}

// askToPause opens the form that asks for the reason of a pause, for those who may pause removals.
func (b *Bot) askToPause(ctx context.Context, in interaction) {
	if denied, may := b.cfg.Interactive.Switch.MayTurn(ctx, in.caller()); !may {
		b.answerSwitch(in, denied)
		return
	}
	b.goBackground(func(ctx context.Context) {
		if _, opened := b.openView(ctx, in.TriggerID, b.cfg.Teams.Renderer().PauseForm(), pauseNotAsked); !opened {
			b.tell(ctx, in, richtext.Answer{richtext.Say("%s Slack did not open the form. Removals are not paused. Try again, or run %s where linqbot runs.",
				string(richtext.MarkNeedsPerson), richtext.ID("linqbot pause --reason …"))})
		}
	})
}

// resume lets removals go on.
func (b *Bot) resume(ctx context.Context, in interaction) {
	b.answerSwitch(in, b.cfg.Interactive.Switch.Resume(ctx, in.caller()))
}

// answerSwitch shows what came of a press where it was made.
func (b *Bot) answerSwitch(in interaction, answer richtext.Answer) {
	if b.atHome(in) {
		b.cfg.Home.Turned(in.User.TeamID, in.User.ID, answer)
		return
	}
	b.tellLater(in, answer, false)
}

// servePause takes the form's reason.
func (b *Bot) servePause(ctx context.Context, w http.ResponseWriter, in interaction) {
	reason := in.View.State.Values[blockkit.BlockReason][blockkit.ActionReason].Value
	by := in.caller()
	by.Delivery = "view-" + in.View.ID
	answer := b.cfg.Interactive.Switch.Pause(ctx, by, reason)
	if b.cfg.Home != nil {
		b.cfg.Home.Opened(by.TeamID, by.UserID) // it shows the pause
	}
	if len(answer) > 0 {
		writeJSON(w, slack.NewUpdateViewSubmissionResponse(new(b.cfg.Teams.Renderer().PauseEnded(answer))))
	}
}
