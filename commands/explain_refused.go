package commands

import (
	"fmt"

	"linqbot/ledger"
	"linqbot/linq"
)

// refusal is what stands behind a "no": the cause in one sentence, and what to do about it.
type refusal struct {
	mark  Mark // MarkRefused unless someone who runs linqbot is needed
	cause Text
	next  Text
}

func (e Explainer) refused(r ledger.Request) Status {
	why := e.refusalOf(r)
	if why.mark == "" {
		why.mark = MarkRefused
	}
	return Status{
		Mark:     why.mark,
		Happened: Say("%s %s", why.cause, e.outcomeOf(r, Say("Nothing was removed."))),
		Next:     why.next,
	}
}

func (e Explainer) refusalOf(r ledger.Request) refusal {
	who, chat := e.Who(r), e.Chat(r)
	switch r.Reason {
	case ReasonNoSuchChat:
		return noSuchChat(r)
	case ReasonNotAGroup:
		return refusal{
			cause: Say("%s is a one-to-one chat, and people can only be removed from groups.", chat),
			next:  Say("Pick a group chat."),
		}
	case ReasonOwnLine:
		return refusal{
			cause: Say("%s is your own line in %s, and a line is not removed but leaves.", who, chat),
			next:  Say("To leave the chat, use Linq's dashboard or its API."),
		}
	case ReasonNotInChat:
		return refusal{
			cause: Say("%s is not in %s.", who, chat),
			next:  Say("They may be in it under another number or an e-mail: look at the chat's people and use the handle that is listed there."),
		}
	}
	if code := linqCode(r.Reason); code != 0 {
		return e.refusalByCode(r, code)
	}
	return e.refusalByStatus(r)
}

func noSuchChat(r ledger.Request) refusal {
	return refusal{cause: Say("Linq knows no chat %s.", ID(r.ChatID)), next: Say("Check the chat id.")}
}

// refusalByCode explains the codes that a removal can meet. What is documented about any other is
// said as it is in the catalogue.
func (e Explainer) refusalByCode(r ledger.Request, code int) refusal {
	who, chat := e.Who(r), e.Chat(r)
	switch code {
	case linq.CodeMissingField, linq.CodeInvalidBody:
		return refusal{
			mark:  MarkNeedsPerson,
			cause: Say("Linq did not receive the request as linqbot sent it: %s.", meaning(code)),
			next:  Say("Someone who runs linqbot should check whether a proxy on the way to Linq drops the body of a DELETE."),
		}
	case linq.CodeInvalidPhone:
		return refusal{
			cause: Say("Linq does not take %s for a phone number.", who),
			next:  Say("Write the number with + and the country code, and check each digit."),
		}
	case linq.CodeInvalidParameter:
		return refusal{
			cause: Say("Linq does not accept the chat id or the handle."),
			next:  Say("Check both, and ask again."),
		}
	case linq.CodeNotAGroup:
		return refusal{cause: Say("Linq refused: %s is a one-to-one chat.", chat), next: Say("Pick a group chat.")}
	case linq.CodeChatNotFound:
		return e.notFound(r)
	case linq.CodeUnauthorized:
		return badKey()
	case linq.CodeAccessDenied:
		return refusal{
			cause: Say("Linq refused: %s belongs to another account.", chat),
			next:  Say("Check the chat id. If it is right, someone who runs linqbot must use the API key of that account."),
		}
	case linq.CodeLineNotYours:
		return refusal{
			mark: MarkNeedsPerson, cause: Say("Linq refused: the line in %s does not belong to this account.", chat),
			next: Say("Someone who runs linqbot should check the account's lines at Linq."),
		}
	case linq.CodeFeatureNotEnabled:
		return refusal{
			mark: MarkNeedsPerson, cause: Say("Linq refused: changing groups is not enabled for this account."),
			next: Say("Ask Linq to enable it."),
		}
	case linq.CodeChatUnavailable:
		return refusal{
			cause: Say("Linq refused: this chat is unavailable, because your line has left it."),
			next:  Say("Pick a chat that your line is still in."),
		}
	case linq.CodeServiceUnsupported:
		return refusal{
			cause: Say("Linq refused: people cannot be removed on the service that %s runs on.", chat),
			next:  Say("Removing works in iMessage groups; for others, make a new group without the person."),
		}
	case linq.CodeLineIneligible:
		return refusal{
			mark: MarkNeedsPerson, cause: Say("Linq refused: your line may not change groups for now."),
			next: Say("Wait until the line is well again; someone who runs linqbot can see its state in Linq's dashboard."),
		}
	}
	if meaning := meaning(code); meaning != "" {
		return refusal{
			cause: Say("Linq refused: %s.", meaning),
			next:  Say("If this makes no sense for a removal, give the trace id to Linq's support."),
		}
	}
	cause := Say("Linq refused with a code that linqbot does not know, %s.", fmt.Sprint(code))
	if r.LinqSaid != "" {
		cause = Say("Linq refused with a code that linqbot does not know, %s: “%s”.", fmt.Sprint(code), r.LinqSaid)
	}
	return refusal{cause: cause, next: Say("Give the trace id to Linq's support.")}
}

// notFound is Linq's 2001 for the removal itself, which may speak of the chat or of the person.
func (e Explainer) notFound(r ledger.Request) refusal {
	if !r.SeenListed {
		return refusal{
			cause: Say("Linq found no such chat, or nobody with this handle in it."),
			next:  Say("Check the chat id and the handle."),
		}
	}
	return refusal{
		cause: Say("Linq could not find %s in %s, although the chat listed them a moment before.", e.Who(r), e.Chat(r)),
		next:  Say("Look into the chat; if they are still there, ask again."),
	}
}

func badKey() refusal {
	return refusal{
		mark: MarkNeedsPerson, cause: Say("Linq does not accept linqbot's API key."),
		next: Say("Someone who runs linqbot must replace %s.", ID("LINQ_API_V3_API_KEY")),
	}
}

// refusalByStatus explains an answer without a code.
func (e Explainer) refusalByStatus(r ledger.Request) refusal {
	switch status := r.HTTPStatus; {
	case status == statusUnauthorized:
		return badKey()
	case status == statusForbidden:
		return refusal{
			mark: MarkNeedsPerson, cause: Say("Linq does not let linqbot change %s.", e.Chat(r)),
			next: Say("Someone who runs linqbot should check the account and its lines at Linq."),
		}
	case status == statusNotFound:
		return e.notFound(r)
	case status >= statusRedirect && status < statusBadRequest:
		return refusal{
			mark: MarkNeedsPerson, cause: Say("What answers at Linq's address sends linqbot elsewhere, and linqbot does not follow (HTTP %s).", fmt.Sprint(status)),
			next: Say("Someone who runs linqbot must check %s.", ID("LINQ_API_V3_BASE_URL")),
		}
	default:
		cause := Say("Linq refused and gave no reason that linqbot knows (HTTP %s).", fmt.Sprint(status))
		if r.LinqSaid != "" {
			cause = Say("Linq refused (HTTP %s): “%s”.", fmt.Sprint(status), r.LinqSaid)
		}
		return refusal{cause: cause, next: Say("Give the trace id to Linq's support.")}
	}
}

func meaning(code int) string {
	entry, known := linq.LookUp(code)
	if !known {
		return ""
	}
	return entry.Meaning
}
