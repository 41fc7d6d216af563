// Package jobs carries out what the ledger has yet to do, with River: it hands over what was accepted, wakes
// what is due to be shown, and runs each step until it is done. It knows when a step is run, and not what it
// does, nor what a request is beyond the columns that say what it waits for. Begin with [Start] and [Dispatcher].
//
//	accepted row ──▶ Dispatcher ──▶ try ──▶ confirm    (by request)
//	                     │            └──┬─────┘ news
//	    due to be shown ─┴────────────▶ show            (by delivery)
//	run of a workflow step ───────────▶ execute         (by run)
package jobs

import (
	"context"
	"math"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"linqbot/ledger/internal/store"
)

// Job is a step that is to be run, once or again.
type Job struct {
	args river.JobArgs
}

// Confirm is the job that carries a request from sent to an end.
func Confirm(requestID string) Job { return Job{confirmArgs{RequestID: requestID}} }

// Show is the job that makes Slack look like the ledger.
func Show(delivery string) Job { return Job{showArgs{Delivery: delivery}} }

// Execute is the job that carries a run of a workflow step to its completion.
func Execute(executionID string) Job { return Job{executeArgs{ExecutionID: executionID}} }

func try(requestID string) Job { return Job{tryArgs{RequestID: requestID}} }

// Insert has jobs run once the transaction is committed. Of each there is one that waits or runs.
func Insert(ctx context.Context, tx store.Tx, jobs ...Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		params[i] = river.InsertManyParams{Args: job.args}
	}
	return tx.InsertJobs(ctx, params)
}

const (
	// TryQueue is where what is accepted waits for a worker.
	TryQueue     = "try"
	confirmQueue = "confirm"
	showQueue    = "show"
	executeQueue = "execute"
)

type tryArgs struct {
	RequestID string `json:"request_id"`
}

func (tryArgs) Kind() string                 { return "try" }
func (tryArgs) InsertOpts() river.InsertOpts { return onlyOne(TryQueue) }

type confirmArgs struct {
	RequestID string `json:"request_id"`
}

func (confirmArgs) Kind() string                 { return "confirm" }
func (confirmArgs) InsertOpts() river.InsertOpts { return onlyOne(confirmQueue) }

type showArgs struct {
	Delivery string `json:"delivery"`
}

func (showArgs) Kind() string                 { return "show" }
func (showArgs) InsertOpts() river.InsertOpts { return onlyOne(showQueue) }

type executeArgs struct {
	ExecutionID string `json:"execution_id"`
}

func (executeArgs) Kind() string                 { return "execute" }
func (executeArgs) InsertOpts() river.InsertOpts { return onlyOne(executeQueue) }

// onlyOne lets one job for the same thing wait or run at a time, and never gives it up.
func onlyOne(queue string) river.InsertOpts {
	return river.InsertOpts{
		Queue:       queue,
		MaxAttempts: math.MaxInt16,
		UniqueOpts: river.UniqueOpts{
			ByArgs: true,
			ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
				rivertype.JobStateRunning, rivertype.JobStateScheduled,
			},
		},
	}
}
