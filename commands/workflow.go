package commands

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"linqbot/commands/forecast"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// StepOutputs are what the step hands back to the workflow.
type StepOutputs struct {
	Status  ledger.State
	ChatID  string
	Handle  string // whole: a workflow asked for it by name
	TraceID string
	Message string // one sentence
}

// Workflow is a workflow step: the one that removes a person, or the one that adds a person.
type Workflow struct {
	cfg  WorkflowConfig
	gate *policy.Gate
}

// WorkflowConfig is what a [Workflow] needs.
type WorkflowConfig struct {
	Kind      ledger.Kind // what the step asks for; defaults to [ledger.Remove]
	Off       bool        // refuse all steps
	AddingOff bool        // refuse the step that adds a person
	Gate      *policy.Gate
	Region    string
	Rails     rails.Rails
	Explainer outcome.Explainer
	UnderWay  forecast.UnderWay   // needed only for dry runs
	Chats     forecast.ChatReader // needed only for dry runs
	Lines     *reconcile.OwnLines // optional; without them a dry run knows what the chat says
	Now       func() time.Time    // defaults to time.Now
}

// NewWorkflow returns the step.
func NewWorkflow(cfg WorkflowConfig) *Workflow {
	gate := cfg.Gate.WithoutTally() // a run is counted where it ends
	if cfg.Kind = cmp.Or(cfg.Kind, ledger.Remove); cfg.Kind == ledger.Add {
		gate = gate.ForAdding()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Workflow{cfg: cfg, gate: gate}
}

// Order reads the inputs of a run. The second result is why it is refused, for the workflow's
// people to read; empty when it is not.
func (w *Workflow) Order(ctx context.Context, run ledger.Execution) (ledger.Order, richtext.Text) {
	inputs, err := parse.DecodeStepInputs(run.Inputs.Value())
	why, rule := w.off()
	if len(why) == 0 {
		if err != nil {
			return ledger.Order{}, w.refusedInput(err)
		}
		why, rule = w.denied(ctx, inputs)
	}
	if len(why) > 0 {
		w.gate.Deny(ctx, ledger.WorkflowStep, policy.Caller{
			Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy,
		}, rule, why)
		return ledger.Order{}, why
	}
	chat, err := parse.Chat(inputs.ChatID)
	if err != nil {
		return ledger.Order{}, w.refusedInput(err)
	}
	reads := parse.Handle
	if w.cfg.Kind == ledger.Add {
		reads = parse.HandleToAdd
	}
	person, err := reads(inputs.Handle, w.cfg.Region)
	if err != nil {
		return ledger.Order{}, w.refusedInput(err)
	}
	by := policy.Caller{Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy}
	if w.cfg.Kind == ledger.Remove && w.cfg.Rails.Protected.Has(person.Handle) {
		why := rails.ProtectedWords(richtext.Say(person.Handle.String()))
		w.gate.Deny(ctx, ledger.WorkflowStep, by, rails.DeniedProtected, why)
		return ledger.Order{}, why
	}
	tail, err := inputs.Tail()
	if err != nil {
		return ledger.Order{}, w.refusedInput(err)
	}
	order := ledger.Order{
		Delivery: run.ID, Kind: w.cfg.Kind, Source: ledger.WorkflowStep, TeamID: run.TeamID,
		ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy, Rule: "workflow step",
		ChatID: chat.String(), Handle: ledger.NewSecret(person.Handle.Full()), Because: tail.Because, Limits: w.cfg.Rails.Limits,
	}
	if tail.DryRun {
		return w.dryRun(ctx, order, chat, person)
	}
	if inputs.ChannelID != "" && isMessageTS(inputs.MessageTS) {
		order.ThreadTS = inputs.MessageTS
	}
	return order, nil
}

// off says why no run of the step is carried out, and which rule says so; nothing while it is switched on.
func (w *Workflow) off() (why richtext.Text, rule string) {
	switch {
	case w.cfg.Off:
		return richtext.Say("Workflow steps are switched off in linqbot. %s Ask someone who runs linqbot whether they can be switched on.", outcome.NothingDone(w.cfg.Kind)), policy.DeniedSteps
	case w.cfg.AddingOff && w.cfg.Kind == ledger.Add:
		return outcome.AddingOff(), policy.DeniedAdding
	default:
		return nil, ""
	}
}

// Limited says no to a run whose order is over a limit.
func (w *Workflow) Limited(ctx context.Context, order ledger.Order, met ledger.Limit) richtext.Text {
	why := rails.LimitWords(met, order.UserID)
	w.gate.Deny(ctx, ledger.WorkflowStep, policy.Caller{
		Delivery: order.Delivery, TeamID: order.TeamID, ChannelID: order.ChannelID, UserID: order.UserID,
	}, rails.RuleOf(met), why)
	return why
}

// denied says why the policy refuses a run, and which rule does; nothing when it lets it pass.
func (w *Workflow) denied(ctx context.Context, inputs parse.StepInputs) (why richtext.Text, rule string) {
	nothing, words := outcome.NothingDone(w.cfg.Kind), w.gate.Words()
	if inputs.ChannelID != "" {
		if why := w.gate.DenyChannel(inputs.ChannelID); len(why) > 0 {
			return richtext.Say("The step is to report in %s, where %s are not allowed. %s Let it report in %s.",
				richtext.InChannel(inputs.ChannelID), words.Changes, nothing, w.gate.WhichChannels()), policy.DeniedByChannel
		}
	}
	if inputs.RequestedBy == "" {
		return nil, ""
	}
	switch decision := w.gate.DecideUser(ctx, inputs.RequestedBy); {
	case decision.Allowed:
		return nil, ""
	case decision.Unknown:
		return richtext.Say("Slack did not say whether %s, for whom the workflow acts, is in a group that may %s people. %s Run the workflow again in a minute.",
			richtext.Member(inputs.RequestedBy), words.Change, nothing), decision.Rule
	default:
		return richtext.Say("%s, for whom the workflow acts, may not %s people %s Linq chats. %s Someone who may has to run it.",
			richtext.Member(inputs.RequestedBy), words.Change, words.From, nothing), decision.Rule
	}
}

// isMessageTS tells a message's timestamp from the other things that can be mapped in its place, such
// as a link. Without one the report opens a thread of its own.
func isMessageTS(text string) bool {
	seconds, micros, _ := strings.Cut(text, ".")
	return seconds != "" && micros != "" && parse.DigitsOf(text) == seconds+micros
}

// RefusedBefore is what a run ends with that the policy denied, and that begins again after that has changed.
func RefusedBefore(kind ledger.Kind) richtext.Text {
	return richtext.Say("This run was refused before, and is not carried out any more. %s Run the workflow again.", outcome.NothingDone(kind))
}

// UnknownStep is what a run ends with of a step that linqbot does not have.
func UnknownStep(function string) richtext.Text {
	return richtext.Say("This linqbot does not have the step %s. Nothing was done. Someone who runs linqbot should check that its version is that of the app's manifest.",
		richtext.Quoted(function))
}

func (w *Workflow) refusedInput(err error) richtext.Text {
	nothing := outcome.NothingDone(w.cfg.Kind)
	if usage, ok := errors.AsType[*parse.UsageError](err); ok {
		return richtext.Say("%s %s", nothing, usage.Why)
	}
	if input, ok := errors.AsType[*parse.InputError](err); ok {
		return richtext.Say("%s %s", nothing, input.Why)
	}
	return richtext.Say("The step's inputs could not be read. %s Check the step in the workflow.", nothing)
}

// reportSentAfter is how long a run waits for the person to be seen leaving, or for a pause to end, before it is
// completed with what is known.
const reportSentAfter = 30 * time.Second

// Outcome says how a run ends that follows r. Wait is positive while it does not end yet; refused is
// the sentence of a run that ends in an error.
func (w *Workflow) Outcome(r ledger.Request) (outputs StepOutputs, refused richtext.Text, wait time.Duration) {
	const look = 500 * time.Millisecond
	status := w.cfg.Explainer.Explain(r)
	outputs = StepOutputs{
		Status: r.State, ChatID: r.ChatID, Handle: r.Handle.Value(), TraceID: r.TraceID,
		Message: firstSentence(status.Happened).String(),
	}
	switch r.State {
	case ledger.Removed, ledger.AlreadyGone, ledger.Added, ledger.AlreadyThere:
		return outputs, nil, 0
	case ledger.Simulated:
		outputs.Message = status.Happened.String()
		return outputs, nil, 0
	case ledger.Sent:
		if rest := reportSentAfter - w.cfg.Now().Sub(r.SentAt); rest > 0 {
			return outputs, nil, min(look, rest)
		}
		return outputs, nil, 0
	case ledger.Accepted:
		if w.cfg.Explainer.Held(r).Holds() && w.cfg.Now().Sub(r.AcceptedAt) >= reportSentAfter {
			outputs.Message = richtext.Say("%s %s", status.Happened, status.Next).String()
			return outputs, nil, 0
		}
	}
	if !r.State.Final() {
		return outputs, nil, look
	}
	refused = status.Happened
	if len(status.Next) > 0 {
		refused = richtext.Say("%s %s", refused, status.Next)
	}
	if r.TraceID != "" {
		refused = richtext.Say("%s Trace id %s.", refused, richtext.ID(r.TraceID))
	}
	return outputs, refused, 0
}

// firstSentence cuts after the first full stop of ours. Those in names are their own.
func firstSentence(text richtext.Text) richtext.Text {
	for i, span := range text {
		if span.Kind != richtext.Words {
			continue
		}
		if before, _, more := strings.Cut(span.Value, ". "); more {
			return append(text[:i:i], richtext.Span{Kind: richtext.Words, Value: before + "."})
		}
		if strings.HasSuffix(span.Value, ".") {
			return text[:i+1]
		}
	}
	return text
}
