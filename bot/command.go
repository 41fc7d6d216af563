package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands/invocation"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// ackTime bounds the recording of a command, with time left of Slack's 3 s for the way back.
// Source: https://docs.slack.dev/interactivity/implementing-slash-commands
const ackTime = 2200 * time.Millisecond

// serveCommand answers a slash command. Everything that a signed person can get wrong is answered
// with 200 and a message for them alone.
func (b *Bot) serveCommand(w http.ResponseWriter, r *http.Request, d delivered) {
	if !isForm(r.Header) {
		b.refuseShape(w, r, http.StatusUnsupportedMediaType)
		return
	}
	form, probe, err := readCommand(d.body)
	switch {
	case err != nil:
		b.refuseShape(w, r, http.StatusBadRequest)
		return
	case probe:
		return
	}
	name := form.Get("command")
	command, known := b.cfg.Commands[name]
	if !known {
		b.ack(w, r, richtext.Answer{richtext.Say("linqbot does not know the command %s.", richtext.ID(name))})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	in := invocation.Invocation{
		Delivery:  cmp.Or(form.Get("trigger_id"), d.name),
		TeamID:    form.Get("team_id"),
		ChannelID: form.Get("channel_id"),
		UserID:    form.Get("user_id"),
		Text:      form.Get("text"),
	}
	source := ledger.SlashCommand
	if name == ChatsCommand {
		source = ledger.ChatList
	}
	if refusal := b.refuseTeam(ctx, source, in, form.Get("enterprise_id")); refusal.refused {
		b.loggerOf(r.Context()).WithField("team", in.TeamID).Warn("command refused: not our team")
		b.ack(w, r, refusal.answer)
		return
	}
	if responseURL := form.Get("response_url"); slackapi.IsSlack(responseURL, b.cfg.SlackURL) {
		in.ResponseURL = responseURL
	}
	if trigger := form.Get("trigger_id"); name == RemoveCommand && b.cfg.Interactive != nil && trigger != "" {
		in.OpenForm = func(chat string) {
			b.showModal(trigger, opening{place: blockkit.Place{Channel: in.ChannelID}, chat: chat}, nil)
		}
	}
	if trigger := form.Get("trigger_id"); name == OffboardCommand && b.cfg.Interactive != nil && trigger != "" {
		in.OpenForm = func(string) {
			opening := interaction{TriggerID: trigger, ResponseURL: in.ResponseURL}
			opening.User.ID = in.UserID
			b.openForm(opening, b.offboardForm(blockkit.Place{Channel: in.ChannelID}, nil))
		}
	}
	b.ack(w, r, command.Run(ctx, in))
}

// ack answers for the person's eyes only. It is never in_channel, which would publish what they
// typed, and with it somebody's number. An empty answer is an empty 200.
func (b *Bot) ack(w http.ResponseWriter, r *http.Request, answer richtext.Answer) {
	if len(answer) == 0 {
		return
	}
	body, err := json.Marshal(struct {
		ResponseType string `json:"response_type"`
		blockkit.Message
	}{"ephemeral", b.cfg.Teams.Renderer().Answer(answer)})
	if err != nil {
		b.loggerOf(r.Context()).WithError(err).Error("an answer could not be encoded")
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body) // the client is gone if this fails
}
