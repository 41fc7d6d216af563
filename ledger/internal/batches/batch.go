// Package batches is what the ledger keeps of a batch, a request that has requests: what was asked for, its plan, what
// people decided about it, its items and what became of them. It holds the types and the statements. It knows what a
// decision changes and when a batch has ended, and neither what a plan is made of nor what shows: transactions and jobs
// are the ledger's. Begin with [Batch], [Propose] and [Decide].
package batches

import (
	"encoding/json"
	"fmt"
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// BatchState is how far a batch has come.
type BatchState string

// The states of a batch.
const (
	Planning  BatchState = "planning"  // its chats are being looked for
	Proposed  BatchState = "proposed"  // planned; waits for the person's yes
	Running   BatchState = "running"   // its requests are made and carried on
	Paused    BatchState = "paused"    // nothing new is sent until it is resumed
	Stopped   BatchState = "stopped"   // nothing new is sent any more
	Finished  BatchState = "finished"  // each of its requests has ended
	Declined  BatchState = "declined"  // a person said no, or the time for a yes is over
	Unplanned BatchState = "unplanned" // no plan could be made; Trouble says why
	DryRun    BatchState = "dry_run"   // planned, and meant for no more than that
)

// BatchJob is what a batch is for.
type BatchJob string

// The jobs of batches.
const (
	Offboard BatchJob = "offboard" // people are to leave every group chat
	List     BatchJob = "list"     // the people of a list are to leave one chat
	AddBack  BatchJob = "add_back" // whom another batch removed is to come back
)

// BatchOrder is what a person asked for: the part of a [Batch] that never changes.
type BatchOrder struct {
	Delivery    string // the platform's id of the delivery
	Job         BatchJob
	Kind        requests.Kind
	Source      requests.Source
	TeamID      string
	ChannelID   string
	UserID      string
	Rule        string // the rule of the policy that let the person in
	ResponseURL store.Secret
	ThreadTS    string         // a thread in the channel to answer in; "": one of our own
	ChatID      string         // of a list: its chat
	Handles     []store.Secret // the people as they were named: E.164, or e-mail addresses
	Because     string         // the reason that the person gave; "" for none
	Undoes      string         // the id of the batch that this one takes back
	Asks        bool           // nothing is done before a person says yes
	DryRun      bool           // nothing is done at all: it is planned, and that is shown

	Limits limits.Limits // that hold for a batch that does not ask; they are not stored
}

// Batch is a request that has requests.
type Batch struct {
	BatchOrder

	ID          string
	State       BatchState
	AcceptedAt  time.Time
	ExpiresAt   time.Time    // of a batch in state proposed
	ConfirmedAt time.Time    // zero until it runs
	EndedAt     time.Time    // zero while something may still happen to one of its requests
	PausedAt    time.Time    // of a batch in state paused
	DecidedBy   string       // who paused, resumed, stopped or declined it last
	Trouble     string       // why it could not be planned: a code of package commands, or [TroubleOverLimit]
	OverLimit   limits.Limit // the limit that it was over when it was planned; none if Most is 0
	ChatName    string       // of a list that is planned: its chat's, as far as it has one; it may hold people's numbers
	CutOff      bool         // Linq's list of chats had no end, so chats may be missing
	Shown       bool         // its end is shown
}

// Open reports whether something may still happen to the batch or to its requests.
func (b Batch) Open() bool { return b.EndedAt.IsZero() }

// ShortID is the end of the batch's id, enough for a person to name it by.
func (b Batch) ShortID() string { return requests.Request{ID: b.ID}.ShortID() }

func encodeHandles(handles []store.Secret) (string, error) {
	texts := make([]string, len(handles))
	for i, handle := range handles {
		texts[i] = handle.Value()
	}
	encoded, err := json.Marshal(texts)
	return string(encoded), err
}

func decodeHandles(encoded string) ([]store.Secret, error) {
	var texts []string
	if err := json.Unmarshal([]byte(encoded), &texts); err != nil {
		return nil, fmt.Errorf("read the people of a batch: %w", err)
	}
	handles := make([]store.Secret, len(texts))
	for i, text := range texts {
		handles[i] = store.NewSecret(text)
	}
	return handles, nil
}
