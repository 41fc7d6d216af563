package workspace

import "time"

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

// StartExecution starts a step, once. The token, if any, is accepted from the bot until the step
// ends or 15 minutes have passed.
func (w *Workspace) StartExecution(id, token string) {
	if _, started := w.Executions.Get(id); started {
		return // the event came a second time
	}
	w.Executions.Put(id, &Execution{
		ID: id, Status: Running, token: token, expires: w.Settings.Now().Add(workflowTokenLife),
	})
}

// IsWorkflowToken reports whether a token is that of a step that runs.
func (w *Workspace) IsWorkflowToken(token string) bool {
	for _, e := range w.Executions.All() {
		if e.token == token && e.Status == Running && w.Settings.Now().Before(e.expires) {
			return true
		}
	}
	return false
}
