package requests

import "linqbot/ledger/internal/trail"

// State is where a request stands. The values are stored and exported as they are written here.
type State string

// The states of a request.
const (
	Asked       State = "asked"        // waiting for the person's Remove or Cancel
	Accepted    State = "accepted"     // recorded and acknowledged, nothing sent yet
	Sent        State = "sent"         // Linq has queued it
	Removed     State = "removed"      // seen: the handle left after a try of ours
	AlreadyGone State = "already_gone" // the handle was not active before a try of ours could have reached Linq
	Unconfirmed State = "unconfirmed"  // Linq accepted it, and nothing has shown it since
	Refused     State = "refused"      // Linq, or a look at the chat, said no for good
	Failed      State = "failed"       // trouble outlasted the retries
	Cancelled   State = "cancelled"    // a person declined the confirmation, or it expired

	// Of a request to add somebody, in the place of Removed and AlreadyGone.
	Added        State = "added"         // seen: the handle is active after a try of ours
	AlreadyThere State = "already_there" // the handle was active before a try of ours could have reached Linq

	Simulated State = "dry_run" // a dry run: it was said what would happen, and nothing was done
)

// What the audit shows in place of a state where there is no request.
const (
	Denied = State(trail.Denied) // the policy said no
	Read   = State(trail.Read)   // somebody listed, searched or opened something

	RemovalsPaused  = State(trail.Paused)
	RemovalsResumed = State(trail.Resumed)
)

type stateRow struct {
	state   State
	final   bool // nothing more is to be done
	meaning string
}

// stateTable says what each state means, in the order in which they come up. The documentation shows it.
func stateTable() []stateRow {
	return []stateRow{
		{Asked, false, "waits for Remove or Cancel, 10 minutes at most"},
		{Accepted, false, "recorded and acknowledged; Linq has not taken it yet"},
		{Sent, false, "Linq answered 2xx: it is queued there"},
		{Removed, true, "the chat, or Linq's webhook, shows that the person is gone, after a try that may have reached Linq"},
		{AlreadyGone, true, "the person was not in the chat before a try could have reached Linq, or was never seen in it"},
		{Added, true, "of an addition: the chat lists the person, after a try that may have reached Linq"},
		{AlreadyThere, true, "of an addition: the person was in the chat before a try could have reached Linq"},
		{Unconfirmed, true, "Linq took it, but 10 minutes later the chat does not show it, or cannot be read"},
		{Refused, true, "Linq, or a look at the chat, said no for good"},
		{Failed, true, "trouble outlasted 15 minutes of tries"},
		{Cancelled, true, "the person who asked declined, or the question expired"},
		{Simulated, true, "a dry run: it was said what would happen, and nothing was done"},
		{Denied, true, "in the audit alone: the policy said no, so there is no request"},
		{Read, true, "in the audit alone: somebody listed or searched chats, or opened the form on one"},
		{RemovalsPaused, true, "in the audit alone: somebody paused all removals"},
		{RemovalsResumed, true, "in the audit alone: somebody resumed them"},
	}
}

// States returns every state that a request can be in, [Denied] and [Read], in the order in which they come up.
func States() []State {
	table := stateTable()
	states := make([]State, len(table))
	for i, row := range table {
		states[i] = row.state
	}
	return states
}

// Final reports whether nothing more is to be done for a request in this state.
func (s State) Final() bool { return s.row().final }

// Meaning says what the state means, for people who run linqbot.
func (s State) Meaning() string { return s.row().meaning }

func (s State) row() stateRow {
	for _, row := range stateTable() {
		if row.state == s {
			return row
		}
	}
	return stateRow{state: s, final: true}
}
