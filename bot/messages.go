package bot

import (
	"strings"
	"time"

	"linqbot/commands"
	"linqbot/ledger"
)

// parent renders the message that opens a delivery's thread: who asked, whom, from which chat.
func (r renderer) parent(e commands.Explainer, requests []ledger.Request) message {
	first := requests[0]
	text := commands.Say("%s asked to remove %s from %s.", commands.Member(first.UserID), people(e, requests), chatOf(e, requests))
	m := r.answer(commands.Answer{text})
	if chatOf(e, requests).Kind != commands.Code {
		m.Blocks = append(m.Blocks, r.contextLine(commands.Say("Chat %s", commands.ID(first.ChatID))))
	}
	return m
}

// chatOf names the chat of requests as soon as one of them knows its name.
func chatOf(e commands.Explainer, requests []ledger.Request) commands.Span {
	for _, request := range requests {
		if request.ChatName != "" {
			return e.Chat(request)
		}
	}
	return e.Chat(requests[0])
}

// people lists those whom requests are about: "a", "a and b", "a, b and c".
func people(e commands.Explainer, requests []ledger.Request) string {
	names := make([]string, len(requests))
	for i, request := range requests {
		names[i] = e.Who(request)
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// status renders the reply of one request.
func (r renderer) status(e commands.Explainer, request ledger.Request) message {
	m := r.answer(commands.Answer{e.Explain(request).Text()})
	m.Blocks = append(m.Blocks, r.contextLine(details(request)...))
	return m
}

// details are what support asks for: the trace id, the time, and the request's short id.
func details(request ledger.Request) []commands.Text {
	var parts []commands.Text
	if request.TraceID != "" {
		parts = append(parts, commands.Say("Trace id %s", commands.ID(request.TraceID)))
	}
	return append(parts,
		commands.Say("%s", commands.Moment(lastNews(request))),
		commands.Say("Request %s", commands.ID(request.ShortID())))
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

// whole renders all of a delivery in one message, for the ways round a thread.
func (r renderer) whole(e commands.Explainer, view ledger.View) message {
	const mostStatuses = (mostBlocks - 2) / 2
	answer := commands.Answer{commands.Say("%s asked to remove %s from %s.",
		commands.Member(view.Requests[0].UserID), people(e, view.Requests), chatOf(e, view.Requests))}
	m := r.answer(answer)
	for i, request := range view.Requests {
		status := r.status(e, request)
		m.Text = cut(m.Text+"\n"+status.Text, longestText)
		if i < mostStatuses {
			m.Blocks = append(m.Blocks, status.Blocks...)
		}
	}
	if view.Thread.Trouble != "" {
		m.Blocks = append(m.Blocks, r.contextLine(commands.Say("%s", hint(view.Thread.Trouble))))
	}
	return m
}
