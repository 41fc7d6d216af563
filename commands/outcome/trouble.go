package outcome

import (
	"errors"
	"strconv"
	"strings"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// Trouble says what a reason means where there is no request to tell of, such as for a list of chats that did not
// come: what happened, and what to do next if a row of the table says it.
func Trouble(reason, chatID, chatName string) Status {
	r := ledger.Request{State: ledger.Refused, Reason: reason}
	r.ChatID, r.ChatName = chatID, chatName
	if digits, ok := strings.CutPrefix(reason, httpReason); ok {
		r.HTTPStatus, _ = strconv.Atoi(digits) // ours: see [ReasonOf]
	}
	if documented, ok := linq.LookUp(linqCode(reason)); ok {
		r.HTTPStatus = documented.HTTPStatus
	}
	if reason == ReasonNoAnswer || r.HTTPStatus != 0 && Refusal(r).Retriable() {
		r.State = ledger.Failed
	}
	return Explainer{}.say(r, reasonWords(r))
}

// NotRecorded answers when the ledger did not take what a person asked for.
func NotRecorded(err error) richtext.Answer {
	if !errors.Is(err, ledger.ErrNotRecorded) { // only that is certain
		return richtext.Answer{richtext.Say("%s linqbot could not make sure that this was recorded. If a thread about it appears here, it was; if none does within a minute, try again.", string(richtext.MarkNeedsPerson))}
	}
	return richtext.Answer{richtext.Say("%s This was not recorded and nothing was done: linqbot cannot write to its ledger. Try again in a minute; if it stays like this, tell someone who runs linqbot.", string(richtext.MarkNeedsPerson))}
}

// AnswerNotRead answers a press when the question that it answers could not be read.
func AnswerNotRead() richtext.Answer {
	return richtext.Answer{richtext.Say("%s linqbot cannot read its ledger, so your answer was not recorded. Choose again in a minute; if it stays like this, tell someone who runs linqbot.", string(richtext.MarkNeedsPerson))}
}

// AnswerNotRecorded answers a press when it is not certain that it counted.
func AnswerNotRecorded() richtext.Answer {
	return richtext.Answer{richtext.Say("%s linqbot could not make sure that your answer was recorded. Choose again in a minute; it counts once. If it stays like this, tell someone who runs linqbot.", string(richtext.MarkNeedsPerson))}
}

// NothingDone says that nothing was done of what a kind of request asks for.
func NothingDone(kind ledger.Kind) string {
	if kind == ledger.Add {
		return "Nobody was added."
	}
	return "Nothing was removed."
}

// AddingOff says that nobody is added unless somebody was removed before, and who can change that.
func AddingOff() richtext.Text {
	return richtext.Say("Adding people is switched off in linqbot. %s Ask someone who runs linqbot whether it can be switched on, by %s.",
		NothingDone(ledger.Add), richtext.ID("ALLOW_ADDING=true"))
}
