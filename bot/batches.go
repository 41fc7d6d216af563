package bot

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands"
	"linqbot/commands/batch"
	"linqbot/commands/offboard"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// decisions are what the buttons of batches decide.
func decisions() map[string]ledger.BatchDecision {
	return map[string]ledger.BatchDecision{
		batch.ActionConfirm: ledger.ConfirmBatch, batch.ActionDecline: ledger.DeclineBatch,
		batch.ActionPause: ledger.PauseBatch, batch.ActionResume: ledger.ResumeBatch, batch.ActionStop: ledger.StopBatch,
	}
}

// serveBatch carries out a press on one of a batch's buttons.
func (b *Bot) serveBatch(ctx context.Context, in interaction, action string, click commands.Click) {
	press := batch.Press{
		Delivery: click.Delivery, BatchID: click.Subject, TeamID: click.TeamID, UserID: click.UserID,
		ChannelID: click.ChannelID, ThreadTS: click.ThreadTS, ResponseURL: click.ResponseURL,
	}
	buttons := b.cfg.Interactive.Batches
	switch action {
	case batch.ActionType:
		question, answer, may := buttons.MayType(ctx, press)
		if !may {
			b.tellLater(in, answer, false)
			return
		}
		kept := blockkit.NumberKept{Batch: press.BatchID, Channel: press.ChannelID, ResponseURL: press.ResponseURL}
		b.openForm(in, b.cfg.Teams.Renderer().NumberForm(kept, question))
	case batch.ActionAddBack:
		b.tellLater(in, buttons.AddBack(ctx, press), false)
	default:
		if decision, known := decisions()[action]; known {
			answer, closed := buttons.Decide(ctx, press, decision)
			b.tellLater(in, answer, closed)
		}
	}
}

// openForm opens a form, and says so where it does not open.
func (b *Bot) openForm(in interaction, form slack.ModalViewRequest) {
	b.goBackground(func(ctx context.Context) {
		if _, opened := b.openView(ctx, in.TriggerID, form, formNotOpened); !opened {
			b.tell(ctx, in, richtext.Answer{richtext.Say("%s Slack did not open the form. Nothing was changed. Try again.", string(richtext.MarkNeedsPerson))})
		}
	})
}

// submitNumber takes the number that a person types to confirm a batch.
func (b *Bot) submitNumber(ctx context.Context, w http.ResponseWriter, in interaction) {
	var kept blockkit.NumberKept
	if json.Unmarshal([]byte(in.View.PrivateMetadata), &kept) != nil {
		return
	}
	press := batch.Press{Delivery: in.delivery, BatchID: kept.Batch, TeamID: in.User.TeamID, UserID: in.User.ID, ChannelID: kept.Channel}
	answer, closed, wrong := b.cfg.Interactive.Batches.ConfirmTyped(ctx, press, in.View.text(blockkit.BlockNumber))
	if wrong != "" {
		writeJSON(w, slack.NewErrorsViewSubmissionResponse(map[string]string{blockkit.BlockNumber: wrong}))
		return
	}
	if slackapi.IsSlack(kept.ResponseURL, b.cfg.SlackURL) {
		in.ResponseURL = kept.ResponseURL
		b.tellLater(in, answer, closed)
		return
	}
	b.closeModal(w, answer)
}

// text is what was written into a field.
func (v view) text(block string) string { return v.State.Values[block][blockkit.ActionText].Value }

// openOffboard opens the form for taking somebody out of every chat. A person who may not use it gets a form that says
// why.
func (b *Bot) openOffboard(ctx context.Context, in interaction, where blockkit.Place) {
	denied, may := b.cfg.Interactive.Offboard.MayOpen(ctx, in.invocation(where.Channel))
	switch {
	case may:
		b.openForm(in, b.offboardForm(where, nil))
	case len(denied) > 0:
		b.openForm(in, b.cfg.Teams.Renderer().Modal(blockkit.Modal{Closed: true, Note: blockkit.Joined(denied)}))
	}
}

func (b *Bot) offboardForm(where blockkit.Place, people []handle.Handle) slack.ModalViewRequest {
	return b.cfg.Teams.Renderer().OffboardForm(where, people)
}

// turnToOffboard replaces the form for one chat by the form for every chat.
func (b *Bot) turnToOffboard(ctx context.Context, in interaction) {
	kept := blockkit.MemoryOf(in.View.PrivateMetadata)
	var people []handle.Handle
	for _, person := range kept.People {
		people = append(people, handle.New(person))
	}
	denied, may := b.cfg.Interactive.Offboard.MayOpen(ctx, in.invocation(kept.Channel))
	if !may && len(denied) == 0 {
		return
	}
	form := b.offboardForm(kept.Place, people)
	if !may {
		form = b.cfg.Teams.Renderer().Modal(blockkit.Modal{Closed: true, Note: blockkit.Joined(denied)})
	}
	b.goBackground(func(ctx context.Context) {
		if !b.updateView(ctx, in.View.ID, "", form, formNotTurned) {
			b.tell(ctx, in, richtext.Answer{richtext.Say("%s Slack did not open the form. Nothing was removed. Try again, or type %s.",
				string(richtext.MarkNeedsPerson), richtext.ID(OffboardCommand))})
		}
	})
}

// submitOffboard records whom to take out of every chat. Mistakes show at their fields, but only to people who may act.
func (b *Bot) submitOffboard(ctx context.Context, w http.ResponseWriter, in interaction) {
	where := blockkit.MemoryOf(in.View.PrivateMetadata)
	asked := in.invocation(where.Channel)
	asked.Delivery, asked.ThreadTS = "view-"+in.View.ID, where.Thread
	answer, wrong, recorded := b.cfg.Interactive.Offboard.Submit(ctx, asked, offboard.Form{
		People: in.View.text(blockkit.BlockPerson), Reason: in.View.text(blockkit.BlockReason),
	})
	errors := make(map[string]string)
	if wrong.People != "" {
		errors[blockkit.BlockPerson] = wrong.People
	}
	if wrong.Reason != "" {
		errors[blockkit.BlockReason] = wrong.Reason
	}
	switch {
	case len(errors) > 0:
		writeJSON(w, slack.NewErrorsViewSubmissionResponse(errors))
	case recorded && len(answer) == 0: // sent twice
	default:
		b.closeModal(w, answer)
	}
}
