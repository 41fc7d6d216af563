package workflowstep

import (
	"context"
	"errors"

	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// off says why no run of the step is carried out, and which rule says so; nothing while it is switched on.
func (s *OneChat) off() (why richtext.Text, rule string) {
	switch {
	case s.cfg.Off:
		return richtext.Say("Workflow steps are switched off in linqbot. %s Ask someone who runs linqbot whether they can be switched on.", outcome.NothingDone(s.cfg.Kind)), policy.DeniedSteps
	case s.cfg.AddingOff && s.cfg.Kind == ledger.Add:
		return outcome.AddingOff(), policy.DeniedAdding
	default:
		return nil, ""
	}
}

// Limited says no to a run whose order is over a limit.
func (s *OneChat) Limited(ctx context.Context, order ledger.Order, met ledger.Limit) richtext.Text {
	why := rails.LimitWords(met, order.UserID)
	s.gate.Deny(ctx, ledger.WorkflowStep, policy.Caller{
		Delivery: order.Delivery, TeamID: order.TeamID, ChannelID: order.ChannelID, UserID: order.UserID,
	}, rails.RuleOf(met), why)
	return why
}

// denied says why the policy refuses a run, and which rule does; nothing when it lets it pass.
func (s *OneChat) denied(ctx context.Context, inputs parse.StepInputs) (why richtext.Text, rule string) {
	nothing, words := outcome.NothingDone(s.cfg.Kind), s.gate.Words()
	if inputs.ChannelID != "" {
		if why := s.gate.DenyChannel(inputs.ChannelID); len(why) > 0 {
			return richtext.Say("The step is to report in %s, where %s are not allowed. %s Let it report in %s.",
				richtext.InChannel(inputs.ChannelID), words.Changes, nothing, s.gate.WhichChannels()), policy.DeniedByChannel
		}
	}
	if inputs.RequestedBy == "" {
		return nil, ""
	}
	switch decision := s.gate.DecideUser(ctx, inputs.RequestedBy); {
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

// RefusedBefore ends a run that the policy denied before, and that begins again after the policy has changed.
func RefusedBefore(kind ledger.Kind) richtext.Text {
	return richtext.Say("This run was refused before, and is not carried out any more. %s Run the workflow again.", outcome.NothingDone(kind))
}

// UnknownStep ends a run of a step that linqbot does not have.
func UnknownStep(function string) richtext.Text {
	return richtext.Say("This linqbot does not have the step %s. Nothing was done. Someone who runs linqbot should check that its version is that of the app's manifest.",
		richtext.Quoted(function))
}

func (s *OneChat) refusedInput(err error) richtext.Text {
	nothing := outcome.NothingDone(s.cfg.Kind)
	if usage, ok := errors.AsType[*parse.UsageError](err); ok {
		return richtext.Say("%s %s", nothing, usage.Why)
	}
	if input, ok := errors.AsType[*parse.InputError](err); ok {
		return richtext.Say("%s %s", nothing, input.Why)
	}
	return richtext.Say("The step's inputs could not be read. %s Check the step in the workflow.", nothing)
}
