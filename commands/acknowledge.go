package commands

import (
	"fmt"

	"linqbot/ledger"
)

// acknowledge says to the one who asked what was understood, with the whole number, and where the
// outcome will show. accepted answers for args.Handles, in the same order.
func acknowledge(in Invocation, args RemoveArgs, accepted []ledger.Acceptance) Answer {
	var answer Answer
	taken := 0
	for i, a := range accepted {
		who := args.Handles[i]
		if a.Outcome == ledger.UnderWay {
			answer = append(answer, alreadyUnderWay(in, who, a))
			continue
		}
		taken++
		answer = append(answer, Say("%s The removal of %s from chat %s is recorded.", string(MarkQueued), Name(who.International), ID(args.Chat.String())))
		answer = append(answer, cautions(who)...)
	}
	switch {
	case taken > 0 && in.ChannelID == "":
		answer = append(answer, Say("What comes of it follows to you alone."))
	case taken == 1:
		answer = append(answer, Say("The outcome follows in a thread here, or to you alone where linqbot may not post."))
	case taken > 1:
		answer = append(answer, Say("The %s outcomes follow in one thread here, or to you alone where linqbot may not post.", fmt.Sprint(taken)))
	}
	return answer
}

// cautions are what a person should know before believing a number.
func cautions(who Understood) []Text {
	var texts []Text
	if who.Guessed && who.Region != "" {
		texts = append(texts, Say("%s was written without a country code, so it was read as a %s number. If it belongs to another country, write it with + and the country code.", Name(who.International), ID(who.Region)))
	}
	if who.Unassigned {
		texts = append(texts, Say("%s has a possible length, but is not a number that its country gives out: check the digits.", Name(who.International)))
	}
	return texts
}

func alreadyUnderWay(in Invocation, who Understood, a ledger.Acceptance) Text {
	first := Say("%s asked for it first", Member(a.Request.UserID))
	if a.Request.UserID == in.UserID {
		first = Say("you asked for it yourself")
	}
	if a.Request.State == ledger.Asked {
		decide := "they can confirm or cancel it"
		if a.Request.UserID == in.UserID {
			decide = "you can confirm or cancel it where linqbot asked you"
		}
		return Say("%s The removal of %s from this chat waits for a yes: %s, at %s. Until %s %s; after that, ask again.",
			string(MarkQueued), Name(who.International), first, Moment(a.Request.AcceptedAt), Moment(a.Request.ExpiresAt), decide)
	}
	return Say("%s The removal of %s from this chat is already under way: %s, at %s; %s. It is not asked for twice.",
		string(MarkQueued), Name(who.International), first, Moment(a.Request.AcceptedAt), whereToLook(a.Thread))
}

// whereToLook promises a thread only where there is one, or one may still come.
func whereToLook(thread ledger.Thread) Text {
	switch {
	case thread.Route == ledger.InThread && thread.TS != "":
		return Say("see %s", Message(thread.ChannelID, thread.TS, "the thread"))
	case thread.Route == ledger.InThread || thread.Route == "":
		return Say("a link to the thread follows")
	default:
		return Say("linqbot may not post in that channel, so the outcome follows to you alone")
	}
}
