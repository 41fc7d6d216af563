package outcome

import (
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// simulated is for a dry run, of which a workflow is told.
func simulated() byKind {
	const nothing = " This was a dry run: nothing was done."
	would := func(reason, happened string) words {
		return words{when: func(r ledger.Request) bool { return r.Reason == reason }, mark: richtext.MarkDone, happened: happened + nothing}
	}
	opposed := func(happened string) words {
		return words{when: func(r ledger.Request) bool { _, ok := otherRequest(r.Reason); return ok }, mark: richtext.MarkDone, happened: happened + nothing}
	}
	const (
		remove = "linqbot would ask Linq to remove {who} from {chat}."
		add    = "linqbot would ask Linq to add {who} to {chat}."
	)
	return byKind{
		removal: []words{
			would("", remove),
			would(ForeseenNoRemovals, remove+" It is an SMS group, in which Linq lets nobody be removed, so this would likely be refused."),
			would(ForeseenTooFewStay, remove+" At least 3 people must remain in a group, so Linq would likely refuse this."),
			would(ReasonUnreadable, remove+" The chat could not be read just now, so what Linq would say is not known."),
			would(ForeseenUnderWay, "The removal of {who} from {chat} is under way already, so it would not be asked for twice."),
			would(ReasonNoSuchChat, "Linq knows no chat {chat id}, so this would be refused."),
			would(ReasonNotAGroup, "{chat} is a one-to-one chat, and people can only be removed from groups, so this would be refused."),
			would(ReasonOwnLine, "{who} is your own line, and linqbot only removes other people, so this would be refused."),
			would(ReasonNotInChat, "{who} is not in {chat}, so this would be refused."),
			would(ReasonSeenGone, "{who} has left {chat} already, so there would be nothing left to do."),
			opposed("Another request, {other request}, is under way, by which {who} is to join {chat}, so this would be refused."),
			{mark: richtext.MarkDone, happened: "The removal of {who} from {chat} would be refused." + nothing},
		},
		addition: []words{
			would("", add),
			would(ForeseenTooFewToAdd, add+" Linq adds people only to groups of at least 3, so it would likely refuse this."),
			would(ReasonUnreadable, add+" The chat could not be read just now, so what Linq would say is not known."),
			would(ForeseenUnderWay, "Adding {who} to {chat} is under way already, so it would not be asked for twice."),
			would(ReasonNoSuchChat, "Linq knows no chat {chat id}, so this would be refused."),
			would(ReasonNotAGroup, "{chat} is a one-to-one chat, and people can only be added to groups, so this would be refused."),
			would(ReasonOwnLine, "{who} is your own line, and linqbot only adds other people, so this would be refused."),
			would(ReasonSeenThere, "{who} is in {chat} already, so there would be nothing left to do."),
			opposed("Another request, {other request}, is under way, by which {who} is to leave {chat}, so this would be refused."),
			{mark: richtext.MarkDone, happened: "Adding {who} to {chat} would be refused." + nothing},
		},
	}
}
