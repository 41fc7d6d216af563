// Package jobs carries out the ledger's open work with River. It hands over what was accepted, wakes what is due to
// be shown, and runs each step until it is done. It knows when a step is run, and not what it does, nor what a
// request is beyond the columns that say what it waits for. Begin with [Start] and [Dispatcher].
//
//	accepted row ──▶ Dispatcher ──▶ try ──▶ confirm    (by request)
//	                     │            └──┬─────┘ news
//	    due to be shown ─┴────────────▶ show            (by delivery)
//	run of a workflow step ───────────▶ execute         (by run)
//	batch ──▶ plan ──▶ feed ──▶ accepted rows           (by batch)
//	             └───────┴──────────────▶ show_batch    (by batch)
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
func Confirm(requestID string, inBatch bool) Job {
	return Job{confirmArgs{RequestID: requestID, queue: queueOf(confirmQueue, inBatch)}}
}

// Show is the job that makes Slack look like the ledger.
func Show(delivery string) Job { return Job{showArgs{Delivery: delivery}} }

// Execute is the job that carries a run of a workflow step to its completion.
func Execute(executionID string) Job { return Job{executeArgs{ExecutionID: executionID}} }

func plan(batchID string) Job { return Job{planArgs{BatchID: batchID}} }

func feed(batchID string) Job { return Job{feedArgs{BatchID: batchID}} }

func showBatch(batchID string) Job { return Job{showBatchArgs{BatchID: batchID}} }

func try(requestID string, inBatch bool) Job {
	return Job{tryArgs{RequestID: requestID, queue: queueOf(TryQueue, inBatch)}}
}

// queueOf returns the queue for a step of a request. Those of batches have workers of their own, so that what a person
// asks for meanwhile finds free ones.
func queueOf(queue string, inBatch bool) string {
	if inBatch {
		return bulkPrefix + queue
	}
	return queue
}

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

	bulkPrefix     = "bulk_" // before the name of the queue for requests of a batch
	planQueue      = "plan"
	feedQueue      = "feed"
	showBatchQueue = "show_batch"
)

type tryArgs struct {
	RequestID string `json:"request_id"`
	queue     string
}

func (tryArgs) Kind() string                   { return "try" }
func (a tryArgs) InsertOpts() river.InsertOpts { return onlyOne(a.queue) }

type confirmArgs struct {
	RequestID string `json:"request_id"`
	queue     string
}

func (confirmArgs) Kind() string                   { return "confirm" }
func (a confirmArgs) InsertOpts() river.InsertOpts { return onlyOne(a.queue) }

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

type planArgs struct {
	BatchID string `json:"batch_id"`
}

func (planArgs) Kind() string                 { return "plan" }
func (planArgs) InsertOpts() river.InsertOpts { return onlyOne(planQueue) }

type feedArgs struct {
	BatchID string `json:"batch_id"`
}

func (feedArgs) Kind() string                 { return "feed" }
func (feedArgs) InsertOpts() river.InsertOpts { return onlyOne(feedQueue) }

type showBatchArgs struct {
	BatchID string `json:"batch_id"`
}

func (showBatchArgs) Kind() string                 { return "show_batch" }
func (showBatchArgs) InsertOpts() river.InsertOpts { return onlyOne(showBatchQueue) }

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
