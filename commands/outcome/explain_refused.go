package outcome

import (
	"fmt"
	"strings"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// refusal is what stands behind a "no": the cause in one sentence, and what to do about it.
type refusal struct {
	mark  richtext.Mark // MarkRefused unless someone who runs linqbot is needed
	cause richtext.Text
	next  richtext.Text
}

func (e Explainer) refused(r ledger.Request) Status {
	why := e.refusalOf(r)
	if why.mark == "" {
		why.mark = richtext.MarkRefused
	}
	return Status{
		Mark:     why.mark,
		Happened: richtext.Say("%s %s", why.cause, e.outcomeOf(r, nothingDone(r))),
		Next:     why.next,
	}
}

func (e Explainer) refusalOf(r ledger.Request) refusal {
	if r.Kind == ledger.Add {
		return e.refusalOfAddition(r)
	}
	who, chat := e.Who(r), e.Chat(r)
	switch r.Reason {
	case ReasonNoSuchChat:
		return noSuchChat(r)
	case ReasonNotAGroup:
		return refusal{
			cause: richtext.Say("%s is a one-to-one chat, and people can only be removed from groups.", chat),
			next:  richtext.Say("Pick a group chat."),
		}
	case ReasonOwnLine:
		return refusal{
			cause: richtext.Say("%s is your own line in %s, and linqbot only removes other people.", who, chat),
			next:  richtext.Say("To take the line out of the chat, ask someone who works with Linq's API."),
		}
	case ReasonNotInChat:
		return refusal{
			cause: richtext.Say("%s is not in %s.", who, chat),
			next:  richtext.Say("They may be in it under another number or an e-mail: look at the chat's people and use the handle that is listed there."),
		}
	}
	if code := linqCode(r.Reason); code != 0 {
		return e.refusalByCode(r, code)
	}
	return e.refusalByStatus(r)
}

func noSuchChat(r ledger.Request) refusal {
	return refusal{cause: richtext.Say("Linq knows no chat %s.", richtext.ID(r.ChatID)), next: richtext.Say("Check the chat id.")}
}

// refusalByCode explains the codes that a removal can meet. What is documented about any other is
// said as it is in the catalogue.
func (e Explainer) refusalByCode(r ledger.Request, code int) refusal {
	chat := e.Chat(r)
	switch code {
	case linq.CodeMissingField, linq.CodeInvalidBody:
		entry, _ := linq.LookUp(code)
		return refusal{
			mark:  richtext.MarkNeedsPerson,
			cause: saying("Linq did not receive the request as linqbot sent it", entry),
			next:  richtext.Say("Someone who runs linqbot should check whether a proxy on the way to Linq drops the body of a DELETE."),
		}
	case linq.CodeInvalidPhone:
		return e.notAPhoneNumber(r)
	case linq.CodeInvalidParameter:
		return refusal{
			cause: richtext.Say("Linq does not accept the chat id or the handle."),
			next:  richtext.Say("Check both, and ask again."),
		}
	case linq.CodeNotAGroup:
		return refusal{cause: richtext.Say("Linq refused: %s is a one-to-one chat.", chat), next: richtext.Say("Pick a group chat.")}
	case linq.CodeChatNotFound:
		return e.notFound(r)
	case linq.CodeUnauthorized:
		return badKey()
	case linq.CodeAccessDenied:
		return refusal{
			cause: richtext.Say("Linq refused: %s belongs to another account.", chat),
			next:  richtext.Say("Check the chat id. If it is right, someone who runs linqbot must use the API key of that account."),
		}
	case linq.CodeLineNotYours:
		return refusal{
			mark: richtext.MarkNeedsPerson, cause: richtext.Say("Linq refused: the line in %s does not belong to this account.", chat),
			next: richtext.Say("Someone who runs linqbot should check the account's lines at Linq."),
		}
	case linq.CodeFeatureNotEnabled:
		return refusal{
			mark: richtext.MarkNeedsPerson, cause: richtext.Say("Linq refused: changing groups is not enabled for this account."),
			next: richtext.Say("Ask Linq to enable it."),
		}
	case linq.CodeChatUnavailable:
		return refusal{
			cause: richtext.Say("Linq refused: this chat is unavailable, because your line has left it."),
			next:  richtext.Say("Pick a chat that your line is still in."),
		}
	case linq.CodeServiceUnsupported:
		return refusal{
			cause: richtext.Say("Linq refused: people cannot be removed on the service that %s runs on.", chat),
			next:  richtext.Say("Removing works in iMessage groups; for others, make a new group without the person."),
		}
	case linq.CodeLineIneligible:
		return refusal{
			mark: richtext.MarkNeedsPerson, cause: richtext.Say("Linq refused: your line may not change groups for now."),
			next: richtext.Say("Wait until the line is well again; someone who runs linqbot can see its state in Linq's dashboard."),
		}
	}
	if entry, known := linq.LookUp(code); known {
		return unusual(r, entry)
	}
	cause := richtext.Say("Linq refused with a code that linqbot does not know, %s.", fmt.Sprint(code))
	if r.LinqSaid != "" {
		cause = richtext.Say("Linq refused with a code that linqbot does not know, %s, and said: %s.", fmt.Sprint(code), richtext.Quoted(r.LinqSaid))
	}
	return refusal{cause: cause, next: askSupport(r)}
}

// unusual is for a documented code that is not expected of a request.
func unusual(r ledger.Request, entry linq.Entry) refusal {
	why := refusal{cause: saying("Linq refused", entry), next: askSupport(r)}
	switch entry.Retry {
	case linq.RetryAfterWait, linq.RetrySeconds, linq.RetryAfterReading, linq.RetryLater:
		why.next = richtext.Say("Ask again in a few minutes.")
	}
	return why
}

// saying gives the meaning of a code as a sentence. Some meanings are about Linq itself, and need no
// beginning.
func saying(beginning string, entry linq.Entry) richtext.Text {
	if strings.HasPrefix(entry.Meaning, "Linq ") {
		return richtext.Say("%s.", entry.Meaning)
	}
	return richtext.Say("%s: %s.", beginning, entry.Meaning)
}

// askSupport says where to turn with what linqbot cannot explain. Linq's own answers have a trace id.
func askSupport(r ledger.Request) richtext.Text {
	if r.TraceID == "" {
		return richtext.Say("The answer had no trace id, so it may not be Linq's own: someone who runs linqbot should check what stands between linqbot and Linq.")
	}
	return richtext.Say("Give the trace id to Linq's support.")
}

func (e Explainer) notAPhoneNumber(r ledger.Request) refusal {
	why := refusal{
		cause: richtext.Say("Linq does not take %s for a phone number.", e.Who(r)),
		next:  richtext.Say("Write the number with + and the country code, and check each digit."),
	}
	if handle.New(r.Handle.Value()).IsEmail() {
		why.next = richtext.Say("Give the phone number that the person has in the chat.")
	}
	return why
}

// notFound is Linq's 2001 for the removal itself, which may speak of the chat or of the person.
func (e Explainer) notFound(r ledger.Request) refusal {
	if !r.SeenListed {
		return refusal{
			cause: richtext.Say("Linq found no such chat, or nobody with this handle in it."),
			next:  richtext.Say("Check the chat id and the handle."),
		}
	}
	return refusal{
		cause: richtext.Say("Linq could not find %s in %s, although the chat listed them a moment before.", e.Who(r), e.Chat(r)),
		next:  richtext.Say("Look into the chat; if they are still there, ask again."),
	}
}

func badKey() refusal {
	return refusal{
		mark: richtext.MarkNeedsPerson, cause: richtext.Say("Linq does not accept linqbot's API key."),
		next: richtext.Say("Someone who runs linqbot must replace %s.", richtext.ID("LINQ_API_V3_API_KEY")),
	}
}

// refusalByStatus explains an answer without a code.
func (e Explainer) refusalByStatus(r ledger.Request) refusal {
	switch answer := Refusal(r); {
	case answer.Unauthorized():
		return badKey()
	case answer.Forbidden():
		return refusal{
			mark: richtext.MarkNeedsPerson, cause: richtext.Say("Linq does not let linqbot change %s.", e.Chat(r)),
			next: richtext.Say("Someone who runs linqbot should check the account and its lines at Linq."),
		}
	case answer.NotFound():
		return e.notFound(r)
	case answer.Redirected():
		return refusal{
			mark: richtext.MarkNeedsPerson, cause: richtext.Say("What answers at Linq's address sends linqbot elsewhere, and linqbot does not follow (HTTP %s).", fmt.Sprint(answer.HTTPStatus)),
			next: richtext.Say("Someone who runs linqbot must check %s.", richtext.ID("LINQ_API_V3_BASE_URL")),
		}
	default:
		cause := richtext.Say("Linq refused and gave no reason (HTTP %s).", fmt.Sprint(answer.HTTPStatus))
		if r.LinqSaid != "" {
			cause = richtext.Say("Linq refused (HTTP %s) and said: %s.", fmt.Sprint(answer.HTTPStatus), richtext.Quoted(r.LinqSaid))
		}
		return refusal{cause: cause, next: askSupport(r)}
	}
}

// KeyNotAccepted says that Linq does not accept the API key.
func KeyNotAccepted() Status {
	why := badKey()
	return Status{Mark: why.mark, Happened: why.cause, Next: why.next}
}
