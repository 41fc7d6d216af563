package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/batch"
	"linqbot/commands/richtext"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
)

// Batches is what steps that ask for many removals need of the ledger.
type Batches interface {
	batch.Recorder
	Batch(ctx context.Context, id string) (ledger.Batch, error)
	Progress(ctx context.Context, batchID string) (ledger.Progress, error)
	batch.ItemReader
}

// BatchStep is a step that asks for many removals. See [workflowstep.Offboard].
type BatchStep interface {
	Order(ctx context.Context, run ledger.Execution) (ledger.BatchOrder, richtext.Text)
	Limited(ctx context.Context, order ledger.BatchOrder, met ledger.Limit) richtext.Text
	Outcome(b ledger.Batch, p ledger.Progress, items []ledger.BatchResult) (outputs workflowstep.BatchOutputs, refused richtext.Text, wait time.Duration)
}

// runBatch is [Runner.Run] for a step that asks for many removals. A run keeps the batch's id where others keep their
// request's.
func (x *Runner) runBatch(ctx context.Context, run ledger.Execution, step BatchStep) (_ time.Duration, err error) {
	if run.Refusal == "" && run.RequestID == "" {
		if run, err = x.beginBatch(ctx, run, step); err != nil {
			return 0, err
		}
	}
	if run.Refusal != "" {
		return x.fail(ctx, run, run.Refusal)
	}
	b, err := x.cfg.Batches.Batch(ctx, run.RequestID)
	if err != nil {
		return 0, err
	}
	p, err := x.cfg.Batches.Progress(ctx, b.ID)
	if err != nil {
		return 0, err
	}
	var items []ledger.BatchResult
	if b.State == ledger.DryRun {
		for item, err := range batch.Items(ctx, x.cfg.Batches, b.ID) {
			if err != nil {
				return 0, err
			}
			items = append(items, item)
		}
	}
	outputs, refused, wait := step.Outcome(b, p, items)
	if met := b.OverLimit; b.State == ledger.Unplanned && met.Most > 0 { // which was found by the plan
		refused = step.Limited(ctx, b.BatchOrder, met)
	}
	switch {
	case wait > 0:
		return wait, nil
	case len(refused) > 0:
		return x.fail(ctx, run, refused.String())
	}
	return x.complete(ctx, run, "functions.completeSuccess", map[string]any{"outputs": map[string]any{
		"status": outputs.Status, "removed": outputs.Removed, "refused": outputs.Refused, "failed": outputs.Failed,
		"message": unlinked(outputs.Message),
	}})
}

// beginBatch turns the inputs into a batch, or into the sentence why there is none. The run's id is the batch's
// delivery, so beginning twice makes one batch.
func (x *Runner) beginBatch(ctx context.Context, run ledger.Execution, step BatchStep) (ledger.Execution, error) {
	order, refused := step.Order(ctx, run)
	log := x.log.WithFields(logrus.Fields{"execution": run.ID, "named_user": order.UserID, "channel": order.ChannelID})
	if len(refused) == 0 {
		b, _, err := x.cfg.Batches.AcceptBatch(ctx, order)
		met, limited := errors.AsType[*ledger.LimitError](err)
		switch {
		case limited:
			refused = step.Limited(ctx, order, met.Limit)
		case err != nil:
			return run, err
		case b.ID == "": // it was denied
			refused = workflowstep.RefusedBefore(ledger.Remove)
		}
		run.RequestID = b.ID
	}
	if len(refused) > 0 {
		log.WithField("outcome", x.cfg.Tally.Count(ledger.WorkflowStep, "refused")).Info("workflow step begun")
		run.Refusal = refused.String()
		return run, x.cfg.Runs.SaveExecution(ctx, run)
	}
	log.WithFields(logrus.Fields{"outcome": x.cfg.Tally.Count(ledger.WorkflowStep, "recorded"), "batch": run.RequestID}).Info("workflow step begun")
	return run, x.cfg.Runs.SaveExecution(ctx, run)
}
