package blockkit

import (
	"strings"
	"time"

	"linqbot/commands"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Parent renders the message that opens a delivery's thread: who asked, whom, from which chat, and how it ended.
func (r Renderer) Parent(e outcome.Explainer, requests []ledger.Request) Message {
	first, e := requests[0], e.Among(requests)
	m := r.Answer(richtext.Answer{e.Headline(requests)})
	if e.ChatOf(requests).Kind != richtext.Code {
		m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("Chat %s", richtext.ID(first.ChatID))))
	}
	if first.Because != "" {
		m.Blocks = append(m.Blocks, r.contextLine(e.Because(first.Because)))
	}
	return m
}

// Status renders the reply of one request.
func (r Renderer) Status(e outcome.Explainer, request ledger.Request, now time.Time) Message {
	return r.status(e, e.Explain(request).Text(), request, now)
}

// Mention renders the reply of one request that mentions who asked.
func (r Renderer) Mention(e outcome.Explainer, request ledger.Request, now time.Time) Message {
	return r.status(e, e.Explain(request).TextFor(request.UserID), request, now)
}

func (r Renderer) status(e outcome.Explainer, said richtext.Text, request ledger.Request, now time.Time) Message {
	m := r.Answer(richtext.Answer{said})
	m.Blocks = append(m.Blocks, r.contextLine(details(e, request)...))
	if outcome.OffersUndo(request, now) {
		m.Blocks = append(m.Blocks, buttons(undoButton(request)))
	}
	return m
}

// Superseded renders the reply of one request that has another after it, which mentions who asked.
func (r Renderer) Superseded(e outcome.Explainer, request ledger.Request, by ledger.Posting) Message {
	m := r.Answer(richtext.Answer{e.Explain(request).Text()})
	m.Blocks = append(m.Blocks,
		r.contextLine(richtext.Say("Said again in %s, so that who asked hears of it.", richtext.Message(by.ChannelID, by.TS, "a new reply"))))
	return m
}

func undoButton(removal ledger.Request) richtext.Span {
	return richtext.Button("Add back", commands.ActionUndo, removal.ID)
}

// details are what support asks for: the trace id, the time, and the request's short id.
func details(e outcome.Explainer, request ledger.Request) []richtext.Text {
	var parts []richtext.Text
	if request.ThreadTS != "" { // no parent of ours says who asked, and why
		parts = append(parts, askedBy(request))
		if request.Because != "" {
			parts = append(parts, e.Because(request.Because))
		}
	}
	if request.TraceID != "" {
		parts = append(parts, richtext.Say("Trace id %s", richtext.ID(request.TraceID)))
	}
	return append(parts,
		richtext.Say("%s", richtext.Moment(lastNews(request))),
		richtext.Say("Request %s", richtext.ID(request.ShortID())))
}

// askedBy says who asked for a request. Of a workflow it is what the workflow says.
func askedBy(r ledger.Request) richtext.Text {
	switch {
	case r.Source == ledger.WorkflowStep && r.UserID == "":
		return richtext.Say("Asked for by a workflow")
	case r.Source == ledger.WorkflowStep:
		return richtext.Say("Asked for by a workflow, which names %s", richtext.Member(r.UserID))
	default:
		return richtext.Say("Asked for by %s", richtext.Member(r.UserID))
	}
}

func lastNews(r ledger.Request) time.Time {
	switch {
	case !r.EndedAt.IsZero():
		return r.EndedAt
	case !r.SentAt.IsZero():
		return r.SentAt
	default:
		return r.AcceptedAt
	}
}

// Whole renders all of a delivery in one message, for routes without a thread.
func (r Renderer) Whole(e outcome.Explainer, view ledger.View, now time.Time) Message {
	e = e.Among(view.Requests)
	m := r.Answer(richtext.Answer{e.Asked(view.Requests)})
	if first := view.Requests[0]; first.Because != "" && first.ThreadTS == "" { // else each says it
		m.Blocks = append(m.Blocks, r.contextLine(e.Because(first.Because)))
	}
	leftOut := 0
	for _, request := range view.Requests {
		status := r.Status(e, request, now)
		m.Text = cut(m.Text+"\n"+status.Text, longestText)
		if leftOut > 0 || len(m.Blocks)+len(status.Blocks) > mostBlocks-2 || !m.fits(status.Blocks...) {
			leftOut++
			continue
		}
		m.Blocks = append(m.Blocks, status.Blocks...)
	}
	if leftOut > 0 {
		m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("%d more do not fit into this message. The Home tab of linqbot and `linqbot audit` show them.", leftOut)))
	}
	if view.Thread.Trouble != "" {
		m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("%s", hint(view.Thread.Trouble))))
	}
	return m
}

// hint says what a person can do about a route that linqbot gave up.
func hint(trouble string) string {
	switch {
	case trouble == "not_in_channel", trouble == "channel_not_found":
		return "linqbot may not post in this channel. To get a thread next time, invite it: /invite @linqbot"
	case trouble == "is_archived":
		return "This channel is archived, so the outcome cannot be posted in it."
	case strings.HasPrefix(trouble, "restricted_action"):
		return "Posting in this channel is restricted, so the outcome cannot be posted in it."
	default:
		return "linqbot could not post in the channel."
	}
}
