package outcome

import (
	"fmt"

	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Headline is the message in the channel for the requests of a delivery. It says what is asked and, once something is
// known, how it ended: of one person in a few words, of several in counts.
func (e Explainer) Headline(requests []ledger.Request) richtext.Text {
	first := requests[0]
	switch {
	case len(requests) > 1 && anyFinal(requests):
		return richtext.Say("%s: %s", e.counts(requests), e.Asked(requests))
	case first.State.Final():
		return richtext.Say("%s %s, %s.", string(e.Explain(first).Mark), e.ending(first), byWhom(first))
	default:
		return richtext.Say("%s %s", string(richtext.MarkQueued), e.Asked(requests))
	}
}

// Asked says who asked for what. Of a workflow the name is a claim.
func (e Explainer) Asked(requests []ledger.Request) richtext.Text {
	first := requests[0]
	who := richtext.Say("%s asked", richtext.Member(first.UserID))
	if first.Source == ledger.WorkflowStep {
		who = richtext.Say("A workflow asks")
		if first.UserID != "" {
			who = richtext.Say("A workflow asks, for %s,", richtext.Member(first.UserID))
		}
	}
	if first.Kind == ledger.Add {
		return richtext.Say("%s to add %s%s to %s.", who, e.people(requests), e.part("back", first), e.ChatOf(requests))
	}
	return richtext.Say("%s to remove %s from %s.", who, e.people(requests), e.ChatOf(requests))
}

// ChatOf names the chat of requests as soon as one of them knows its name.
func (e Explainer) ChatOf(requests []ledger.Request) richtext.Span {
	for _, request := range requests {
		if request.ChatName != "" {
			return e.Chat(request)
		}
	}
	return e.Chat(requests[0])
}

// people lists those whom requests are about.
func (e Explainer) people(requests []ledger.Request) richtext.Text {
	names := make([]string, len(requests))
	for i, request := range requests {
		names[i] = e.Who(request)
	}
	return richtext.AllOfWords(names)
}

func byWhom(r ledger.Request) richtext.Text {
	switch {
	case r.Source != ledger.WorkflowStep:
		return richtext.Say("asked for by %s", richtext.Member(r.UserID))
	case r.UserID != "":
		return richtext.Say("asked for by a workflow, which names %s", richtext.Member(r.UserID))
	default:
		return richtext.Say("asked for by a workflow")
	}
}

// ending says how a request ended, and no more than was seen.
func (e Explainer) ending(r ledger.Request) richtext.Text {
	who, chat := e.Who(r), e.Chat(r)
	left, change, undone := richtext.Say("has left"), richtext.Say("The removal of %s from %s", who, chat), e.notRemoved(r)
	if r.Kind == ledger.Add {
		left, change, undone = richtext.Say("is%s in", e.part("back", r)), richtext.Say("The addition of %s to %s", who, chat), e.notAdded(r)
	}
	switch r.State {
	case ledger.Removed, ledger.Added:
		return richtext.Say("%s %s %s", who, left, chat)
	case ledger.AlreadyGone:
		if r.MayHaveReached {
			return richtext.Say("%s is not in %s", who, chat)
		}
		return richtext.Say("%s is not in %s any more", who, chat)
	case ledger.AlreadyThere:
		return richtext.Say("%s is in %s already", who, chat)
	case ledger.Unconfirmed:
		return richtext.Say("%s is not confirmed", change)
	case ledger.Cancelled:
		return richtext.Say("%s was cancelled", change)
	}
	switch {
	case r.MayHaveReached:
		return richtext.Say("Whether %s %s %s is not known", who, left, chat)
	case r.State == ledger.Refused:
		return richtext.Say("%s was refused", change)
	default:
		return undone
	}
}

func (e Explainer) notRemoved(r ledger.Request) richtext.Text {
	return richtext.Say("%s was not removed from %s", e.Who(r), e.Chat(r))
}

func (e Explainer) notAdded(r ledger.Request) richtext.Text {
	return richtext.Say("%s was not added to %s", e.Who(r), e.Chat(r))
}

// count is how many requests ended the same way.
type count struct {
	mark  richtext.Mark
	words string
	many  int
}

// counts says how the requests about several people ended, and how many did each way: first what is done, then what
// needs somebody, and what is under way last.
func (e Explainer) counts(requests []ledger.Request) richtext.Text {
	var all []count
	for _, mark := range []richtext.Mark{richtext.MarkDone, richtext.MarkNeedsPerson, richtext.MarkRefused, richtext.MarkQueued} {
		var ofMark []count
		for _, r := range requests {
			if e.Explain(r).Mark == mark {
				ofMark = counted(ofMark, mark, r)
			}
		}
		all = append(all, ofMark...)
	}
	var text richtext.Text
	for i, c := range all {
		if i > 0 {
			text = append(text, richtext.Say(", ")...)
		}
		text = append(text, richtext.Say("%s %s %s", string(c.mark), fmt.Sprint(c.many), c.inNumber())...)
	}
	return text
}

func counted(counts []count, mark richtext.Mark, r ledger.Request) []count {
	words := countedWords(r)
	for i := range counts {
		if counts[i].words == words {
			counts[i].many++
			return counts
		}
	}
	return append(counts, count{mark: mark, words: words, many: 1})
}

func countedWords(r ledger.Request) string {
	switch r.State {
	case ledger.Removed:
		return "have left"
	case ledger.Added:
		if !takesBack(r) {
			return "are in it"
		}
		return "are back"
	case ledger.AlreadyGone:
		return "are not in it"
	case ledger.AlreadyThere:
		return "are in it already"
	case ledger.Unconfirmed:
		return "not confirmed"
	case ledger.Cancelled:
		return "cancelled"
	case ledger.Refused, ledger.Failed:
	default:
		return "under way"
	}
	switch {
	case r.MayHaveReached:
		return "not known"
	case r.State == ledger.Refused:
		return "refused"
	case r.Kind == ledger.Add:
		return "not added"
	default:
		return "not removed"
	}
}

// inNumber are the words that fit the number.
func (c count) inNumber() string {
	one := map[string]string{
		"have left": "has left", "are back": "is back", "are in it": "is in it", "are not in it": "is not in it", "are in it already": "is in it already",
	}
	if words, ok := one[c.words]; ok && c.many == 1 {
		return words
	}
	return c.words
}

func anyFinal(requests []ledger.Request) bool {
	for _, r := range requests {
		if r.State.Final() {
			return true
		}
	}
	return false
}
