package ledger

import (
	"cmp"
	"strings"
	"time"

	"linqbot/ledger/database"
)

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

// ReasonRestored is the reason of a request that was open in a backup and is not tried again after its restore.
const ReasonRestored = database.ReasonRestored

// Kind is what a request asks for.
type Kind string

// The kinds of a request.
const (
	Remove Kind = "remove" // a person is to leave a chat
	Add    Kind = "add"    // a person is to join a chat, or to come back to it
)

// Source is how a request came in.
type Source string

// The sources of a request.
const (
	SlashCommand Source = "command"  // typed as a slash command
	Modal        Source = "modal"    // chosen in a modal
	WorkflowStep Source = "workflow" // a step of a workflow; the user is who the workflow says it is
	UndoButton   Source = "undo"     // a click on "Add back"
)

// Order is what a person asked for: the part of a [Request] that never changes.
type Order struct {
	Delivery    string // the platform's id of the delivery; with the handle it makes a request unique
	Kind        Kind
	Source      Source
	TeamID      string
	ChannelID   string
	UserID      string
	Rule        string // the rule of the policy that let the person in
	ResponseURL Secret
	ChatID      string
	Handle      Secret // E.164, or an e-mail address

	ThreadTS   string        // a thread in the channel to answer in; "": one of our own
	ConfirmFor time.Duration // how long the person may still decline; 0 asks nobody
	Undoes     string        // the id of the removal that this takes back
	BatchID    string        // the batch to which it belongs; "" for none
	Because    string        // the reason that the person gave, which may hold names and numbers; "" for none

	Limits Limits    // that hold for it now; they are not stored
	DryRun *Forecast // what a dry run found, which ends with that; nil for what is to be done
}

// Forecast is what a dry run found.
type Forecast struct {
	Reason   string // why it would come to nothing: a code of package commands; "" when nothing speaks against it
	ChatName string // as in a [Request]
	People   int
}

// HandleKey is the form in which handles are compared: without regard to case.
func (o Order) HandleKey() string { return strings.ToLower(o.Handle.Value()) }

// Request is an order and how far it has come.
type Request struct {
	Order

	ID         string
	State      State
	AcceptedAt time.Time
	ExpiresAt  time.Time // of a request in state asked
	SentAt     time.Time // zero until Linq has queued it
	EndedAt    time.Time // zero until State is final

	Tries          int       // DELETEs whose intent was stored
	FirstTryAt     time.Time // zero until the first
	NextTryAt      time.Time // zero when no try is waited for
	MayHaveReached bool      // an earlier try may have taken effect at Linq
	SeenListed     bool      // the chat was seen to list the handle
	ListedHandle   Secret    // the handle as the chat lists it; empty until seen
	ChatName       string    // the chat's name as Linq shows it; it may hold people's numbers
	People         int       // how many active people the chat had when it was last read; 0 when never read

	Reason     string // why it was refused, failed or waits: a code of package commands
	HTTPStatus int    // Linq's last answer to the removal; 0 without one
	LinqSaid   string // Linq's own words with numbers masked, kept when the code is unknown
	TraceID    string // Linq's trace id of the answer that decided

	Held bool // the batch to which it belongs is paused or stopped: nothing new is sent

	Undone bool // somebody asked for it to be taken back, not in vain so far; only [Ledger.View] tells

	version int64
	news    int64
}

// ShownAs names the thread in which the request shows: its delivery's, or its batch's.
func (r Request) ShownAs() string { return cmp.Or(r.BatchID, r.Delivery) }

// ShortID is the end of the request's id, enough for a person to name it by.
func (r Request) ShortID() string {
	const length = 8
	return r.ID[max(0, len(r.ID)-length):]
}

// Event is one line of a request's history.
type Event struct {
	At      time.Time
	State   State
	Cause   string
	TraceID string
}
