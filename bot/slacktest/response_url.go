package slacktest

import (
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"
)

// responseURL lets the bot answer one command or click, whether or not it is in the channel.
type responseURL struct {
	channel string
	user    string
	expires time.Time
	uses    int
	// original is what replace_original replaces: the message that was clicked on, or else the last
	// one that came by this way.
	original *Message
}

const (
	responsePath      = "/response/"
	responseURLMethod = "response_url" // its name in the journal, in faults and in limits

	responseURLUses = 5                // both limits: interactivity/handling-user-interaction
	responseURLLife = 30 * time.Minute //
)

// NewResponseURL makes a response URL for something that a user did in a channel now. clicked is
// the TS of the message they clicked on, "" for a command.
func (s *Slack) NewResponseURL(channelID, userID, clicked string) string {
	var id string
	s.change(func(w *world) {
		r := &responseURL{channel: channelID, user: userID, expires: w.cfg.Now().Add(responseURLLife)}
		if c, ok := w.channels.get(channelID); ok && clicked != "" {
			for _, m := range c.where(func(m *Message) bool { return m.TS == clicked }) {
				r.original = m // also one that only the user sees
			}
		}
		id = w.newSecret()
		w.responses.put(id, r)
	})
	return s.URL() + responsePath + id
}

// responseID is the part of a response URL that tells it from others.
func responseID(url string) string {
	_, id, _ := strings.Cut(url, responsePath)
	return id
}

// serveResponseURL answers one use of a response URL: "ok", or 404 with a JSON error. Neither the
// status nor the codes used_url and expired_url are documented; they are what people report.
func (s *Slack) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	id := mux.Vars(r)["id"]
	args, body, err := readArguments(r)
	found := look(s, func(w *world) *responseURL { found, _ := w.responses.get(id); return found })
	call := Call{Method: responseURLMethod, Form: args.Values, Body: body}
	if found != nil {
		call.Channel = found.channel
	}
	s.exchange(w, r, call, http.StatusNotFound, func(w *world) answer {
		if err == nil {
			err = w.respond(found, args)
		}
		if err != nil {
			return errorAnswer(http.StatusNotFound, err)
		}
		return answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/plain"}}, body: []byte("ok")}
	})
}

// respond spends one use. An answer that is refused spends none.
func (w *world) respond(r *responseURL, args arguments) error {
	switch {
	case r == nil:
		return failure("invalid_url")
	case w.cfg.Now().After(r.expires):
		return failure("expired_url")
	case r.uses >= responseURLUses:
		return failure("used_url")
	}
	c, ok := w.channels.get(r.channel)
	if !ok {
		return failure("channel_not_found")
	}
	said, err := w.content(responseURLMethod, args)
	switch {
	case err != nil:
		return err
	case said.empty() && !args.flag("delete_original"):
		return failure("no_text")
	}
	r.uses++
	w.place(c, r, said, args)
	return nil
}

// place shows an answer where it asks to be shown.
func (w *world) place(c *conversation, r *responseURL, said content, args arguments) {
	if r.original != nil && args.flag("delete_original") {
		c.remove(r.original)
		r.original = nil
		return
	}
	if r.original != nil && args.flag("replace_original") {
		w.edit(r.original, said)
		return
	}
	m := Message{
		Author: w.cfg.BotUserID, VisibleTo: r.user, ThreadTS: args.Get("thread_ts"),
		Text: said.text, Blocks: said.blocks, Metadata: said.metadata,
	}
	if args.Get("response_type") == "in_channel" {
		m.VisibleTo = ""
	}
	r.original = w.post(c, m)
}
