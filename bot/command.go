package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"linqbot/commands"
)

// ackTime bounds the recording of a command, with time left of Slack's 3 s for the way back.
// Source: https://docs.slack.dev/interactivity/implementing-slash-commands
const ackTime = 2200 * time.Millisecond

// serveCommand answers a slash command. Everything that a signed person can get wrong is answered
// with 200 and a message for them alone.
func (b *Bot) serveCommand(w http.ResponseWriter, r *http.Request, body []byte) {
	if !isForm(r.Header) {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	form, err := url.ParseQuery(string(body)) // not r.FormValue: it reads the query, which nobody signed
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if form.Get("ssl_check") == "1" {
		return
	}
	name := form.Get("command")
	if name == "" || form.Get("user_id") == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	command, known := b.cfg.Commands[name]
	if !known {
		b.ack(w, r, commands.Answer{commands.Say("linqbot does not know the command %s.", commands.ID(name))})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	if refusal := b.cfg.Teams.refuse(ctx, form.Get("team_id"), form.Get("enterprise_id")); refusal != nil {
		b.loggerOf(r.Context()).WithField("team", form.Get("team_id")).Warn("command refused: not our team")
		b.ack(w, r, refusal)
		return
	}
	in := commands.Invocation{
		Delivery:  delivery(form, r.Header),
		TeamID:    form.Get("team_id"),
		ChannelID: form.Get("channel_id"),
		UserID:    form.Get("user_id"),
		Text:      form.Get("text"),
	}
	if responseURL := form.Get("response_url"); isSlack(responseURL, b.cfg.SlackURL) {
		in.ResponseURL = responseURL
	}
	if b.opensForm(ctx, name, in, form.Get("trigger_id")) {
		b.ack(w, r, commands.FormOpens())
		return
	}
	b.ack(w, r, command.Run(ctx, in))
}

// opensForm opens the modal for a command that leaves something to be picked, if the person may act.
func (b *Bot) opensForm(ctx context.Context, name string, in commands.Invocation, trigger string) bool {
	if name != RemoveCommand || b.cfg.Interactive == nil || trigger == "" {
		return false
	}
	chat, opens := commands.OpensForm(in.Text)
	if !opens || !b.cfg.Interactive.Remove.Allowed(ctx, in.UserID, in.ChannelID).Allowed {
		return false
	}
	b.openModal(ctx, trigger, opening{team: in.TeamID, user: in.UserID, place: place{Channel: in.ChannelID}, chat: chat})
	return true
}

// delivery names a delivery by its trigger id; without one, by its signature, which covers its time
// and its text.
func delivery(form url.Values, header http.Header) string {
	if id := form.Get("trigger_id"); id != "" {
		return id
	}
	sum := sha256.Sum256([]byte(header.Get("X-Slack-Signature")))
	return "signature-" + hex.EncodeToString(sum[:])
}

// ack answers for the person's eyes only. It is never in_channel, which would publish what they
// typed, and with it somebody's number.
func (b *Bot) ack(w http.ResponseWriter, r *http.Request, answer commands.Answer) {
	body, err := json.Marshal(struct {
		ResponseType string `json:"response_type"`
		message
	}{"ephemeral", b.cfg.Teams.renderer().answer(answer)})
	if err != nil {
		b.loggerOf(r.Context()).WithError(err).Error("an answer could not be encoded")
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body) // the client is gone if this fails
}
