package batch

import (
	"fmt"
	"strings"

	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Question is what the form asks in which the number of a batch's items is typed.
type Question struct {
	Label  string // of the field
	Submit string // on the button
	Text   richtext.Text
}

func typedQuestion(b ledger.Batch, p ledger.Progress) Question {
	submit := "Remove"
	if b.Kind == ledger.Add {
		submit = "Add back"
	}
	return Question{
		Label: fmt.Sprintf("Type %d", p.All), Submit: submit,
		Text: richtext.Say("%s This is about %s. To go on, type the number.", string(richtext.MarkNeedsPerson), amount(b, p.All)),
	}
}

// isNumber reads a number as people type it.
func isNumber(typed string, number int) bool {
	typed = strings.NewReplacer(",", "", ".", "", " ", "", "\u00a0", "", "'", "").Replace(strings.TrimSpace(typed))
	return typed == fmt.Sprint(number)
}

// decidedAnswer says what a decision changed, or who was first.
func decidedAnswer(b ledger.Batch, p ledger.Progress, d ledger.BatchDecision, changed bool, user string) richtext.Answer {
	say := func(mark richtext.Mark, format string, parts ...any) richtext.Answer {
		return richtext.Answer{append(richtext.Say("%s ", string(mark)), richtext.Say(format, parts...)...)}
	}
	if !changed {
		return tooLate(b, p, d, say, user)
	}
	switch d {
	case ledger.ConfirmBatch, ledger.DeclineBatch:
		return Proposal(b, nil, p, Speed{})
	case ledger.PauseBatch:
		return say(richtext.MarkQueued, "Paused: nothing new is sent until somebody chooses %s. What Linq has already goes on.", richtext.Name("Resume"))
	case ledger.ResumeBatch:
		return say(richtext.MarkQueued, "It goes on.")
	default:
		return say(richtext.MarkNeedsPerson, "Stopped: nothing new is sent any more. %s.", upper(notDone(b, p)))
	}
}

// tooLate says where a batch stands that a press did not change.
func tooLate(b ledger.Batch, p ledger.Progress, d ledger.BatchDecision, say func(richtext.Mark, string, ...any) richtext.Answer, user string) richtext.Answer {
	by := richtext.Text{richtext.Member(b.DecidedBy)}
	if b.DecidedBy == user {
		by = richtext.Say("you")
	}
	switch b.State {
	case ledger.Proposed:
		if d != ledger.ConfirmBatch {
			return say(richtext.MarkRefused, "This is not under way: it waits for the yes of %s.", richtext.Member(b.UserID))
		}
		return say(richtext.MarkRefused, "This was not confirmed within 10 minutes. Nothing was changed. To do it, ask again.")
	case ledger.Declined:
		if b.DecidedBy == "" {
			return say(richtext.MarkRefused, "This was not confirmed within 10 minutes. Nothing was changed. To do it, ask again.")
		}
		return say(richtext.MarkRefused, "This was cancelled before, by %s. Nothing was changed. To do it, ask again.", by)
	case ledger.Paused:
		return say(richtext.MarkQueued, "This is paused already, by %s. %s lets it go on.", by, richtext.Name("Resume"))
	case ledger.Stopped:
		return say(richtext.MarkRefused, "This was stopped before, by %s: %s.", by, notDone(b, p))
	case ledger.Finished:
		return say(richtext.MarkDone, "This has ended already: %s.", Count(p).words(b))
	case ledger.Running:
		return say(richtext.MarkQueued, "This is under way already. It is done once.")
	default:
		return say(richtext.MarkRefused, "There is nothing to decide here any more.")
	}
}
