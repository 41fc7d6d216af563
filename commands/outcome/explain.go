package outcome

import (
	"cmp"
	"strings"

	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// Status is what people are told of a request: one sentence or two of what happened, and what to do
// next, if anything.
type Status struct {
	Mark     richtext.Mark
	Happened richtext.Text
	Next     richtext.Text // empty when there is nothing to do
}

// Text returns the status as one text.
func (s Status) Text() richtext.Text { return s.text(s.Happened) }

// TextFor is the status as one text that mentions a member.
func (s Status) TextFor(member string) richtext.Text {
	return s.text(richtext.Say("%s: %s", richtext.Member(member), s.Happened))
}

func (s Status) text(happened richtext.Text) richtext.Text {
	text := richtext.Say("%s %s", string(s.Mark), happened)
	if len(s.Next) > 0 {
		text = append(append(text, richtext.Span{Kind: richtext.Words, Value: " "}), s.Next...)
	}
	return text
}

// Explainer finds the words for every outcome. It is the one place that has them.
type Explainer struct {
	FullHandles bool                // show whole numbers and addresses where others read along
	Pause       func() ledger.Pause // tells whether removals are paused. Optional.

	apart map[handle.Handle]string // masks that tell people apart, see [Explainer.Among]
}

// Among returns an explainer for requests that are read together: it tells apart whose numbers end in the
// same four digits.
func (e Explainer) Among(requests []ledger.Request) Explainer {
	people := make([]handle.Handle, len(requests))
	for i, r := range requests {
		people[i] = handle.New(r.Handle.Value())
	}
	e.apart = make(map[handle.Handle]string, len(people))
	for i, mask := range handle.MaskApart(people) {
		e.apart[people[i]] = mask
	}
	return e
}

// Who names the person of a request, and says so where the chat lists them in another form. It tells them apart from
// others of the chat whose numbers end in the same four digits.
func (e Explainer) Who(r ledger.Request) string {
	asked, listed := handle.New(r.Handle.Value()), handle.New(r.ListedHandle.Value())
	if listed.IsZero() || listed.Is(asked) {
		return e.show(asked, r.ShownDigits)
	}
	who := e.show(asked, r.ShownDigits)
	if shown := e.show(listed, r.ShownDigits); shown != who && (e.FullHandles || listed.E164() != "") {
		return who + " (in the chat as " + shown + ")"
	}
	return who + " (in the chat in another form)"
}

func (e Explainer) show(person handle.Handle, digits int) string {
	if e.FullHandles {
		return person.Full()
	}
	mask := person.Showing(digits)
	if among := e.apart[person]; len(among) > len(mask) {
		return among
	}
	return mask
}

// Chat names the chat of a request: by its name if that is known, else by its id.
func (e Explainer) Chat(r ledger.Request) richtext.Span {
	switch {
	case r.ChatName == "":
		return richtext.ID(r.ChatID)
	case e.FullHandles:
		return richtext.Name(r.ChatName)
	default:
		return richtext.Name(handle.MaskText(r.ChatName))
	}
}

// Explain says where a request stands.
func (e Explainer) Explain(r ledger.Request) Status {
	if pause := e.Held(r); pause.Holds() {
		return e.explainHeld(r, pause)
	}
	status := e.say(r, stateWords(r))
	if r.State == ledger.Refused || r.State == ledger.Failed {
		reason := e.say(r, reasonWords(r))
		status.Mark = cmp.Or(reason.Mark, status.Mark)
		if len(reason.Next) > 0 {
			status.Next = reason.Next
		}
	}
	return status
}

// say fills the words of a table with what is known of the request.
func (e Explainer) say(r ledger.Request, w words) Status {
	return Status{Mark: w.mark, Happened: e.fill(w.happened, r), Next: e.fill(w.next, r)}
}

// Held returns the pause that a request waits for; the zero value if it waits for none.
func (e Explainer) Held(r ledger.Request) ledger.Pause {
	if e.Pause == nil || r.Kind == ledger.Add || r.State != ledger.Accepted {
		return ledger.Pause{}
	}
	return e.Pause()
}

// explainHeld says that a removal waits for the end of a pause.
func (e Explainer) explainHeld(r ledger.Request, p ledger.Pause) Status {
	happened, next := "The removal of {who} from {chat} is recorded, and waits. ", "The removal is kept, and goes on by itself once removals are resumed."
	if inDoubt(r) {
		happened, next = "Whether {who} has left {chat} is not known yet. ", "linqbot goes on by itself once removals are resumed."
	}
	return Status{
		Mark: richtext.MarkQueued, Happened: append(e.fill(happened, r), rails.PausedWords(p)...), Next: richtext.Say(next),
	}
}

// Because shows the reason that a person gave for a request. It is shown as something to copy, so nothing in it can
// ping, link or format. Numbers in it are masked as those in a chat's name are.
func (e Explainer) Because(reason string) richtext.Text {
	if !e.FullHandles {
		reason = handle.MaskText(reason)
	}
	return richtext.Say("Reason: %s", richtext.ID(strings.ReplaceAll(reason, "\n", " ")))
}

// KeyNotAccepted says that Linq does not accept the API key.
func KeyNotAccepted() Status { return Explainer{}.say(ledger.Request{}, keyNotAccepted()[0]) }

// AskSomeoneInChat says what to do where linqbot adds nobody.
func AskSomeoneInChat() richtext.Text { return richtext.Say(askSomeoneInChat) }
