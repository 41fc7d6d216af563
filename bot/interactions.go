package bot

import (
	"cmp"
	"context"
	"net/http"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands"
	"linqbot/commands/richtext"
)

// serveInteraction answers buttons, modals, select menus and shortcuts.
func (b *Bot) serveInteraction(w http.ResponseWriter, r *http.Request, d delivered) {
	if !isForm(r.Header) {
		b.refuseShape(w, r, http.StatusUnsupportedMediaType)
		return
	}
	var in interaction
	payload, err := readPayload(d.body)
	if err != nil || slackapi.Decode(payload, &in) != nil || in.User.ID == "" {
		b.refuseShape(w, r, http.StatusBadRequest)
		return
	}
	in.delivery = cmp.Or(in.TriggerID, d.name)
	if !slackapi.IsSlack(in.ResponseURL, b.cfg.SlackURL) {
		in.ResponseURL = ""
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	team, enterprise := in.teams()
	asked := in.invocation(in.channel())
	asked.TeamID = team
	if refusal := b.refuseTeam(ctx, in.source(), asked, enterprise); refusal.refused {
		b.loggerOf(r.Context()).WithField("team", team).Warn("interaction refused: not our team")
		b.refuseInteraction(w, in, refusal)
		return
	}
	b.cfg.Teams.Acted(in.User.TeamID, team, enterprise)
	b.loggerOf(r.Context()).WithField("interaction", in.Type).WithField("user", in.User.ID).Info("interaction")
	switch in.Type {
	case "block_actions":
		b.serveActions(ctx, in)
	case "view_submission":
		b.serveSubmission(ctx, w, in)
	case "block_suggestion":
		b.serveOptions(ctx, w, in)
	case "shortcut", "message_action":
		b.serveShortcut(ctx, in)
	}
}

// refuseInteraction says no, in the one way that each kind allows. Where a press has none, a direct message says so to
// those who may be ours.
func (b *Bot) refuseInteraction(w http.ResponseWriter, in interaction, refusal teamRefusal) {
	switch in.Type {
	case "block_suggestion":
		writeJSON(w, options{Options: []option{}})
	case "view_submission":
		b.closeModal(w, refusal.answer)
	default:
		if in.ResponseURL == "" && !refusal.foreign {
			b.goBackground(func(ctx context.Context) { b.tell(ctx, in, refusal.answer) })
			return
		}
		b.tellLater(in, refusal.answer, false)
	}
}

// serveActions carries out the presses of buttons, and the choice of a chat in the modal.
func (b *Bot) serveActions(ctx context.Context, in interaction) {
	for _, action := range in.Actions {
		click := commands.Click{
			Delivery: in.delivery, Subject: action.Value, TeamID: in.User.TeamID, UserID: in.User.ID, ChannelID: in.channel(),
			ThreadTS: in.thread(), ResponseURL: in.ResponseURL,
		}
		switch action.ActionID {
		case commands.ActionConfirm:
			answer, closed := b.cfg.Interactive.Remove.Decide(ctx, click, true)
			b.tellLater(in, answer, closed)
			b.cfg.Home.Changed(click.TeamID, click.UserID)
		case commands.ActionCancel:
			answer, closed := b.cfg.Interactive.Remove.Decide(ctx, click, false)
			b.tellLater(in, answer, closed)
			b.cfg.Home.Changed(click.TeamID, click.UserID)
		case commands.ActionUndo:
			undo := commands.UndoClick{
				Delivery: click.Delivery, RequestID: click.Subject, TeamID: click.TeamID, UserID: click.UserID,
				ChannelID: click.ChannelID, ThreadTS: click.ThreadTS, ResponseURL: click.ResponseURL,
			}
			if b.atHome(in) {
				b.cfg.Home.Undo(ctx, b.cfg.Interactive.Undo, undo)
				continue
			}
			b.tellLater(in, b.cfg.Interactive.Undo.Run(ctx, undo), false)
		case commands.ActionMore:
			b.tellLater(in, b.cfg.Interactive.FindChats.More(ctx, click), true)
		case commands.ActionPick:
			if b.atHome(in) {
				b.cfg.Home.Opened(click.TeamID, click.UserID) // they look at it
			}
			b.openModal(ctx, in, opening{place: blockkit.Place{Channel: in.channel()}, chat: click.Subject}, nil)
		case commands.ActionPause:
			b.askToPause(ctx, in)
		case commands.ActionResume:
			b.resume(ctx, in)
		case blockkit.ActionChat:
			if action.SelectedOption != nil {
				b.fillModal(in, action.SelectedOption.Value)
			}
		case blockkit.ActionOffboard:
			b.turnToOffboard(ctx, in)
		default:
			b.serveBatch(ctx, in, action.ActionID, click)
		}
	}
}

// atHome reports whether something was pressed in the Home tab, where nothing can answer but the tab.
func (b *Bot) atHome(in interaction) bool {
	return b.cfg.Home != nil && in.View.Type == blockkit.TypeHome
}

// tellLater answers a click through its response_url: the answer to the request itself shows nothing.
func (b *Bot) tellLater(in interaction, answer richtext.Answer, replace bool) {
	if len(answer) == 0 || in.ResponseURL == "" {
		return
	}
	m := b.cfg.Teams.Renderer().Answer(answer)
	b.goBackground(func(ctx context.Context) {
		err := slackapi.Respond(ctx, b.cfg.Interactive.HTTP, in.ResponseURL, &slack.WebhookMessage{
			Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks}, ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: replace,
		})
		if err != nil {
			b.log.WithError(err).Warn("a click was not answered")
		}
	})
}

// The shortcuts, as the manifest has them.
const (
	shortcutMessage = "remove_from_chat"
	shortcutGlobal  = "remove"
	shortcutAll     = "offboard"
	shortcutList    = "remove_list"
)

// serveShortcut opens the modal; on a message, with what the message names.
func (b *Bot) serveShortcut(ctx context.Context, in interaction) {
	switch in.CallbackID {
	case shortcutGlobal:
		b.openModal(ctx, in, opening{}, nil)
	case shortcutList:
		b.openList(ctx, in)
	case shortcutAll:
		b.openOffboard(ctx, in, blockkit.Place{})
	case shortcutMessage:
		b.openModal(ctx, in, opening{place: blockkit.Place{Channel: in.channel(), Thread: in.thread()}}, in.Message.Text)
	default:
		b.loggerOf(ctx).WithField("shortcut", in.CallbackID).Warn("a shortcut that linqbot does not know")
	}
}
