package publish

import (
	"context"
	"strconv"
	"strings"
	"time"

	"linqbot/bot/blockkit"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// lateAfter is how long after the first word an outcome is one that nobody waits for any more. An edit notifies
// nobody, so it gets a new reply.
const lateAfter = time.Minute

// editsWait is how long an outcome waits for its turn to be edited in. Where Slack takes a new reply sooner, that has
// the outcome, and the edit follows.
const editsWait = 2 * time.Second

// replies are the messages of a request in its thread. There is one, until an outcome calls for who asked, or edits
// are short: then it is a reply of its own, and the one before it, if there is one, points to it.
func (s *Publisher) replies(view *ledger.View, request ledger.Request) []threadMessage {
	reply := view.Replies[request.ID]
	r, now, explainer := s.cfg.Teams.Renderer(), s.cfg.Now(), s.cfg.Explainer.Among(view.Requests)
	save := func(ctx context.Context) error {
		reply.Mentioned = reply.Mentioned || reply.Mention.TS != "" && s.calls(view.Thread, request, reply)
		view.Replies[request.ID] = reply
		return s.cfg.Views.SaveReply(ctx, reply)
	}
	status := threadMessage{
		outgoing: outgoing{
			Message: r.Status(explainer, request, now), delivery: view.Thread.Delivery,
			key: "reply-" + request.ID, channel: view.Requests[0].ChannelID, troubleSince: view.Thread.TroubleSince,
			beforeExpiry: blockkit.DigestOf(r.Status(explainer, offering(request)[0], inTime())),
		},
		posting: &reply.Posting, save: save,
	}
	if !isBegun(reply.Mention) && !s.needsOwnReply(view.Thread, request, reply, status.outgoing) {
		return []threadMessage{status}
	}
	words := r.Status
	if reply.Mentioned || s.calls(view.Thread, request, reply) {
		words = r.Mention
	}
	mention := threadMessage{
		outgoing: outgoing{
			Message: words(explainer, request, now), delivery: view.Thread.Delivery,
			key: "mention-" + request.ID, channel: view.Requests[0].ChannelID, troubleSince: view.Thread.TroubleSince, once: true,
			beforeExpiry: blockkit.DigestOf(words(explainer, offering(request)[0], inTime())),
		},
		posting: &reply.Mention, save: save,
	}
	if !isBegun(reply.Posting) {
		return []threadMessage{mention}
	}
	status.onlyUpdate, status.after = true, &reply.Mention
	status.pointing = func() blockkit.Message { return r.Superseded(explainer, request, reply) }
	return []threadMessage{mention, status}
}

// isBegun reports whether a message stands, or may.
func isBegun(p ledger.Posting) bool { return p.TS != "" || !p.Since.IsZero() }

// needsOwnReply reports whether the outcome of a request is to be a new reply: it calls for who asked, or an edit
// would have to wait. What stands there as the outcome already has been seen.
func (s *Publisher) needsOwnReply(thread ledger.Thread, request ledger.Request, reply ledger.Reply, status outgoing) bool {
	if !request.State.Final() || reply.Mentioned {
		return false
	}
	if reply.Shown != "" && (reply.Shown == blockkit.DigestOf(status.Message) || reply.Shown == status.beforeExpiry) {
		return false
	}
	return s.calls(thread, request, reply) ||
		reply.TS != "" && s.poster.scheduler.PostIsSooner(status.channel, status.ticket(&reply.Posting), editsWait)
}

// calls reports whether the outcome of a request calls for who asked: it needs a person, or comes late.
func (s *Publisher) calls(thread ledger.Thread, request ledger.Request, reply ledger.Reply) bool {
	if request.UserID == "" || !request.State.Final() {
		return false
	}
	switch s.cfg.Explainer.Explain(request).Mark {
	case richtext.MarkNeedsPerson, richtext.MarkRefused:
		return true
	}
	firstWord := thread.TS
	if request.ThreadTS != "" {
		firstWord = reply.TS
	}
	at, ok := momentOf(firstWord)
	return ok && request.EndedAt.Sub(at) > lateAfter
}

// momentOf is when a message was posted, by Slack's name for it.
func momentOf(ts string) (time.Time, bool) {
	seconds, _, _ := strings.Cut(ts, ".")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(unix, 0), err == nil
}
