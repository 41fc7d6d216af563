package ledger

import (
	"encoding/json"
	"fmt"
	"time"

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
	Kind        Kind
	Source      Source
	TeamID      string
	ChannelID   string
	UserID      string
	Rule        string // the rule of the policy that let the person in
	ResponseURL Secret
	ThreadTS    string   // a thread in the channel to answer in; "": one of our own
	ChatID      string   // of a list: its chat
	Handles     []Secret // the people as they were named: E.164, or e-mail addresses
	Because     string   // the reason that the person gave; "" for none
	Undoes      string   // the id of the batch that this one takes back
	Asks        bool     // nothing is done before a person says yes
	DryRun      bool     // nothing is done at all: it is planned, and that is shown

	Limits Limits // that hold for a batch that does not ask; they are not stored
}

// Batch is a request that has requests.
type Batch struct {
	BatchOrder

	ID          string
	State       BatchState
	AcceptedAt  time.Time
	ExpiresAt   time.Time // of a batch in state proposed
	ConfirmedAt time.Time // zero until it runs
	EndedAt     time.Time // zero while something may still happen to one of its requests
	DecidedBy   string    // who paused, resumed, stopped or declined it last
	Trouble     string    // why it could not be planned: a code of package commands
	CutOff      bool      // Linq's list of chats had no end, so chats may be missing
	Shown       bool      // its end is shown
}

// Open reports whether something may still happen to the batch or to its requests.
func (b Batch) Open() bool { return b.EndedAt.IsZero() }

// ShortID is the end of the batch's id, enough for a person to name it by.
func (b Batch) ShortID() string { return Request{ID: b.ID}.ShortID() }

// BatchItem is one person and one chat of a batch.
type BatchItem struct {
	Position int // from 1
	ChatID   string
	ChatName string // as Linq's list shows it; it may hold people's numbers
	Handle   Secret // as the chat lists it
	Foreseen string // why Linq will likely refuse it: a code of package commands; "" for no reason
	Undoes   string // the id of the removal that this takes back
}

// BatchResult is an item and what became of it.
type BatchResult struct {
	BatchItem
	Request Request // the zero Request while there is none
}

// Progress is how many items of a batch are in which state.
type Progress struct {
	All    int
	States map[State]int // of those that have a request
}

// Ended returns how many items have come to their end.
func (p Progress) Ended() int {
	ended := 0
	for state, items := range p.States {
		if state.Final() {
			ended += items
		}
	}
	return ended
}

// NotAsked returns how many items have no request.
func (p Progress) NotAsked() int {
	left := p.All
	for _, items := range p.States {
		left -= items
	}
	return left
}

// BatchEvent is one line of a batch's history.
type BatchEvent struct {
	At     time.Time
	State  BatchState
	UserID string // who decided it; "" for linqbot itself
	Cause  string
}

const selectBatches = `
	SELECT id, delivery, job, kind, source, team_id, channel_id, user_id, rule, response_url, thread_ts, chat_id,
		handles, because, undoes, asks, dry_run, state, accepted_at, expires_at, confirmed_at, ended_at, decided_by,
		trouble, cut_off, shown
	FROM batches `

func scanBatch(from store.Row) (Batch, error) {
	var b Batch
	var handles string
	var acceptedAt, expiresAt, confirmedAt, endedAt int64
	err := from.Scan(&b.ID, &b.Delivery, &b.Job, &b.Kind, &b.Source, &b.TeamID, &b.ChannelID, &b.UserID, &b.Rule,
		&b.ResponseURL, &b.ThreadTS, &b.ChatID, &handles, &b.Because, &b.Undoes, &b.Asks, &b.DryRun, &b.State,
		&acceptedAt, &expiresAt, &confirmedAt, &endedAt, &b.DecidedBy, &b.Trouble, &b.CutOff, &b.Shown)
	if err != nil {
		return Batch{}, err
	}
	b.AcceptedAt, b.ExpiresAt = store.FromMicros(acceptedAt), store.FromMicros(expiresAt)
	b.ConfirmedAt, b.EndedAt = store.FromMicros(confirmedAt), store.FromMicros(endedAt)
	b.Handles, err = decodeHandles(handles)
	return b, err
}

func encodeHandles(handles []Secret) (string, error) {
	texts := make([]string, len(handles))
	for i, handle := range handles {
		texts[i] = handle.Value()
	}
	encoded, err := json.Marshal(texts)
	return string(encoded), err
}

func decodeHandles(encoded string) ([]Secret, error) {
	var texts []string
	if err := json.Unmarshal([]byte(encoded), &texts); err != nil {
		return nil, fmt.Errorf("read the people of a batch: %w", err)
	}
	handles := make([]Secret, len(texts))
	for i, text := range texts {
		handles[i] = NewSecret(text)
	}
	return handles, nil
}
