// Package workflow carries out the runs of the workflow steps: it turns a run's inputs into a request, waits for its
// outcome, and completes the run in Slack, once. What may be asked for, and what is said, is decided in workflowstep; the
// request itself goes its way like any other. Begin reading at [Runner.Run].
package workflow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
)

// Runs is what [Runner] needs of the ledger.
type Runs interface {
	commands.Recorder
	Execution(ctx context.Context, id string) (ledger.Execution, error)
	SaveExecution(ctx context.Context, e ledger.Execution) error
	Request(ctx context.Context, id string) (ledger.Request, error)
}

// Step is one of the app's steps. See [workflowstep.OneChat].
type Step interface {
	Order(ctx context.Context, run ledger.Execution) (ledger.Order, richtext.Text)
	Limited(ctx context.Context, order ledger.Order, met ledger.Limit) richtext.Text
	Outcome(r ledger.Request) (outputs workflowstep.Outputs, refused richtext.Text, wait time.Duration)
}

// Config is what [Runner] needs.
type Config struct {
	Runs  Runs
	Steps map[string]Step // by the function's callback id

	Batches    Batches              // needed only with BatchSteps
	BatchSteps map[string]BatchStep // by the function's callback id

	Token  string // the bot's, not the event's, which dies with the step
	APIURL string
	HTTP   *http.Client
	Logger *logrus.Logger
	Now    func() time.Time // default time.Now
	Tally  policy.Outcomes  // optional
}

// Runner carries out the runs of the workflow steps, and completes each once.
type Runner struct {
	cfg Config
	log *logrus.Entry
}

// New returns the runner of the workflow steps.
func New(cfg Config) *Runner {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Runner{cfg: cfg, log: cfg.Logger.WithField("part", "execute")}
}

// Run checks once how far a run of the step has come. It returns after how long it wants to be run again.
func (x *Runner) Run(ctx context.Context, id string) (time.Duration, error) {
	run, err := x.cfg.Runs.Execution(ctx, id)
	if err != nil || !run.DoneAt.IsZero() {
		return 0, err
	}
	if step, known := x.cfg.BatchSteps[run.Function]; known {
		return x.runBatch(ctx, run, step)
	}
	step, known := x.cfg.Steps[run.Function]
	if run.Refusal == "" && (run.RequestID == "" || !known) {
		if run, err = x.begin(ctx, run, step); err != nil {
			return 0, err
		}
	}
	if run.Refusal != "" {
		return x.fail(ctx, run, run.Refusal)
	}
	request, err := x.cfg.Runs.Request(ctx, run.RequestID)
	if err != nil {
		return 0, err
	}
	outputs, refused, wait := step.Outcome(request)
	switch {
	case wait > 0:
		return wait, nil
	case len(refused) > 0:
		return x.fail(ctx, run, refused.String())
	}
	return x.complete(ctx, run, "functions.completeSuccess", map[string]any{"outputs": map[string]string{
		"status": string(outputs.Status), "chat_id": outputs.ChatID, "handle": outputs.Handle,
		"trace_id": outputs.TraceID, "message": unlinked(outputs.Message),
	}})
}

// begin turns the inputs into a request, or into the sentence why there is none. The run's id is the
// request's delivery, so beginning twice makes one request. step is nil if there is no such step.
func (x *Runner) begin(ctx context.Context, run ledger.Execution, step Step) (ledger.Execution, error) {
	var order ledger.Order
	refused := workflowstep.UnknownStep(run.Function)
	if step != nil {
		order, refused = step.Order(ctx, run)
	}
	log := x.log.WithFields(logrus.Fields{"execution": run.ID, "named_user": order.UserID, "channel": order.ChannelID})
	refuse := func(why richtext.Text) (ledger.Execution, error) {
		log.WithField("outcome", x.cfg.Tally.Count(ledger.WorkflowStep, "refused")).Info("workflow step begun")
		run.Refusal = why.String()
		return run, x.cfg.Runs.SaveExecution(ctx, run)
	}
	if len(refused) > 0 {
		return refuse(refused)
	}
	accepted, err := x.cfg.Runs.Accept(ctx, []ledger.Order{order})
	if err != nil {
		return run, err
	}
	if accepted[0].Outcome == ledger.Spent {
		return refuse(workflowstep.RefusedBefore(order.Kind))
	}
	if accepted[0].Outcome == ledger.Limited {
		return refuse(step.Limited(ctx, order, accepted[0].Limit))
	}
	run.RequestID = accepted[0].Request.ID
	begun := "recorded"
	if accepted[0].Request.State == ledger.Simulated {
		begun = string(ledger.Simulated)
	}
	log.WithFields(logrus.Fields{
		"outcome": x.cfg.Tally.Count(ledger.WorkflowStep, begun), "request": accepted[0].Request.ShortID(), "chat": order.ChatID,
	}).Info("workflow step begun")
	return run, x.cfg.Runs.SaveExecution(ctx, run)
}

// unlinked is a sentence for a place whose mark-up is Slack's to choose: nothing in it can ping or
// link, whether it is read as text or as mrkdwn.
func unlinked(sentence string) string {
	return strings.TrimSpace(strings.NewReplacer("<", "‹", ">", "›").Replace(strings.Map(blockkit.Visible, sentence)))
}

// fail tells Slack that the run ended in an error.
func (x *Runner) fail(ctx context.Context, run ledger.Execution, sentence string) (time.Duration, error) {
	return x.complete(ctx, run, "functions.completeError", map[string]any{"error": unlinked(sentence)})
}

// complete tells Slack how the run ended. A run that is not running any more was completed before,
// by a process that did not live to note it.
func (x *Runner) complete(ctx context.Context, run ledger.Execution, method string, arguments map[string]any) (time.Duration, error) {
	arguments["function_execution_id"] = run.ID
	err := x.call(ctx, method, arguments)
	switch refusal, refused := errors.AsType[*completionError](err); {
	case refused && refusal.hasEnded():
		run.Completed = refusal.code
	case refused && refusal.isPermanent(x.cfg.Now().Sub(run.AcceptedAt)):
		x.log.WithError(err).WithField("execution", run.ID).Error("a workflow step cannot be completed")
		run.Completed = refusal.code
	case err != nil && ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil && x.cfg.Now().Sub(run.AcceptedAt) > slackapi.GiveUpAfter:
		x.log.WithError(err).WithField("execution", run.ID).Error("a workflow step could not be completed for three days; giving up")
		run.Completed = "given up"
	case err != nil:
		x.log.WithError(err).WithField("execution", run.ID).Warn("a workflow step could not be completed yet; trying again")
		if later, ok := errors.AsType[*slackapi.RetryLaterError](err); ok && later.Wait > 0 {
			return later.Wait, nil
		}
		return x.patience(run), nil
	default:
		x.log.WithFields(logrus.Fields{"execution": run.ID, "method": method}).Info("workflow step completed")
		run.Completed = method
	}
	run.DoneAt = x.cfg.Now()
	return 0, x.cfg.Runs.SaveExecution(ctx, run)
}

// patience is a second at first, and a minute in the end.
func (x *Runner) patience(run ledger.Execution) time.Duration {
	return min(max(x.cfg.Now().Sub(run.AcceptedAt)/2, slackapi.FirstRetry), slackapi.LongestRetry)
}

// completionError is Slack's refusal of a completion.
type completionError struct{ code string }

func (e *completionError) Error() string { return "Slack refuses to complete the step: " + e.code }

// hasEnded reports that no further call can complete the run.
func (e *completionError) hasEnded() bool { return slackapi.ClassOf(e.code) == slackapi.Missing }

// isPermanent reports that Slack will refuse the same call again. tried is how long it has been tried. A refusal of the
// app as a whole is not permanent, since somebody can mend it.
func (e *completionError) isPermanent(tried time.Duration) bool {
	switch slackapi.ClassOf(e.code) {
	case slackapi.Malformed:
		return true
	case slackapi.Unknown:
		return tried > slackapi.UnknownPasses
	default:
		return e.code == "parameter_validation_failed" || e.code == "access_denied"
	}
}

func (x *Runner) call(ctx context.Context, method string, arguments map[string]any) error {
	code, err := slackapi.CallJSON(ctx, x.cfg.HTTP, x.cfg.APIURL, x.cfg.Token, method, arguments)
	if err == nil && code != "" {
		err = &completionError{code: code}
	}
	return err
}
