// Package requests is what the ledger keeps of a request: what was asked for, how far it has come, its history, and
// where it shows. It holds the types and the statements. It knows what a state means and what a change writes, and
// neither when anything is done nor by whom: transactions and jobs are the ledger's. Begin with [Request] and [Query].
package requests

import (
	"cmp"
	"strings"
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/store"
)

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

// Sources that make no request by themselves, and are on record all the same.
const (
	ChatList   Source = "chats"  // the list of chats
	ChatSearch Source = "search" // the search for a chat in the form
	Answered   Source = "answer" // the answer to a question
	HomeSwitch Source = "switch" // the switch in the Home tab that pauses the removals of all

	// Operator is who has the program and its database, and no need of Slack.
	Operator Source = "operator"
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
	ResponseURL store.Secret
	ChatID      string
	Handle      store.Secret // E.164, or an e-mail address

	ThreadTS   string        // a thread in the channel to answer in; "": one of our own
	ConfirmFor time.Duration // how long the person may still decline; 0 asks nobody
	Undoes     string        // the id of the removal that this takes back
	BatchID    string        // the batch to which it belongs; "" for none
	Because    string        // the reason that the person gave, which may hold names and numbers; "" for none

	Limits limits.Limits // that hold for it now; they are not stored
	DryRun *Forecast     // what a dry run found, which ends with that; nil for what is to be done
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

	Tries          int          // DELETEs whose intent was stored
	FirstTryAt     time.Time    // zero until the first
	NextTryAt      time.Time    // zero when no try is waited for
	MayHaveReached bool         // an earlier try may have taken effect at Linq
	SeenListed     bool         // the chat was seen to list the handle
	ListedHandle   store.Secret // the handle as the chat lists it; empty until seen
	ShownDigits    int          // how many of its last digits tell it apart from the others of the chat; 0 for as many as always
	ChatName       string       // the chat's name as Linq shows it; it may hold people's numbers
	People         int          // how many active people the chat had when it was last read; 0 when never read

	Reason     string // why it was refused, failed or waits: a code of package commands
	HTTPStatus int    // Linq's last answer to the removal; 0 without one
	LinqSaid   string // Linq's own words with numbers masked, kept when the code is unknown
	TraceID    string // Linq's trace id of the answer that decided

	Held bool // the batch to which it belongs is paused or stopped: nothing new is sent

	Undone bool // somebody asked for it to be taken back, not in vain so far; only [ViewOf] and [RecentOf] tell

	version int64
}

// ShownAs names the thread in which the request shows: its delivery's, or its batch's.
func (r Request) ShownAs() string { return cmp.Or(r.BatchID, r.Delivery) }

// ShortID is the end of the request's id, enough for a person to name it by.
func (r Request) ShortID() string {
	const length = 8
	return r.ID[max(0, len(r.ID)-length):]
}
