package ledger

import (
	"linqbot/ledger/database"
	"linqbot/ledger/internal/accept"
	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// What the ledger keeps is defined below it, where its statements are, so that each part of the ledger can be written
// without the whole. Everybody else knows it by the names of this file.
type (
	// Secret is text that must not be printed.
	Secret = store.Secret

	// Request is an order and how far it has come, in a state; its kind and source say what it asks for and how it came in.
	Request  = requests.Request
	Order    = requests.Order
	Forecast = requests.Forecast
	State    = requests.State
	Kind     = requests.Kind
	Source   = requests.Source
	Change   = requests.Change
	Event    = requests.Event
	Recent   = requests.Recent

	// Acceptance is an order's outcome and the request that answers for it.
	Acceptance = accept.Acceptance
	Outcome    = accept.Outcome

	// View is everything that is to show of a delivery: a thread with a reply for each request, and who follows them.
	View     = requests.View
	Thread   = requests.Thread
	Route    = requests.Route
	Posting  = requests.Posting
	Reply    = requests.Reply
	Follower = requests.Follower

	// Batch is a request that has requests: its order, its items with what became of each, and how far all of it has come.
	Batch         = batches.Batch
	BatchOrder    = batches.BatchOrder
	BatchJob      = batches.BatchJob
	BatchState    = batches.BatchState
	BatchItem     = batches.BatchItem
	BatchResult   = batches.BatchResult
	BatchEvent    = batches.BatchEvent
	BatchDecision = batches.BatchDecision
	Plan          = batches.Plan
	Progress      = batches.Progress
	RecentBatch   = batches.RecentBatch

	// Limits bound how many removals are recorded, and a limit is what one met that is over it.
	Limits     = limits.Limits
	Limit      = limits.Limit
	LimitError = limits.LimitError
)

// NewSecret makes a [Secret] of text.
func NewSecret(text string) Secret { return store.NewSecret(text) }

// The states of a request.
const (
	Asked        = requests.Asked
	Accepted     = requests.Accepted
	Sent         = requests.Sent
	Removed      = requests.Removed
	AlreadyGone  = requests.AlreadyGone
	Unconfirmed  = requests.Unconfirmed
	Refused      = requests.Refused
	Failed       = requests.Failed
	Cancelled    = requests.Cancelled
	Added        = requests.Added
	AlreadyThere = requests.AlreadyThere
	Simulated    = requests.Simulated

	// What stands in the place of a state in the audit, where there is no request.
	Denied          = requests.Denied
	Read            = requests.Read
	RemovalsPaused  = requests.RemovalsPaused
	RemovalsResumed = requests.RemovalsResumed
)

// States returns every state that a request can be in, [Denied] and [Read], in the order in which they come up.
func States() []State { return requests.States() }

// ReasonRestored is the reason of a request that was open in a backup and is not tried again after its restore.
const ReasonRestored = database.ReasonRestored

// The kinds of a request.
const (
	Remove = requests.Remove
	Add    = requests.Add
)

// The sources of a request, and of what makes none and is on record all the same.
const (
	SlashCommand = requests.SlashCommand
	Modal        = requests.Modal
	WorkflowStep = requests.WorkflowStep
	UndoButton   = requests.UndoButton
	ChatList     = requests.ChatList
	ChatSearch   = requests.ChatSearch
	Answered     = requests.Answered
	HomeSwitch   = requests.HomeSwitch
	Operator     = requests.Operator
)

// The outcomes of an order.
const (
	Recorded    = accept.Recorded
	Redelivered = accept.Redelivered
	UnderWay    = accept.UnderWay
	Spent       = accept.Spent
	Limited     = accept.Limited
)

// The routes by which people are told of an outcome.
const (
	InThread      = requests.InThread
	ByResponseURL = requests.ByResponseURL
	ByDirect      = requests.ByDirect
	Undelivered   = requests.Undelivered
	Nowhere       = requests.Nowhere
)

// The states of a batch.
const (
	Planning  = batches.Planning
	Proposed  = batches.Proposed
	Running   = batches.Running
	Paused    = batches.Paused
	Stopped   = batches.Stopped
	Finished  = batches.Finished
	Declined  = batches.Declined
	Unplanned = batches.Unplanned
	DryRun    = batches.DryRun
)

// The jobs of batches.
const (
	Offboard = batches.Offboard
	List     = batches.List
	AddBack  = batches.AddBack
)

// The decisions about a batch.
const (
	ConfirmBatch = batches.ConfirmBatch
	DeclineBatch = batches.DeclineBatch
	PauseBatch   = batches.PauseBatch
	ResumeBatch  = batches.ResumeBatch
	StopBatch    = batches.StopBatch
)

// TroubleOverLimit is why a batch that does not ask is not carried out: it is more than the limit of a day leaves.
const TroubleOverLimit = batches.TroubleOverLimit
