package webapi

import (
	"net/http"

	"linqbot/bot/slacktest/internal/workspace"
)

// ResponseURL is the name of response URLs in the journal, in faults and in limits.
const ResponseURL = "response_url"

// responseURLUses is how often one works (interactivity/handling-user-interaction).
const responseURLUses = 5

// Respond answers one use of a response URL: "ok", or 404 with a JSON error. Neither the status nor
// the codes used_url and expired_url are documented; they are what people report.
func Respond(w *workspace.Workspace, r *workspace.ResponseURL, args Arguments) Answer {
	if err := respond(w, r, args); err != nil {
		return ErrorAnswer(http.StatusNotFound, err)
	}
	return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("ok")}
}

// respond spends one use. An answer that is refused spends none.
func respond(w *workspace.Workspace, r *workspace.ResponseURL, args Arguments) error {
	switch {
	case r == nil:
		return Failure("invalid_url")
	case w.Settings.Now().After(r.Expires):
		return Failure("expired_url")
	case r.Uses >= responseURLUses:
		return Failure("used_url")
	}
	c, ok := w.Channels.Get(r.Channel)
	if !ok {
		return Failure("channel_not_found")
	}
	said, err := ReadContent(w, ResponseURL, args)
	switch {
	case err != nil:
		return err
	case said.Empty() && !args.flag("delete_original"):
		return Failure("no_text")
	}
	r.Uses++
	place(w, c, r, said, args)
	return nil
}

// place shows an answer where it asks to be shown.
func place(w *workspace.Workspace, c *workspace.Conversation, r *workspace.ResponseURL, said workspace.Content, args Arguments) {
	if r.Original != nil && args.flag("delete_original") {
		c.Remove(r.Original)
		r.Original = nil
		return
	}
	if r.Original != nil && args.flag("replace_original") {
		w.Edit(r.Original, said)
		return
	}
	m := workspace.Message{
		Author: w.Settings.BotUserID, VisibleTo: r.User, ThreadTS: args.Get("thread_ts"),
		Text: said.Text, Blocks: said.Blocks, Metadata: said.Metadata,
	}
	if args.Get("response_type") == "in_channel" {
		m.VisibleTo = ""
	}
	r.Original = w.Post(c, m)
}
