package bot

import (
	"cmp"
	"context"
	"net/http"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands"
	"linqbot/commands/batch"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// interaction has the fields of Slack's interaction payloads that are served. slack-go's own type
// knows more of them and less of some: it has no function_data, and no null team.
// Source: https://docs.slack.dev/interactivity/handling-user-interaction
type interaction struct {
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Team        *struct {
		ID string `json:"id"`
	} `json:"team"`
	Enterprise *struct {
		ID string `json:"id"`
	} `json:"enterprise"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	EnterpriseInstall bool             `json:"is_enterprise_install"`
	Message           slackapi.Message `json:"message"`
	Actions           []struct {
		ActionID       string `json:"action_id"`
		BlockID        string `json:"block_id"`
		Value          string `json:"value"`
		SelectedOption *struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
	View view `json:"view"`

	// block_suggestion
	ActionID string `json:"action_id"`
	Value    string `json:"value"`

	delivery string // names this delivery; Slack signs it, and does not say it
}

// invocation is what the policy is asked about.
func (i interaction) invocation(channel string) commands.Invocation {
	return commands.Invocation{Delivery: i.delivery, TeamID: i.User.TeamID, UserID: i.User.ID, ChannelID: channel}
}

// view is a modal, or a Home tab, as Slack sends it back.
type view struct {
	ID              string `json:"id"`
	Type            string `json:"type"`
	Hash            string `json:"hash"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	InstalledTeamID string `json:"app_installed_team_id"`
	State           struct {
		Values map[string]map[string]field `json:"values"`
	} `json:"state"`
}

// field is what was chosen in a modal, or written into it.
type field struct {
	Value          string `json:"value"` // of a text
	SelectedOption *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	SelectedOptions []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

// teams returns the ids by which the request is told to be ours. What counts is whose person acts: in a shared
// channel that may be somebody of another organisation. If the app is installed for an organisation, Slack may name
// no workspace, and the organisation vouches for the people of all its workspaces. Otherwise, for a button that
// others can press, the workspace that the payload names vouches for its people. A form says for which workspace its
// app is installed. Source: https://docs.slack.dev/apis/slack-connect, and the samples of slackapi/bolt-python.
func (i interaction) teams() (team, enterprise string) {
	own := ""
	if i.Team != nil {
		own = i.Team.ID
	}
	team = cmp.Or(i.View.InstalledTeamID, i.User.TeamID, own)
	if i.Enterprise != nil && (i.User.TeamID == "" || i.User.TeamID == own || own == "" || i.EnterpriseInstall || !i.othersMayPress()) {
		enterprise = i.Enterprise.ID
	}
	return team, enterprise
}

// othersMayPress reports whether people of other organisations can have sent this: they can press a
// button that a whole channel sees, and nothing else.
func (i interaction) othersMayPress() bool {
	return i.Type == "block_actions" && i.View.ID == "" && !i.Container.Ephemeral
}

func (i interaction) channel() string {
	if i.Channel.ID != "" {
		return i.Channel.ID
	}
	return i.Container.ChannelID
}

// thread returns the thread in which the message stands, or would open. None opens at a message that
// only one person sees.
func (i interaction) thread() string {
	if i.Container.Ephemeral {
		return i.Container.ThreadTS
	}
	for _, ts := range []string{i.Container.ThreadTS, i.Message.ThreadTS, i.Message.TS, i.Container.MessageTS} {
		if ts != "" {
			return ts
		}
	}
	return ""
}

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
	if answer, refused := b.refuseTeam(ctx, in.source(), asked, enterprise); refused {
		b.loggerOf(r.Context()).WithField("team", team).Warn("interaction refused: not our team")
		b.refuseInteraction(w, in, answer)
		return
	}
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

// refuseInteraction says no, in the one way that each kind allows.
func (b *Bot) refuseInteraction(w http.ResponseWriter, in interaction, refusal richtext.Answer) {
	switch in.Type {
	case "block_suggestion":
		writeJSON(w, options{Options: []option{}})
	case "view_submission":
		b.closeModal(w, refusal)
	default:
		b.tellLater(in, refusal, false)
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

// source says by which way an interaction asks for something.
func (i interaction) source() ledger.Source {
	switch i.Type {
	case "block_suggestion":
		return ledger.ChatSearch
	case "block_actions":
		for _, action := range i.Actions {
			switch action.ActionID {
			case commands.ActionConfirm, commands.ActionCancel, batch.ActionConfirm, batch.ActionType, batch.ActionDecline,
				batch.ActionPause, batch.ActionResume, batch.ActionStop:
				return ledger.Answered
			case commands.ActionUndo, batch.ActionAddBack:
				return ledger.UndoButton
			case commands.ActionMore:
				return ledger.ChatList
			case commands.ActionPause, commands.ActionResume:
				return ledger.HomeSwitch
			}
		}
	case "view_submission":
		if i.View.CallbackID == blockkit.CallbackPause {
			return ledger.HomeSwitch
		}
	}
	return ledger.Modal
}
