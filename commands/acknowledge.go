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
		texts = append(texts, Say("It was written without a country code, so it was read as a number of %s. If it belongs to another country, write it with + and the country code.", who.Region))
	}
	if who.Unassigned {
		texts = append(texts, Say("The number has a possible length, but is not one that its country gives out: check the digits."))
	}
	return texts
}

func alreadyUnderWay(in Invocation, who Understood, a ledger.Acceptance) Text {
	first := Say("%s asked", Member(a.Request.UserID))
	if a.Request.UserID == in.UserID {
		first = Say("you (%s) asked", Member(in.UserID))
	}
	where := Say("a link to the thread follows")
	if a.Thread.TS != "" && a.Thread.Route == ledger.InThread {
		where = Say("see %s", Message(a.Thread.ChannelID, a.Thread.TS, "the thread"))
	}
	return Say("%s The removal of %s from this chat is already under way: %s for it first, at %s; %s. It is not asked for twice.",
		string(MarkQueued), Name(who.International), first, Moment(a.Request.AcceptedAt), where)
}
