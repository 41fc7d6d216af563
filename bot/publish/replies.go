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

// replies are the messages of a request in its thread. There is one until an outcome has to mention the person who
// asked. That outcome is a reply of its own, and the one before it, if any, points to it.
func (s *Publisher) replies(view *ledger.View, request ledger.Request) []threadMessage {
	reply := view.Replies[request.ID]
	r, now, explainer := s.cfg.Teams.Renderer(), s.cfg.Now(), s.cfg.Explainer.Among(view.Requests)
	save := func(ctx context.Context) error {
		reply.Mentioned = reply.Mentioned || reply.Mention.TS != ""
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
	if !isBegun(reply.Mention) && !s.mentions(view.Thread, request, reply, status.outgoing) {
		return []threadMessage{status}
	}
	mention := threadMessage{
		outgoing: outgoing{
			Message: r.Mention(explainer, request, now), delivery: view.Thread.Delivery,
			key: "mention-" + request.ID, channel: view.Requests[0].ChannelID, troubleSince: view.Thread.TroubleSince, once: true,
			beforeExpiry: blockkit.DigestOf(r.Mention(explainer, offering(request)[0], inTime())),
		},
		posting: &reply.Mention, save: save,
	}
	if !isBegun(reply.Posting) {
		return []threadMessage{mention}
	}
	status.onlyUpdate, status.after = true, &reply.Mention
	status.pointing = func() blockkit.Message { return r.Superseded(explainer, request, reply.Mention) }
	return []threadMessage{mention, status}
}

// isBegun reports whether a message stands, or may.
func isBegun(p ledger.Posting) bool { return p.TS != "" || !p.Since.IsZero() }

// mentions reports whether the outcome of a request has to mention the person who asked: it needs a person, or comes
// late. An outcome that already stands there has been seen.
func (s *Publisher) mentions(thread ledger.Thread, request ledger.Request, reply ledger.Reply, status outgoing) bool {
	if request.UserID == "" || !request.State.Final() || reply.Mentioned {
		return false
	}
	if reply.Shown != "" && (reply.Shown == blockkit.DigestOf(status.Message) || reply.Shown == status.beforeExpiry) {
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
