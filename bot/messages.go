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
	m := r.answer(commands.Answer{sentence(e, requests)})
	if chatOf(e, requests).Kind != commands.Code {
		m.Blocks = append(m.Blocks, r.contextLine(commands.Say("Chat %s", commands.ID(first.ChatID))))
	}
	return m
}

// sentence says who asked for what. Of a workflow the name is a claim.
func sentence(e commands.Explainer, requests []ledger.Request) commands.Text {
	first := requests[0]
	who := commands.Say("%s asked", commands.Member(first.UserID))
	if first.Source == ledger.WorkflowStep {
		who = commands.Say("A workflow asks")
		if first.UserID != "" {
			who = commands.Say("A workflow asks, for %s,", commands.Member(first.UserID))
		}
	}
	if first.Kind == ledger.Add {
		return commands.Say("%s to add %s back to %s.", who, people(e, requests), chatOf(e, requests))
	}
	return commands.Say("%s to remove %s from %s.", who, people(e, requests), chatOf(e, requests))
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
func (r renderer) status(e commands.Explainer, request ledger.Request, now time.Time) message {
	m := r.answer(commands.Answer{e.Explain(request).Text()})
	m.Blocks = append(m.Blocks, r.contextLine(details(request)...))
	if commands.OffersUndo(request, now) {
		m.Blocks = append(m.Blocks, buttons(undoButton(request)))
	}
	return m
}

func undoButton(removal ledger.Request) commands.Span {
	return commands.Button("Add back", commands.ActionUndo, removal.ID)
}

// details are what support asks for: the trace id, the time, and the request's short id.
func details(request ledger.Request) []commands.Text {
	var parts []commands.Text
	if request.ThreadTS != "" { // no parent of ours says who asked
		parts = append(parts, askedBy(request))
	}
	if request.TraceID != "" {
		parts = append(parts, commands.Say("Trace id %s", commands.ID(request.TraceID)))
	}
	return append(parts,
		commands.Say("%s", commands.Moment(lastNews(request))),
		commands.Say("Request %s", commands.ID(request.ShortID())))
}

// askedBy says who asked for a request. Of a workflow it is what the workflow says.
func askedBy(r ledger.Request) commands.Text {
	switch {
	case r.Source == ledger.WorkflowStep && r.UserID == "":
		return commands.Say("Asked for by a workflow")
	case r.Source == ledger.WorkflowStep:
		return commands.Say("Asked for by a workflow, which names %s", commands.Member(r.UserID))
	default:
		return commands.Say("Asked for by %s", commands.Member(r.UserID))
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

// whole renders all of a delivery in one message, for the ways round a thread.
func (r renderer) whole(e commands.Explainer, view ledger.View, now time.Time) message {
	const mostStatuses = (mostBlocks - 2) / 3
	m := r.answer(commands.Answer{sentence(e, view.Requests)})
	for i, request := range view.Requests {
		status := r.status(e, request, now)
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
