package ledger

import (
	"linqbot/ledger/database"
	"linqbot/ledger/internal/accept"
	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// Everybody else uses what the packages below define by the names of this file. The types are there, beside the
// statements that store them, since the parts of the ledger build on each other: a batch on its requests, a request on
// the limits that hold for it.

type (
	// Secret is text that must not be printed.
	Secret = store.Secret

	// Order is what a person asked for: the part of a [Request] that never changes.
	Order = requests.Order
	// Request is an order and how far it has come.
	Request = requests.Request
	// State is where a request stands.
	State = requests.State
	// Kind is what a request asks for.
	Kind = requests.Kind
	// Source is how a request came in.
	Source = requests.Source
	// Forecast is what a dry run found.
	Forecast = requests.Forecast
	// Change says what a new version of a request is due to.
	Change = requests.Change
	// Event is one line of a request's history.
	Event = requests.Event
	// Recent is a request as a person finds it again.
	Recent = requests.Recent
	// Pace is how fast removals and additions went lately.
	Pace = requests.Pace

	// Acceptance is an order's outcome and the request that answers for it.
	Acceptance = accept.Acceptance
	// Outcome is what became of an order.
	Outcome = accept.Outcome

	// View is everything that is to show of one delivery.
	View = requests.View
	// Thread is where a delivery shows in Slack.
	Thread = requests.Thread
	// Route is the way by which people are told of an outcome.
	Route = requests.Route
	// Posting is one message of ours and what is known of it.
	Posting = requests.Posting
	// Reply is the status message of a request in its thread.
	Reply = requests.Reply
	// Follower is a person who asked for a removal that was already under way.
	Follower = requests.Follower

	// BatchOrder is what a person asked for: the part of a [Batch] that never changes.
	BatchOrder = batches.BatchOrder
	// Batch is a request that has requests.
	Batch = batches.Batch
	// BatchState is how far a batch has come.
	BatchState = batches.BatchState
	// BatchJob is what a batch is for.
	BatchJob = batches.BatchJob
	// BatchItem is one person and one chat of a batch.
	BatchItem = batches.BatchItem
	// BatchResult is an item and what became of it.
	BatchResult = batches.BatchResult
	// BatchEvent is one line of a batch's history.
	BatchEvent = batches.BatchEvent
	// BatchDecision is what a person decides about a batch.
	BatchDecision = batches.BatchDecision
	// Plan is what a plan found.
	Plan = batches.Plan
	// Progress is how many items of a batch are in which state.
	Progress = batches.Progress
	// RecentBatch is a batch as a person finds it again.
	RecentBatch = batches.RecentBatch

	// Limits bound how many removals are recorded.
	Limits = limits.Limits
	// Limit is what an order met that is [Limited].
	Limit = limits.Limit
	// LimitError says that a batch is over a limit.
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

	// What the audit shows in place of a state where there is no request.
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
