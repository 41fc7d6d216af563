package outcome

import (
	"fmt"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
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
func (s Status) Text() richtext.Text {
	text := richtext.Say("%s %s", string(s.Mark), s.Happened)
	if len(s.Next) > 0 {
		text = append(append(text, richtext.Span{Kind: richtext.Words, Value: " "}), s.Next...)
	}
	return text
}

// Explainer finds the words for every outcome. It is the one place that has them.
type Explainer struct {
	FullHandles bool // show whole numbers and addresses where others read along
}

// Who names the person of a request.
func (e Explainer) Who(r ledger.Request) string {
	handle := handle.New(r.Handle.Value())
	if e.FullHandles {
		return handle.Full()
	}
	return handle.String()
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
	if r.Kind == ledger.Add {
		return e.explainAddition(r)
	}
	who, chat := e.Who(r), e.Chat(r)
	switch r.State {
	case ledger.Asked:
		return Status{
			Mark: richtext.MarkQueued, Happened: richtext.Say("The removal of %s from %s waits for a yes. Nothing has been sent to Linq.", who, chat),
			Next: richtext.Say("Choose Remove or Cancel within 10 minutes."),
		}
	case ledger.Sent:
		return Status{
			Mark: richtext.MarkQueued, Happened: richtext.Say("Linq has queued the removal of %s from %s.", who, chat),
			Next: richtext.Say("This will change once they have left."),
		}
	case ledger.Removed:
		if r.People == 0 {
			return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s has left %s.", who, chat)}
		}
		return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s has left %s; %s.", who, chat, staying(r.People))}
	case ledger.AlreadyGone:
		return e.alreadyGone(r)
	case ledger.Unconfirmed:
		return e.unconfirmed(r)
	case ledger.Refused:
		return e.refused(r)
	case ledger.Failed:
		return e.failed(r)
	case ledger.Cancelled:
		return Status{Mark: richtext.MarkRefused, Happened: richtext.Say("The removal of %s from %s was cancelled. Nothing was removed.", who, chat)}
	default:
		return e.underWay(r)
	}
}

func staying(people int) string {
	if people == 1 {
		return "1 person stays"
	}
	return fmt.Sprintf("%d people stay", people)
}

// alreadyGone claims that they were in the chat once only if that was seen: with a doubtful try
// before it, the state means that nobody ever saw them listed.
func (e Explainer) alreadyGone(r ledger.Request) Status {
	who, chat := e.Who(r), e.Chat(r)
	if r.MayHaveReached {
		return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s is not in %s. Either a try of linqbot's removed them, or they were not in it before.", who, chat)}
	}
	return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s is not in %s any more, so there was nothing left to do.", who, chat)}
}

// underWay is for a request that Linq has not taken yet.
func (e Explainer) underWay(r ledger.Request) Status {
	who, chat := e.Who(r), e.Chat(r)
	if r.NextTryAt.IsZero() {
		return Status{
			Mark: richtext.MarkQueued, Happened: richtext.Say("The removal of %s from %s is recorded; Linq has not answered yet.", who, chat),
			Next: richtext.Say("This will change once it has."),
		}
	}
	open := richtext.Say("The removal of %s from %s is not done yet.", who, chat)
	if r.MayHaveReached {
		open = richtext.Say("Whether %s has left %s is not known yet.", who, chat)
	}
	if why := longWait(r); len(why) > 0 {
		return Status{Mark: richtext.MarkQueued, Happened: richtext.Say("%s %s", why, open), Next: goesOn()}
	}
	next := richtext.Say("linqbot tries again at %s.", richtext.Moment(r.NextTryAt))
	if r.MayHaveReached {
		next = richtext.Say("linqbot looks into the chat at %s, and tries again if they are still there.", richtext.Moment(r.NextTryAt))
	}
	return Status{Mark: richtext.MarkQueued, Happened: richtext.Say("%s %s", trouble(r), open), Next: next}
}

// longWait says what a request waits for at length, and until when. It is empty for other waits.
func longWait(r ledger.Request) richtext.Text {
	switch r.Reason {
	case ReasonNotAnswering:
		return richtext.Say("Linq is not answering; next try at %s.", richtext.Moment(r.NextTryAt))
	case ReasonAskedToWait:
		return richtext.Say("Linq asks linqbot to wait; next try at %s.", richtext.Moment(r.NextTryAt))
	case ReasonNoMoreCalls:
		return richtext.Say("Linq takes no more calls for the moment; next try at %s.", richtext.Moment(r.NextTryAt))
	}
	return nil
}

func goesOn() richtext.Text {
	return richtext.Say("linqbot goes on by itself; nobody needs to ask again.")
}

// trouble says what stands in the way of a request that is tried again, or was given up.
func trouble(r ledger.Request) richtext.Text {
	switch code := linqCode(r.Reason); {
	case r.Reason == ReasonNoAnswer:
		return richtext.Say("Linq did not answer.")
	case r.Reason == ReasonLinesUnknown:
		return richtext.Say("Linq did not say which phone numbers are your own, so linqbot cannot rule out that this is one of them.")
	case code == linq.CodeRateLimited || Refusal(r).Limited():
		return richtext.Say("Linq takes no more calls for the moment.")
	case code == linq.CodeChatBeingCreated:
		return richtext.Say("Linq is still creating this chat.")
	case code == linq.CodeStateConflict:
		return conflict(r)
	case code == linq.CodeServiceUnavailable:
		return richtext.Say("Linq's service is unavailable for the moment.")
	case Refusal(r).TimedOut():
		return richtext.Say("Linq waited too long for the request.")
	case Refusal(r).NotFound() || Refusal(r).Conflict():
		return richtext.Say("Linq turned a later try down, and the chat could not be read to see why.")
	}
	if entry, known := linq.LookUp(linqCode(r.Reason)); known {
		return saying("Linq had trouble of its own", entry)
	}
	return richtext.Say("Linq had trouble of its own (HTTP %s).", fmt.Sprint(r.HTTPStatus))
}

func conflict(r ledger.Request) richtext.Text {
	switch {
	case r.Kind == ledger.Add:
		return additionConflict(r)
	case fewPeople(r):
		return richtext.Say("Linq says that the removal conflicts with the chat's present state. "+
			"At least 3 people must remain in a group, and this one has %s with your line.", fmt.Sprint(r.People))
	default:
		return richtext.Say("Linq says that the removal conflicts with the chat's present state.")
	}
}

// outOfConflict says how a conflict may be solved by a person; empty when that is not known.
func outOfConflict(r ledger.Request) richtext.Text {
	switch {
	case linqCode(r.Reason) != linq.CodeStateConflict:
		return nil
	case r.Kind == ledger.Add:
		return outOfAdditionConflict(r)
	case fewPeople(r):
		return richtext.Say("If too few would remain, add someone to the chat first; then ask again.")
	default:
		return nil
	}
}

// fewPeople reports whether the removal may run into Linq's rule that at least 3 people remain.
// Whether it counts our own line is not documented, so that this explains a conflict and foretells none.
func fewPeople(r ledger.Request) bool {
	const mayBeTooFew = 4
	return r.People > 0 && r.People <= mayBeTooFew
}

func (e Explainer) unconfirmed(r ledger.Request) Status {
	who, chat := e.Who(r), e.Chat(r)
	seen := richtext.Say("10 minutes later the chat still lists them")
	if r.Reason == ReasonUnreadable {
		seen = richtext.Say("10 minutes later the chat cannot be read, so it is not known whether they have left")
	}
	next := richtext.Say("Look into the chat; if they are still there, ask again.")
	if r.TraceID != "" {
		next = richtext.Say("Look into the chat; if they are still there, ask again, or give the trace id to Linq's support.")
	}
	return Status{
		Mark:     richtext.MarkNeedsPerson,
		Happened: richtext.Say("Linq accepted the removal of %s from %s, but %s.", who, chat, seen),
		Next:     next,
	}
}

func (e Explainer) failed(r ledger.Request) Status {
	if r.Reason == ReasonRestored {
		return e.restored(r)
	}
	next := richtext.Say("Try again later. If it stays like this, give the trace id to Linq's support.")
	if r.TraceID == "" {
		next = richtext.Say("Try again later. If it stays like this, someone who runs linqbot should check that it reaches Linq.")
	}
	if r.Reason == ReasonLinesUnknown {
		next = richtext.Say("Someone who runs linqbot should check that its API key may read this chat, or list the account's phone numbers: linqbot doctor says whether it may.")
	}
	if way := outOfConflict(r); len(way) > 0 {
		next = way
	}
	return Status{
		Mark: richtext.MarkNeedsPerson,
		Happened: richtext.Say("%s linqbot tried for 15 minutes and has stopped. %s",
			trouble(r), e.outcomeOf(r, e.notDone(r))),
		Next: next,
	}
}

func (e Explainer) restored(r ledger.Request) Status {
	next := richtext.Say("If they are still in it, ask again.")
	if r.Kind == ledger.Add {
		next = richtext.Say("If they are not in it, ask again.")
	}
	return Status{
		Mark: richtext.MarkNeedsPerson,
		Happened: richtext.Say("linqbot was restored from a backup that was made before this had ended, and does not do it a second time. %s",
			e.outcomeOf(r, e.notDone(r))),
		Next: next,
	}
}

func (e Explainer) notDone(r ledger.Request) richtext.Text {
	if r.Kind == ledger.Add {
		return richtext.Say("%s was not added to %s.", e.Who(r), e.Chat(r))
	}
	return richtext.Say("%s was not removed from %s.", e.Who(r), e.Chat(r))
}

func nothingDone(r ledger.Request) richtext.Text {
	if r.Kind == ledger.Add {
		return richtext.Say("Nobody was added.")
	}
	return richtext.Say("Nothing was removed.")
}

// outcomeOf is certain only when no try can have taken effect.
func (e Explainer) outcomeOf(r ledger.Request, certain richtext.Text) richtext.Text {
	switch {
	case !r.MayHaveReached:
		return certain
	case r.Kind == ledger.Add:
		return richtext.Say("It is not known whether one of the tries added %s to %s: look into the chat.", e.Who(r), e.Chat(r))
	}
	return richtext.Say("It is not known whether one of the tries removed %s from %s: look into the chat.", e.Who(r), e.Chat(r))
}
