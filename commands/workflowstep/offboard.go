package workflowstep

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"linqbot/commands/batch"
	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// OffboardConfig is what an [Offboard] needs.
type OffboardConfig struct {
	OneChatConfig // of a step that removes

	Offboarding bool // the step is switched on
}

// Offboard is the workflow step that takes a person out of every group chat. Nobody is there to be asked, so it
// does not ask.
type Offboard struct {
	cfg   OffboardConfig
	steps *OneChat
}

// NewOffboard returns the step.
func NewOffboard(cfg OffboardConfig) *Offboard {
	cfg.Kind = ledger.Remove
	return &Offboard{cfg: cfg, steps: NewOneChat(cfg.OneChatConfig)}
}

// Order reads the inputs of a run. The second result is why it is refused, for the workflow's people to read; empty
// when it is not.
func (s *Offboard) Order(ctx context.Context, run ledger.Execution) (ledger.BatchOrder, richtext.Text) {
	inputs, err := parse.DecodeStepInputs(run.Inputs.Value())
	why, rule := s.off()
	if len(why) == 0 {
		if err != nil {
			return ledger.BatchOrder{}, s.steps.refusedInput(err)
		}
		why, rule = s.steps.denied(ctx, inputs)
	}
	if len(why) > 0 {
		s.steps.gate.Deny(ctx, ledger.WorkflowStep, policy.Caller{
			Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy,
		}, rule, why)
		return ledger.BatchOrder{}, why
	}
	args, err := parse.Offboard(inputs.Handle, s.cfg.Region)
	if err != nil {
		return ledger.BatchOrder{}, s.steps.refusedInput(err)
	}
	by := policy.Caller{Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy}
	for _, who := range args.Handles {
		if s.cfg.Rails.Protected.Has(who.Handle) {
			why := rails.ProtectedWords(richtext.Say(who.Handle.String()))
			s.steps.gate.Deny(ctx, ledger.WorkflowStep, by, rails.DeniedProtected, why)
			return ledger.BatchOrder{}, why
		}
		if s.cfg.Lines.Remembers(who.Handle) {
			return ledger.BatchOrder{}, richtext.Say("%s is your own line, and linqbot only removes other people. Nothing was removed. Leave it out of the workflow's input %s.",
				who.Handle.String(), richtext.ID("handle"))
		}
	}
	tail, err := inputs.Tail()
	if err != nil {
		return ledger.BatchOrder{}, s.steps.refusedInput(err)
	}
	args.Because, args.DryRun = cmp.Or(tail.Because, args.Because), args.DryRun || tail.DryRun
	in := invocation.Invocation{Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy}
	if inputs.ChannelID != "" && isMessageTS(inputs.MessageTS) {
		in.ThreadTS = inputs.MessageTS
	}
	order := batch.OrderOf(in, ledger.WorkflowStep, "workflow step", args.Handles, args.Tail)
	order.Job, order.Limits = ledger.Offboard, s.cfg.Rails.Limits
	return order, nil
}

// Limited says no to a run whose order is over a limit.
func (s *Offboard) Limited(ctx context.Context, order ledger.BatchOrder, met ledger.Limit) richtext.Text {
	return s.steps.Limited(ctx, ledger.Order{
		Delivery: order.Delivery, TeamID: order.TeamID, ChannelID: order.ChannelID, UserID: order.UserID,
	}, met)
}

// off says why no run of the step is carried out, and which rule says so; nothing while it is switched on.
func (s *Offboard) off() (why richtext.Text, rule string) {
	if why, rule = s.steps.off(); len(why) == 0 && !s.cfg.Offboarding {
		return richtext.Say("Taking people out of every chat by a workflow is switched off in linqbot. Nothing was removed. Someone who runs linqbot can set %s.", richtext.ID("WORKFLOW_OFFBOARD=on")), policy.DeniedSteps
	}
	return why, rule
}

// BatchOutputs are what the step hands back to the workflow.
type BatchOutputs struct {
	Status  string // the batch's state
	Removed int    // they have left, or had left before
	Refused int
	Failed  int    // given up, or not confirmed
	Message string // one sentence
}

// Outcome says how a run ends that follows a batch. Wait is positive while it does not end yet; refused is the
// sentence of a run that ends in an error. items are all items of the batch; they count only for a dry run.
func (s *Offboard) Outcome(b ledger.Batch, p ledger.Progress, items []ledger.BatchResult) (outputs BatchOutputs, refused richtext.Text, wait time.Duration) {
	const look = time.Second
	pause, byButton := s.pausedFor(b, p), s.isPausedByButton(b)
	switch {
	case b.Open() && !pause.Holds() && !byButton:
		return BatchOutputs{}, nil, look
	case b.State == ledger.Unplanned:
		return BatchOutputs{}, batch.Unplanned(b), 0
	}
	outputs = BatchOutputs{
		Status: string(b.State), Removed: p.States[ledger.Removed] + p.States[ledger.AlreadyGone],
		Refused: p.States[ledger.Refused], Failed: p.States[ledger.Failed] + p.States[ledger.Unconfirmed],
	}
	if byButton {
		outputs.Status = string(ledger.Running)
	}
	if b.State == ledger.DryRun {
		outputs.Message = batch.Foretold(s.cfg.Explainer, b, items, p).String()
		return outputs, nil, 0
	}
	outputs.Message = fmt.Sprintf("Of %d chats: %d removed, %d refused, %d failed.", p.All, outputs.Removed, outputs.Refused, outputs.Failed)
	switch p.All {
	case 0:
		outputs.Message = "No group chat has the person in it."
	case 1:
		outputs.Message = strings.Replace(outputs.Message, "1 chats", "1 chat", 1)
	}
	if b.State == ledger.Stopped {
		outputs.Message += " It was stopped before its end."
	}
	if b.CutOff {
		outputs.Message += " Linq's list of chats is too long for linqbot, so chats may be missing."
	}
	if byButton {
		outputs.Message = richtext.Say("%s This offboarding is paused: %s paused it at %s. What is left goes on once it is resumed.",
			outputs.Message, richtext.Member(b.DecidedBy), richtext.Moment(b.PausedAt)).String()
	}
	if pause.Holds() {
		outputs.Message = richtext.Say("%s %s %s", outputs.Message, rails.PausedWords(pause), rails.KeptWords()).String()
	}
	return outputs, nil, 0
}

// isPausedByButton reports whether somebody has paused this batch alone, for so long that a run does not wait any longer.
func (s *Offboard) isPausedByButton(b ledger.Batch) bool {
	return b.State == ledger.Paused && s.steps.cfg.Now().Sub(b.PausedAt) >= reportSentAfter
}

// pausedFor returns the pause of all removals for which a run does not wait any longer, or the zero value.
func (s *Offboard) pausedFor(b ledger.Batch, p ledger.Progress) ledger.Pause {
	pause, now := batch.Held(s.cfg.Explainer, b, p), s.steps.cfg.Now()
	if b.State != ledger.Running || now.Sub(b.AcceptedAt) < reportSentAfter || now.Sub(pause.Since) < reportSentAfter {
		return ledger.Pause{}
	}
	return pause
}
