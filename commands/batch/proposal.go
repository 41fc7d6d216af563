package batch

import (
	"fmt"
	"slices"
	"time"

	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// What a press on a button asks for. The subject is always the id of the batch.
const (
	ActionConfirm = "confirm_batch"  // carry out what was proposed
	ActionType    = "type_batch"     // open the form in which the number is typed; it confirms
	ActionDecline = "decline_batch"  // do nothing
	ActionPause   = "pause_batch"    // send nothing new until it is resumed
	ActionResume  = "resume_batch"   // go on
	ActionStop    = "stop_batch"     // send nothing new any more
	ActionAddBack = "add_back_batch" // propose to take it back
)

const (
	// askFor is how long a proposal stays open.
	askFor = 10 * time.Minute
	// mostUntyped is the largest number of chats, or of people, that a press alone confirms. For more, the number
	// has to be typed.
	mostUntyped = 20
	// AddBackFor is how long after its end a batch can be taken back.
	AddBackFor = 24 * time.Hour
)

// NeedsTyping reports whether a yes to the batch is the number of its items, typed.
func NeedsTyping(p ledger.Progress) bool { return p.All > mostUntyped }

// Proposal is the private message to the person who asked for a batch, once it is planned: what would be done, what
// likely cannot be done, how long it takes, and the buttons. items are all items of the batch, and p counts them. It
// has words for each state. It says if a batch could not be planned, has nothing to do, or is a dry run. For a batch
// that was decided it says how, without buttons, and can replace the first message. It shows whole numbers.
func Proposal(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress, speed Speed) richtext.Answer {
	switch {
	case b.State == ledger.Planning:
		return richtext.Answer{richtext.Say("%s Looking through the chats. What is found follows here, for you alone.", string(richtext.MarkQueued))}
	case b.State == ledger.Unplanned:
		mark := richtext.MarkNeedsPerson
		if b.Trouble == ledger.TroubleOverLimit {
			mark = richtext.MarkRefused
		}
		return richtext.Answer{richtext.Say("%s %s", string(mark), Unplanned(b))}
	case p.All == 0:
		return andMore(richtext.Answer{nothingFound(b)}, b)
	case b.State == ledger.Declined && b.DecidedBy == "":
		return richtext.Answer{richtext.Say("%s %s was not confirmed within 10 minutes. Nothing was changed. To do it, ask again.", string(richtext.MarkRefused), upper(what(b, items, p)))}
	case b.State == ledger.Declined:
		return richtext.Answer{richtext.Say("%s %s is cancelled. Nothing was changed.", string(richtext.MarkRefused), upper(what(b, items, p)))}
	case b.State == ledger.Proposed:
		return andMore(append(plan(b, items, p, speed), proposed(b, p)), b)
	case b.State == ledger.DryRun:
		return andMore(append(plan(b, items, p, speed), richtext.Say("This was a dry run: nothing is changed, and nothing is posted.")), b)
	default:
		return richtext.Answer{richtext.Say("%s %s is recorded. How it goes is shown in a thread here, or to you alone where linqbot may not post.", string(richtext.MarkQueued), upper(what(b, items, p)))}
	}
}

// Outline is the part of a [Proposal] that says what would be done, without the question.
func Outline(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress, speed Speed) richtext.Answer {
	if b.State == ledger.Unplanned || p.All == 0 {
		return Proposal(b, items, p, speed)
	}
	return andMore(plan(b, items, p, speed), b)
}

// Amount is how much a batch of so many items does: "30 chats", or of a list "120 people".
func Amount(b ledger.Batch, items int) string { return amount(b, items) }

// IsNumber reads a number as people type it.
func IsNumber(typed string, number int) bool { return isNumber(typed, number) }

// proposed asks for the yes.
func proposed(b ledger.Batch, p ledger.Progress) richtext.Text {
	action, label, choose := ActionConfirm, verb(b)+" "+amount(b, p.All), "choose"
	if NeedsTyping(p) {
		action, label, choose = ActionType, label+"…", "type the number after you choose"
	}
	yes := richtext.Button(label, action, b.ID)
	yes.Danger = b.Kind == ledger.Remove
	return richtext.Say("Nothing is changed unless you %s %s before %s.%s%s",
		choose, richtext.Name(label), richtext.Moment(b.ExpiresAt), yes, richtext.Button("Cancel", ActionDecline, b.ID))
}

// plan says what would be done.
func plan(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress, speed Speed) richtext.Answer {
	answer := richtext.Answer{richtext.Say("%s?", upper(what(b, items, p)))}
	if b.Job != ledger.List {
		answer = append(answer, richtext.Say("The chats: %s.", chatNames(items)))
	}
	if b.Job == ledger.List {
		answer = append(answer, richtext.Say("The people: %s.", peopleNames(items)))
	}
	answer = append(answer, foreseen(b, items)...)
	if underWay := foreseenAs(items, outcome.ForeseenUnderWay); len(underWay) > 0 {
		answer = append(answer, isUnderWay(b, underWay))
	}
	if gone := foreseenAs(items, outcome.ReasonSeenGone); len(gone) > 0 {
		answer = append(answer, richtext.Say("Nothing is left to do for those who have left already: %s.", peopleNames(gone)))
	}
	if b.OverLimit.Most > 0 {
		answer = append(answer, richtext.Say("%s %s", string(richtext.MarkRefused), rails.LimitForeseen(b.OverLimit, "")))
	}
	return append(answer, speed.estimate(p.All))
}

// Foretold is what a dry run of an offboarding by a workflow says, on one line. items are all items of the batch.
func Foretold(e outcome.Explainer, b ledger.Batch, items []ledger.BatchResult, p ledger.Progress) richtext.Text {
	said := richtext.Say("A dry run, so nothing was done: linqbot would remove %s from %s.", people(e, b), amount(b, p.All))
	if p.All == 0 {
		said = richtext.Say("A dry run, so nothing was done: no group chat has the person in it.")
	} else {
		said = richtext.Say("%s The chats: %s.", said, chatNames(items))
	}
	for _, trouble := range refusals(b, items) {
		said = richtext.Say("%s %s", said, trouble)
	}
	if underWay := foreseenAs(items, outcome.ForeseenUnderWay); len(underWay) > 0 {
		said = richtext.Say("%s %s", said, isUnderWay(b, underWay))
	}
	if b.OverLimit.Most > 0 {
		said = richtext.Say("%s %s", said, rails.LimitForeseen(b.OverLimit, b.UserID))
	}
	if b.CutOff {
		said = richtext.Say("%s Linq's list of chats is too long for linqbot, so chats may be missing.", said)
	}
	return said
}

// foreseen says which items will likely be refused, and why.
func foreseen(b ledger.Batch, items []ledger.BatchResult) richtext.Answer {
	said := refusals(b, items)
	for i := range said {
		said[i] = richtext.Say("%s %s", string(richtext.MarkNeedsPerson), said[i])
	}
	return said
}

// refusals says, for each reason that was foreseen, which items will likely be refused.
func refusals(b ledger.Batch, items []ledger.BatchResult) richtext.Answer {
	var answer richtext.Answer
	for _, code := range []string{outcome.ReasonOwnLine, outcome.ReasonProtected, outcome.ReasonNotInChat, outcome.ForeseenNoRemovals, outcome.ForeseenTooFewStay} {
		those := foreseenAs(items, code)
		if len(those) == 0 {
			continue
		}
		answer = append(answer, richtext.Say("Likely to be refused: %s. This is about %s.", outcome.SayForeseenOf(len(those), code), namesOf(b, those)))
	}
	opposed := slices.DeleteFunc(slices.Clone(items), func(item ledger.BatchResult) bool { return !outcome.IsOpposed(item.Foreseen) })
	if len(opposed) > 0 {
		answer = append(answer, richtext.Say("Likely to be refused: %s. This is about %s.", outcome.SayForeseenOf(len(opposed), opposed[0].Foreseen), namesOf(b, opposed)))
	}
	return answer
}

// namesOf names what tells items of a batch apart: their chats, or of a list its people.
func namesOf(b ledger.Batch, items []ledger.BatchResult) richtext.Text {
	if b.Job == ledger.List {
		return peopleNames(items)
	}
	return chatNames(items)
}

func foreseenAs(items []ledger.BatchResult, code string) (those []ledger.BatchResult) {
	for _, item := range items {
		if item.Foreseen == code {
			those = append(those, item)
		}
	}
	return those
}

// isUnderWay says for which items somebody has asked for the same before.
func isUnderWay(b ledger.Batch, items []ledger.BatchResult) richtext.Text {
	return richtext.Say("Under way: %s. This is about %s.", outcome.SayForeseenOf(len(items), outcome.ForeseenUnderWay), namesOf(b, items))
}

// Unplanned says why a batch could not be planned, and what to do.
func Unplanned(b ledger.Batch) richtext.Text {
	if b.OverLimit.Most > 0 {
		return rails.LimitWords(b.OverLimit, b.UserID)
	}
	if b.Trouble == ledger.TroubleOverLimit { // found by a version that did not keep which limit it is
		return richtext.Say("Nothing was removed: it would be more removals than linqbot takes from all people together within 24 hours. Ask for fewer, or ask again tomorrow.")
	}
	trouble := outcome.Trouble(b.Trouble, b.ChatID, b.ChatName)
	next := trouble.Next
	if len(next) == 0 {
		next = richtext.Say("Ask again in a few minutes; if it stays like this, tell someone who runs linqbot.")
	}
	return richtext.Say("linqbot could not find out what there is to do. %s Nothing was changed. %s", trouble.Happened, next)
}

func nothingFound(b ledger.Batch) richtext.Text {
	switch b.Job {
	case ledger.AddBack:
		return richtext.Say("%s There is nobody to add back: nobody was removed.", string(richtext.MarkDone))
	case ledger.List:
		chat := richtext.Say("chat %s", richtext.ID(b.ChatID))
		if b.ChatName != "" {
			chat = richtext.Say("%s (%s)", outcome.ChatName(b.ChatName), richtext.ID(b.ChatID))
		}
		return richtext.Say("%s None of these people is in %s any more. Nothing was changed.", string(richtext.MarkDone), chat)
	default:
		return richtext.Say("%s No group chat has %s in it. Nothing was changed. They may be in chats under another number or an e-mail.",
			string(richtext.MarkDone), either(b.Handles))
	}
}

// andMore says that there may be more chats, if so.
func andMore(answer richtext.Answer, b ledger.Batch) richtext.Answer {
	if !b.CutOff {
		return answer
	}
	return append(answer, richtext.Say("%s Linq's list of chats is too long for linqbot, so some may be missing here. Afterwards, look for chats that are left with %s.",
		string(richtext.MarkNeedsPerson), richtext.ID("/linq-chats <handle>")))
}

// what tells the person who asked for a batch what it does.
func what(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress) richtext.Text {
	whole := outcome.Explainer{FullHandles: true}
	if b.Kind == ledger.Add {
		return richtext.Say("adding %s back to %s", people(whole, b), amount(b, p.All))
	}
	if b.Job == ledger.List {
		return richtext.Say("removing %s from %s", amount(b, p.All), chatOf(whole, b, items))
	}
	return richtext.Say("removing %s from %s", people(whole, b), amount(b, p.All))
}

func either(handles []ledger.Secret) richtext.Text {
	var names richtext.Text
	for _, each := range handles {
		names = append(names, richtext.Name(parse.International(handle.New(each.Value()))))
	}
	const most = 10
	if len(names) > most {
		return richtext.Say("any of these %s people", fmt.Sprint(len(names)))
	}
	return richtext.OneOf(values(names), richtext.Name)
}
