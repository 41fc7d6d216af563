package reconcile

import (
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// What an addition does in its own way. All the rest it has in common with a removal: see
// [Steps.Try] and [Steps.Confirm].

// back says what it means that a chat shows the handle as active, after a try that may have reached
// Linq. The second result is false while it does not, or nothing was read.
func (at chatSnapshot) back() (shown, bool) {
	if !at.active() {
		return shown{}, false
	}
	return shown{ledger.Added, outcome.ReasonSeenThere, "the chat shows that they are in it"}, true
}

// settleAddition goes on from [settle], with a group that was read. Linq decides whether to let in a
// person who is not in it.
func settleAddition(r ledger.Request, at chatSnapshot) (ledger.State, string, bool) {
	switch {
	case mindsOurLines(r) && at.listed && at.person.IsMe:
		return ledger.Refused, outcome.ReasonOwnLine, true
	case at.active():
		return ledger.AlreadyThere, outcome.ReasonSeenThere, true
	}
	return "", "", false
}

func (at chatSnapshot) active() bool { return at.err == nil && at.listed && at.person.Active() }
