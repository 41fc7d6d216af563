package commands

import (
	"fmt"

	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// acknowledge tells the person who asked what was understood, with the whole number, and where the
// outcome will show. accepted answers for args.Handles, in the same order.
func (c *typed) acknowledge(in invocation.Invocation, args parse.Args, accepted []ledger.Acceptance) richtext.Answer {
	chat := c.nameOf(args.Chat)
	recorded := "%s The removal of %s from %s is recorded."
	if c.kind == ledger.Add {
		recorded = "%s Adding %s to %s is recorded."
	}
	var answer richtext.Answer
	taken := 0
	for i, a := range accepted {
		who := args.Handles[i]
		if a.Outcome == ledger.UnderWay {
			answer = append(answer, alreadyUnderWay(in, who, a))
			continue
		}
		taken++
		answer = append(answer, richtext.Say(recorded, string(richtext.MarkQueued), richtext.Name(who.International), chat))
		answer = append(answer, who.Cautions()...)
	}
	if args.Because != "" && taken > 0 {
		answer = append(answer, becauseOf(args))
	}
	switch {
	case taken > 0 && in.ChannelID == "":
		answer = append(answer, richtext.Say("What comes of it follows to you alone."))
	case taken == 1:
		answer = append(answer, richtext.Say("The outcome follows in a thread here, or to you alone where linqbot may not post."))
	case taken > 1:
		answer = append(answer, richtext.Say("The %s outcomes follow in one thread here, or to you alone where linqbot may not post.", fmt.Sprint(taken)))
	}
	return answer
}

func alreadyUnderWay(in invocation.Invocation, who parse.ParsedHandle, a ledger.Acceptance) richtext.Text {
	what, first := underWay(in, who, a.Request)
	if a.Request.State == ledger.Asked {
		decide := "they can confirm or cancel it"
		if a.Request.UserID == in.UserID {
			decide = "you can confirm or cancel it where linqbot asked you"
		}
		return richtext.Say("%s %s waits for a yes: %s, at %s. Until %s %s; after that, ask again.",
			string(richtext.MarkQueued), what, first, richtext.Moment(a.Request.AcceptedAt), richtext.Moment(a.Request.ExpiresAt), decide)
	}
	return richtext.Say("%s %s is already under way: %s, at %s; %s. It is not asked for twice.",
		string(richtext.MarkQueued), what, first, richtext.Moment(a.Request.AcceptedAt), whereToLook(a.Thread))
}

// underWay says what is under way, and who asked for it first.
func underWay(in invocation.Invocation, who parse.ParsedHandle, r ledger.Request) (what, first richtext.Text) {
	first = richtext.Say("%s asked for it first", richtext.Member(r.UserID))
	switch {
	case r.Source == ledger.Operator:
		first = richtext.Say("someone who runs linqbot asked for it first")
	case r.UserID == in.UserID:
		first = richtext.Say("you asked for it yourself")
	}
	if r.Kind == ledger.Add {
		return richtext.Say("Adding %s to this chat", richtext.Name(who.International)), first
	}
	return richtext.Say("The removal of %s from this chat", richtext.Name(who.International)), first
}

// whereToLook promises a thread only where there is one, or one may still come.
func whereToLook(thread ledger.Thread) richtext.Text {
	switch {
	case thread.Route == ledger.InThread && thread.TS != "":
		return richtext.Say("see %s", richtext.Message(thread.ChannelID, thread.TS, "the thread"))
	case thread.Route == ledger.InThread || thread.Route == "":
		return richtext.Say("a link to the thread follows")
	default:
		return richtext.Say("linqbot may not post in that channel, so the outcome follows to you alone")
	}
}
