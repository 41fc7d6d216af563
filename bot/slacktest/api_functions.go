package slacktest

import (
	"encoding/json"
	"time"
)

// Execution is one run of a workflow step.
type Execution struct {
	ID      string // Fx…
	Status  ExecutionStatus
	Outputs map[string]any // of a step that succeeded
	Error   string         // of a step that failed: what its user reads

	token   string
	expires time.Time
}

// ExecutionStatus is where an [Execution] stands.
type ExecutionStatus string

// The values of an [ExecutionStatus].
const (
	Running   ExecutionStatus = "running"
	Completed ExecutionStatus = "completed"
	Failed    ExecutionStatus = "failed"
)

// workflowTokenLife is how long a step's own token works while the step runs; no page says, a
// maintainer of bolt-python does (issue 1075).
const workflowTokenLife = 15 * time.Minute

// StartExecution starts a step, as [Slack.SendEvent] does by itself for a function_executed event.
// The token, if any, is accepted from the bot until the step ends or 15 minutes have passed.
func (s *Slack) StartExecution(id, token string) {
	s.change(func(w *world) {
		if _, started := w.executions.get(id); started {
			return // the event came a second time
		}
		w.executions.put(id, &Execution{
			ID: id, Status: Running, token: token, expires: w.cfg.Now().Add(workflowTokenLife),
		})
	})
}

// Execution returns a workflow step, or false if none was started with that id.
func (s *Slack) Execution(id string) (Execution, bool) {
	found := look(s, func(w *world) *Execution {
		if e, ok := w.executions.get(id); ok {
			snapshot := *e
			return &snapshot
		}
		return nil
	})
	if found == nil {
		return Execution{}, false
	}
	return *found, true
}

func (w *world) isWorkflowToken(token string) bool {
	for _, e := range w.executions.all() {
		if e.token == token && e.Status == Running && w.cfg.Now().Before(e.expires) {
			return true
		}
	}
	return false
}

// functionsCompleteSuccess is reference/methods/functions.completeSuccess. Outputs must be an
// object: whether Slack takes null is not documented.
func (w *world) functionsCompleteSuccess(args arguments) (reply, error) {
	e, err := w.runningExecution(args)
	if err != nil {
		return nil, err
	}
	var outputs map[string]any
	if json.Unmarshal([]byte(args.Get("outputs")), &outputs) != nil || outputs == nil {
		return nil, failureWith("parameter_validation_failed", []string{"outputs must be an object"})
	}
	e.Status, e.Outputs = Completed, outputs
	return nil, nil
}

// functionsCompleteError is reference/methods/functions.completeError.
func (w *world) functionsCompleteError(args arguments) (reply, error) {
	e, err := w.runningExecution(args)
	if err != nil {
		return nil, err
	}
	if args.Get("error") == "" {
		return nil, failure("invalid_arguments")
	}
	e.Status, e.Error = Failed, args.Get("error")
	return nil, nil
}

func (w *world) runningExecution(args arguments) (*Execution, error) {
	e, ok := w.executions.get(args.Get("function_execution_id"))
	switch {
	case !ok:
		return nil, failure("function_execution_not_found")
	case e.Status != Running:
		return nil, failure("execution_not_in_running_state")
	}
	return e, nil
}
