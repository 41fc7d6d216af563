package outcome

import (
	"fmt"
	"strings"

	"linqbot/commands/richtext"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// What can be foreseen of a removal, as the ledger keeps it beside [ReasonOwnLine].
const (
	ForeseenNoRemovals = "no_removals"  // the chat's service lets nobody be removed
	ForeseenTooFewStay = "too_few_stay" // fewer people would stay than a group needs

	// Of an addition.
	ForeseenTooFewToAdd = "too_few_to_add" // fewer people are in the chat than an addition needs

	// Of a dry run of either kind.
	ForeseenUnderWay = "under_way" // somebody has asked for the same, and it has not ended
)

// Foresee tells why Linq will likely refuse to let so many people leave a chat; "" for no reason. Linq itself may judge
// otherwise.
func Foresee(chat linq.Chat, leaving int) string {
	const leastInGroup = 3
	switch {
	case chat.Service == linq.ServiceSMS:
		return ForeseenNoRemovals
	case len(chat.Active())-leaving < leastInGroup:
		return ForeseenTooFewStay
	}
	return ""
}

// ForeseeAdding tells why Linq will likely refuse to let anybody join a chat; "" for no reason.
func ForeseeAdding(chat linq.Chat) string {
	const leastInGroup = 3
	if len(chat.Active()) < leastInGroup {
		return ForeseenTooFewToAdd
	}
	return ""
}

// SayForeseen puts into words what [Foresee] or [ForeseeAdding] told of one chat, or that the request is under way;
// nothing for "".
func SayForeseen(foreseen string) richtext.Text {
	switch foreseen {
	case ForeseenNoRemovals:
		return richtext.Say("This is an SMS group, in which Linq lets nobody be removed, so this will likely be refused.")
	case ForeseenTooFewStay:
		return richtext.Say("At least 3 people must remain in a group, so Linq will likely refuse this.")
	case ForeseenUnderWay:
		return richtext.Say("Somebody has asked for this already, and it is under way.")
	case ForeseenTooFewToAdd:
		return richtext.Say("Linq adds people only to groups of at least 3, so it will likely refuse this.")
	}
	return nil
}

// WouldAsk reports whether Linq would be asked, whatever it says, for a request of which this is foreseen.
func WouldAsk(foreseen string) bool {
	switch foreseen {
	case "", ForeseenNoRemovals, ForeseenTooFewStay, ForeseenTooFewToAdd, ReasonUnreadable:
		return true
	default:
		return false
	}
}

// SayForeseenOf says why several removals will likely be refused, or not be asked for; nothing for "".
func SayForeseenOf(removals int, foreseen string) richtext.Text {
	many := fmt.Sprintf("%d removals", removals)
	if removals == 1 {
		many = "1 removal"
	}
	switch {
	case foreseen == ForeseenUnderWay:
		return richtext.Say("%s that somebody has asked for already", many)
	case IsOpposed(foreseen):
		return richtext.Say("%s of people whom another request, which is under way, is to add", many)
	}
	switch foreseen {
	case ForeseenNoRemovals:
		return richtext.Say("%s from SMS groups, in which Linq lets nobody be removed", many)
	case ForeseenTooFewStay:
		return richtext.Say("%s from groups in which fewer than 3 people would remain", many)
	case ReasonNotInChat:
		return richtext.Say("%s of people who are not in the chat; they may be in it under another number or an e-mail", many)
	case ReasonOwnLine:
		return richtext.Say("%s of your own line, which linqbot never removes", many)
	case ReasonProtected:
		return richtext.Say("%s of people who are protected in linqbot's settings", many)
	}
	return nil
}

// ChatName names a chat where its id stands beside it, or says that it has no name. Linq may make a name of all the
// handles in the chat, so they are masked, and a long one is cut.
func ChatName(name string) richtext.Span {
	name = strings.TrimSpace(handle.MaskText(name))
	if name == "" {
		return richtext.Span{Kind: richtext.Words, Value: "a chat without a name"}
	}
	return richtext.Name(richtext.Shortened(name))
}
