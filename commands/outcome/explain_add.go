package outcome

import (
	"fmt"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// explainAddition says where a request stands that adds somebody back.
func (e Explainer) explainAddition(r ledger.Request) Status {
	who, chat := e.Who(r), e.Chat(r)
	switch r.State {
	case ledger.Asked:
		return Status{
			Mark: richtext.MarkQueued, Happened: richtext.Say("Adding %s back to %s waits for a yes. Nothing has been sent to Linq.", who, chat),
			Next: richtext.Say("This will change once someone has decided."),
		}
	case ledger.Sent:
		return Status{
			Mark: richtext.MarkQueued, Happened: richtext.Say("Linq has queued adding %s back to %s.", who, chat),
			Next: richtext.Say("This will change once they are in it."),
		}
	case ledger.Added:
		if r.People == 0 {
			return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s is back in %s.", who, chat)}
		}
		return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s is back in %s; %s.", who, chat, peopleInIt(r.People))}
	case ledger.AlreadyThere:
		return Status{Mark: richtext.MarkDone, Happened: richtext.Say("%s is in %s already, so there was nothing left to do.", who, chat)}
	case ledger.Unconfirmed:
		return e.additionUnconfirmed(r)
	case ledger.Refused:
		return e.refused(r)
	case ledger.Failed:
		return e.failed(r)
	case ledger.Cancelled:
		return Status{Mark: richtext.MarkRefused, Happened: richtext.Say("Adding %s back to %s was cancelled. Nobody was added.", who, chat)}
	default:
		return e.additionUnderWay(r)
	}
}

func peopleInIt(people int) string {
	if people == 1 {
		return "1 person is in it"
	}
	return fmt.Sprintf("%d people are in it", people)
}

// additionUnderWay is for a request that Linq has not taken yet.
func (e Explainer) additionUnderWay(r ledger.Request) Status {
	who, chat := e.Who(r), e.Chat(r)
	if r.NextTryAt.IsZero() {
		return Status{
			Mark: richtext.MarkQueued, Happened: richtext.Say("Adding %s back to %s is recorded; Linq has not answered yet.", who, chat),
			Next: richtext.Say("This will change once it has."),
		}
	}
	open := richtext.Say("Adding %s back to %s is not done yet.", who, chat)
	if r.MayHaveReached {
		open = richtext.Say("Whether %s is back in %s is not known yet.", who, chat)
	}
	if why := longWait(r); len(why) > 0 {
		return Status{Mark: richtext.MarkQueued, Happened: richtext.Say("%s %s", why, open), Next: goesOn()}
	}
	next := richtext.Say("linqbot tries again at %s.", richtext.Moment(r.NextTryAt))
	if r.MayHaveReached {
		next = richtext.Say("linqbot looks into the chat at %s, and tries again if they are not in it.", richtext.Moment(r.NextTryAt))
	}
	return Status{Mark: richtext.MarkQueued, Happened: richtext.Say("%s %s", trouble(r), open), Next: next}
}

// additionUnconfirmed names no button: what Linq has accepted is not on offer again.
func (e Explainer) additionUnconfirmed(r ledger.Request) Status {
	seen := richtext.Say("10 minutes later the chat does not show them in it")
	if r.Reason == ReasonUnreadable {
		seen = richtext.Say("10 minutes later the chat cannot be read, so it is not known whether they are in it")
	}
	next := richtext.Say("Look into the chat; if they are not in it, ask someone who is to add them.")
	if r.TraceID != "" {
		next = richtext.Say("Look into the chat; if they are not in it, ask someone who is to add them, or give the trace id to Linq's support.")
	}
	return Status{
		Mark:     richtext.MarkNeedsPerson,
		Happened: richtext.Say("Linq accepted adding %s back to %s, but %s.", e.Who(r), e.Chat(r), seen),
		Next:     next,
	}
}

func additionConflict(r ledger.Request) richtext.Text {
	if tooFewToAdd(r) {
		return richtext.Say("Linq says that the addition conflicts with the chat's present state. "+
			"A group must have at least 3 people before anyone can be added, and this one has %s with your line.", fmt.Sprint(r.People))
	}
	return richtext.Say("Linq says that the addition conflicts with the chat's present state.")
}

func outOfAdditionConflict(r ledger.Request) richtext.Text {
	if tooFewToAdd(r) {
		return newGroup()
	}
	return nil
}

// tooFewToAdd reports whether an addition breaks Linq's rule that a group has at least 3 people
// before it. Like [fewPeople] it explains a conflict, and foretells none.
func tooFewToAdd(r ledger.Request) bool {
	const enough = 3
	return r.People > 0 && r.People < enough
}

func newGroup() richtext.Text { return richtext.Say("Make a new group with them.") }

// AskSomeoneInChat says what to do where linqbot adds nobody.
func AskSomeoneInChat() richtext.Text {
	return richtext.Say("Ask someone who is in the chat to add them.")
}

func (e Explainer) refusalOfAddition(r ledger.Request) refusal {
	switch r.Reason {
	case ReasonNoSuchChat:
		why := noSuchChat(r)
		why.next = newGroup()
		return why
	case ReasonNotAGroup:
		return refusal{
			cause: richtext.Say("%s is a one-to-one chat, and people can only be added to groups.", e.Chat(r)),
			next:  newGroup(),
		}
	}
	if code := linqCode(r.Reason); code != 0 {
		return e.additionRefusedByCode(r, code)
	}
	if Refusal(r).NotFound() {
		return e.additionNotFound(r)
	}
	return e.refusalByStatus(r)
}

// additionRefusedByCode explains the codes that mean something else, or ask for something else, than
// with a removal.
func (e Explainer) additionRefusedByCode(r ledger.Request, code int) refusal {
	who, chat := e.Who(r), e.Chat(r)
	switch code {
	case linq.CodeMissingField, linq.CodeInvalidBody:
		why := e.refusalByCode(r, code)
		why.next = richtext.Say("Someone who runs linqbot should check whether a proxy on the way to Linq changes the body of a POST.")
		return why
	case linq.CodeInvalidPhone:
		return refusal{cause: richtext.Say("Linq does not take %s for a phone number.", who), next: AskSomeoneInChat()}
	case linq.CodeInvalidParameter:
		return refusal{cause: richtext.Say("Linq does not accept the chat id or the handle."), next: AskSomeoneInChat()}
	case linq.CodeNotAGroup:
		return refusal{cause: richtext.Say("Linq refused: %s is a one-to-one chat.", chat), next: newGroup()}
	case linq.CodeChatNotFound:
		return e.additionNotFound(r)
	case linq.CodeAccessDenied:
		return refusal{
			mark: richtext.MarkNeedsPerson, cause: richtext.Say("Linq refused: %s belongs to another account.", chat),
			next: richtext.Say("Someone who runs linqbot must use the API key of that account."),
		}
	case linq.CodeChatUnavailable:
		return refusal{
			cause: richtext.Say("Linq refused: this chat is unavailable, because your line has left it."),
			next:  AskSomeoneInChat(),
		}
	case linq.CodeStateConflict:
		next := outOfAdditionConflict(r)
		if len(next) == 0 {
			next = richtext.Say("Look into the chat; if they are not in it, choose Add back again in a few minutes.")
		}
		return refusal{cause: additionConflict(r), next: next}
	case linq.CodeServiceUnsupported:
		return refusal{
			cause: richtext.Say("Linq refused: %s cannot be added on the service that %s runs on. People cannot be added across services.", who, chat),
			next:  newGroup(),
		}
	case codeSandboxOnly:
		return refusal{
			cause: richtext.Say("Linq refused: %s must first write to your line, since it is a sandbox line.", who),
			next:  richtext.Say("Ask them to; then choose Add back again."),
		}
	case codeOptedOut:
		return refusal{
			cause: richtext.Say("Linq refused: %s has opted out.", who),
			next:  richtext.Say("Leave it at that, unless they ask to come back; Linq's support can say how."),
		}
	case codeNotSupported:
		return refusal{
			cause: richtext.Say("Linq refused: %s cannot be reached on the service that %s runs on.", who, chat),
			next:  newGroup(),
		}
	}
	return e.refusalByCode(r, code)
}

// Codes that only an addition meets.
const (
	codeSandboxOnly  = 2008
	codeOptedOut     = 2024
	codeNotSupported = 4005
)

// additionNotFound is Linq's 2001 for the addition itself, which may speak of the chat or of the person.
func (e Explainer) additionNotFound(r ledger.Request) refusal {
	if r.People == 0 {
		return refusal{
			cause: richtext.Say("Linq found no such chat, or nobody with this handle."),
			next:  richtext.Say("Find out whether the chat still exists; if it does, ask someone who is in it to add them."),
		}
	}
	return refusal{
		cause: richtext.Say("Linq could not find %s, although it showed the chat %s a moment before.", e.Who(r), e.Chat(r)),
		next:  AskSomeoneInChat(),
	}
}
