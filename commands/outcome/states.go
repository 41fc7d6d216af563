package outcome

import (
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// stateWords returns the words for the state of a request. "{reason}" in them is the sentence of the
// table of reasons.
func stateWords(r ledger.Request) words {
	for _, row := range stateTable() {
		if row.state != r.State {
			continue
		}
		if w, ok := row.pick(r); ok {
			return w
		}
	}
	w, _ := underWay().pick(r)
	return w
}

type stateRow struct {
	state ledger.State
	byKind
}

// stateTable has what people read of a request in each state, [ledger.Accepted] apart: see [underWay].
func stateTable() []stateRow {
	return []stateRow{
		{ledger.Asked, byKind{
			removal: []words{{
				mark:     richtext.MarkQueued,
				happened: "The removal of {who} from {chat} waits for a yes. Nothing has been sent to Linq.",
				next:     "Choose Remove or Cancel within 10 minutes.",
			}},
			addition: []words{{
				mark:     richtext.MarkQueued,
				happened: "Adding {who}{back} to {chat} waits for a yes. Nothing has been sent to Linq.",
				next:     "This will change once someone has decided.",
			}},
		}},
		{ledger.Sent, byKind{
			removal: []words{{
				mark:     richtext.MarkQueued,
				happened: "Linq has queued the removal of {who} from {chat}.",
				next:     "This will change once they have left.",
			}},
			addition: []words{{
				mark:     richtext.MarkQueued,
				happened: "Linq has queued adding {who}{back} to {chat}.",
				next:     "This will change once they are in it.",
			}},
		}},
		{ledger.Removed, byKind{removal: []words{
			{when: onePerson, mark: richtext.MarkDone, happened: "{who} has left {chat}; 1 person stays."},
			{when: chatRead, mark: richtext.MarkDone, happened: "{who} has left {chat}; {people} people stay."},
			{mark: richtext.MarkDone, happened: "{who} has left {chat}."},
		}}},
		{ledger.AlreadyGone, byKind{removal: []words{
			// After a doubtful try the state means that nobody ever saw them listed.
			{when: inDoubt, mark: richtext.MarkDone, happened: "{who} is not in {chat}. Either a try of linqbot's removed them, or they were not in it before."},
			{mark: richtext.MarkDone, happened: "{who} is not in {chat} any more, so there was nothing left to do."},
		}}},
		{ledger.Added, byKind{addition: []words{
			{when: onePerson, mark: richtext.MarkDone, happened: "{who} is{back} in {chat}; 1 person is in it."},
			{when: chatRead, mark: richtext.MarkDone, happened: "{who} is{back} in {chat}; {people} people are in it."},
			{mark: richtext.MarkDone, happened: "{who} is{back} in {chat}."},
		}}},
		{ledger.AlreadyThere, byKind{addition: []words{
			{mark: richtext.MarkDone, happened: "{who} is in {chat} already, so there was nothing left to do."},
		}}},
		{ledger.Unconfirmed, unconfirmed()},
		{ledger.Refused, refused()},
		{ledger.Failed, failed()},
		{ledger.Cancelled, byKind{
			removal:  []words{{mark: richtext.MarkRefused, happened: "The removal of {who} from {chat} was cancelled. Nothing was removed."}},
			addition: []words{{mark: richtext.MarkRefused, happened: "Adding {who}{back} to {chat} was cancelled. Nobody was added."}},
		}},
		{ledger.Simulated, simulated()},
	}
}

// unconfirmed names no button: what Linq has accepted is not on offer again.
func unconfirmed() byKind {
	const (
		removalNext  = "Look into the chat; if they are still there, ask again{or ask support}."
		additionNext = "Look into the chat; if they are not in it, {ask anew}{or ask support}."
	)
	return byKind{
		removal: []words{
			{
				when: unreadable, mark: richtext.MarkNeedsPerson, next: removalNext,
				happened: "Linq accepted the removal of {who} from {chat}, but 10 minutes later the chat cannot be read, " +
					"so it is not known whether they have left.",
			},
			{
				mark: richtext.MarkNeedsPerson, next: removalNext,
				happened: "Linq accepted the removal of {who} from {chat}, but 10 minutes later the chat still lists them.",
			},
		},
		addition: []words{
			{
				when: unreadable, mark: richtext.MarkNeedsPerson, next: additionNext,
				happened: "Linq accepted adding {who}{back} to {chat}, but 10 minutes later the chat cannot be read, " +
					"so it is not known whether they are in it.",
			},
			{
				mark: richtext.MarkNeedsPerson, next: additionNext,
				happened: "Linq accepted adding {who}{back} to {chat}, but 10 minutes later the chat does not show them in it.",
			},
		},
	}
}

// What is said where an earlier try may have taken effect.
const (
	removalInDoubt  = " It is not known whether one of the tries removed {who} from {chat}: look into the chat."
	additionInDoubt = " It is not known whether one of the tries added {who} to {chat}: look into the chat."
)

// refused leaves what to do to the reason, and the mark where someone who runs linqbot is needed.
func refused() byKind {
	return byKind{
		removal: []words{
			{when: inDoubt, mark: richtext.MarkRefused, happened: "{reason}" + removalInDoubt},
			{mark: richtext.MarkRefused, happened: "{reason} Nothing was removed."},
		},
		addition: []words{
			{when: inDoubt, mark: richtext.MarkRefused, happened: "{reason}" + additionInDoubt},
			{mark: richtext.MarkRefused, happened: "{reason} Nobody was added."},
		},
	}
}

// failed says what to do unless the reason does.
func failed() byKind {
	const (
		stopped = " linqbot tried for 15 minutes and has stopped."
		next    = "Try again later. If it stays like this, {what then}."
	)
	return byKind{
		removal: []words{
			{when: all(restored, inDoubt), mark: richtext.MarkNeedsPerson, happened: "{reason}" + removalInDoubt},
			{when: restored, mark: richtext.MarkNeedsPerson, happened: "{reason} {who} was not removed from {chat}."},
			{when: inDoubt, mark: richtext.MarkNeedsPerson, happened: "{reason}" + stopped + removalInDoubt, next: next},
			{mark: richtext.MarkNeedsPerson, happened: "{reason}" + stopped + " {who} was not removed from {chat}.", next: next},
		},
		addition: []words{
			{when: all(restored, inDoubt), mark: richtext.MarkNeedsPerson, happened: "{reason}" + additionInDoubt},
			{when: restored, mark: richtext.MarkNeedsPerson, happened: "{reason} {who} was not added to {chat}."},
			{when: inDoubt, mark: richtext.MarkNeedsPerson, happened: "{reason}" + stopped + additionInDoubt, next: next},
			{mark: richtext.MarkNeedsPerson, happened: "{reason}" + stopped + " {who} was not added to {chat}.", next: next},
		},
	}
}

// underWay is for a request that Linq has not taken yet.
func underWay() byKind {
	const (
		goesOn = "linqbot goes on by itself; nobody needs to ask again."
		tries  = "linqbot tries again at {next try}."
	)
	return byKind{
		removal: []words{
			{
				when: notTried, mark: richtext.MarkQueued,
				happened: "The removal of {who} from {chat} is recorded; Linq has not answered yet.",
				next:     "This will change once it has.",
			},
			{when: all(waitsLong, inDoubt), mark: richtext.MarkQueued, happened: "{reason} Whether {who} has left {chat} is not known yet.", next: goesOn},
			{when: waitsLong, mark: richtext.MarkQueued, happened: "{reason} The removal of {who} from {chat} is not done yet.", next: goesOn},
			{
				when: inDoubt, mark: richtext.MarkQueued,
				happened: "{reason} Whether {who} has left {chat} is not known yet.",
				next:     "linqbot looks into the chat at {next try}, and tries again if they are still there.",
			},
			{mark: richtext.MarkQueued, happened: "{reason} The removal of {who} from {chat} is not done yet.", next: tries},
		},
		addition: []words{
			{
				when: notTried, mark: richtext.MarkQueued,
				happened: "Adding {who}{back} to {chat} is recorded; Linq has not answered yet.",
				next:     "This will change once it has.",
			},
			{when: all(waitsLong, inDoubt), mark: richtext.MarkQueued, happened: "{reason} Whether {who} is{back} in {chat} is not known yet.", next: goesOn},
			{when: waitsLong, mark: richtext.MarkQueued, happened: "{reason} Adding {who}{back} to {chat} is not done yet.", next: goesOn},
			{
				when: inDoubt, mark: richtext.MarkQueued,
				happened: "{reason} Whether {who} is{back} in {chat} is not known yet.",
				next:     "linqbot looks into the chat at {next try}, and tries again if they are not in it.",
			},
			{mark: richtext.MarkQueued, happened: "{reason} Adding {who}{back} to {chat} is not done yet.", next: tries},
		},
	}
}
