package outcome

import (
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// simulated says what a dry run found, in one sentence, since a workflow takes one.
func simulated() byKind {
	const remove, add = "linqbot would ask Linq to remove {who} from {chat}", "linqbot would ask Linq to add {who} to {chat}"
	return byKind{
		removal: []words{
			found("", remove+"."),
			found(ForeseenNoRemovals, remove+", but it is an SMS group, in which Linq lets nobody be removed, so this would likely be refused."),
			found(ForeseenTooFewStay, remove+", but at least 3 people must remain in a group, so Linq would likely refuse this."),
			found(ReasonUnreadable, remove+", but the chat could not be read just now, so what Linq would say is not known."),
			found(ForeseenUnderWay, "the removal of {who} from {chat} is under way already, so it would not be asked for twice."),
			found(ReasonNoSuchChat, "Linq knows no chat {chat id}, so this would be refused."),
			found(ReasonNotAGroup, "{chat} is a one-to-one chat, and people can only be removed from groups, so this would be refused."),
			found(ReasonOwnLine, "{who} is your own line, and linqbot only removes other people, so this would be refused."),
			found(ReasonNotInChat, "{who} is not in {chat}, so this would be refused."),
			found(ReasonSeenGone, "{who} has left {chat} already, so there would be nothing left to do."),
			foundWhen(isOpposed, "another request, {other request}, is under way, by which {who} is to join {chat}, so this would be refused."),
			foundWhen(nil, "the removal of {who} from {chat} would be refused."),
		},
		addition: []words{
			found("", add+"."),
			found(ForeseenTooFewToAdd, add+", but Linq adds people only to groups of at least 3, so it would likely refuse this."),
			found(ReasonUnreadable, add+", but the chat could not be read just now, so what Linq would say is not known."),
			found(ForeseenUnderWay, "adding {who} to {chat} is under way already, so it would not be asked for twice."),
			found(ReasonNoSuchChat, "Linq knows no chat {chat id}, so this would be refused."),
			found(ReasonNotAGroup, "{chat} is a one-to-one chat, and people can only be added to groups, so this would be refused."),
			found(ReasonOwnLine, "{who} is your own line, and linqbot only adds other people, so this would be refused."),
			found(ReasonSeenThere, "{who} is in {chat} already, so there would be nothing left to do."),
			foundWhen(isOpposed, "another request, {other request}, is under way, by which {who} is to leave {chat}, so this would be refused."),
			foundWhen(nil, "adding {who} to {chat} would be refused."),
		},
	}
}

// found has the words for a reason.
func found(reason, happened string) words {
	return foundWhen(func(r ledger.Request) bool { return r.Reason == reason }, happened)
}

func foundWhen(when condition, happened string) words {
	return words{when: when, mark: richtext.MarkDone, happened: "A dry run, so nothing was done: " + happened}
}

func isOpposed(r ledger.Request) bool { return IsOpposed(r.Reason) }
