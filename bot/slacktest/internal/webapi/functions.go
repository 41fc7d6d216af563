package webapi

import (
	"encoding/json"

	"linqbot/bot/slacktest/internal/workspace"
)

// functionsCompleteSuccess is reference/methods/functions.completeSuccess. Outputs must be an
// object: whether Slack takes null is not documented.
func functionsCompleteSuccess(w *workspace.Workspace, args Arguments) (Reply, error) {
	e, err := runningExecution(w, args)
	if err != nil {
		return nil, err
	}
	var outputs map[string]any
	if json.Unmarshal([]byte(args.Get("outputs")), &outputs) != nil || outputs == nil {
		return nil, failureWith("parameter_validation_failed", []string{"outputs must be an object"})
	}
	e.Status, e.Outputs = workspace.Completed, outputs
	return nil, nil
}

// functionsCompleteError is reference/methods/functions.completeError.
func functionsCompleteError(w *workspace.Workspace, args Arguments) (Reply, error) {
	e, err := runningExecution(w, args)
	if err != nil {
		return nil, err
	}
	if args.Get("error") == "" {
		return nil, Failure("invalid_arguments")
	}
	e.Status, e.Error = workspace.Failed, args.Get("error")
	return nil, nil
}

func runningExecution(w *workspace.Workspace, args Arguments) (*workspace.Execution, error) {
	e, ok := w.Executions.Get(args.Get("function_execution_id"))
	switch {
	case !ok:
		return nil, Failure("function_execution_not_found")
	case e.Status != workspace.Running:
		return nil, Failure("execution_not_in_running_state")
	}
	return e, nil
}
