package workflowstep

import (
	"cmp"
	"context"
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
	"linqbot/linq"
)

// Outputs are what the step hands back to the workflow.
type Outputs struct {
	Status  ledger.State
	ChatID  string
	Handle  string // whole: a workflow asked for it by name
	TraceID string
	Message string // one sentence
}

// OneChat is a step: the one that removes a person, or the one that adds a person.
type OneChat struct {
	cfg  OneChatConfig
	gate *policy.Gate
}

// OneChatConfig is what a [OneChat] needs.
type OneChatConfig struct {
	Kind      ledger.Kind // what the step asks for; defaults to [ledger.Remove]
	Off       bool        // refuse all steps
	AddingOff bool        // refuse the step that adds a person
	Gate      *policy.Gate
	Region    string
	Rails     rails.Rails
	Explainer outcome.Explainer
	UnderWay  forecast.UnderWay   // needed only for dry runs
	Chats     forecast.ChatReader // needed only for dry runs
	Lines     *reconcile.OwnLines // optional; without them a dry run knows only what the chat says
	Now       func() time.Time    // defaults to time.Now
}

// NewOneChat returns the step.
func NewOneChat(cfg OneChatConfig) *OneChat {
	gate := cfg.Gate.WithoutTally() // a run is counted where it ends
	if cfg.Kind = cmp.Or(cfg.Kind, ledger.Remove); cfg.Kind == ledger.Add {
		gate = gate.ForAdding()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &OneChat{cfg: cfg, gate: gate}
}

// Order reads the inputs of a run. The second result is why it is refused, for the workflow's
// people to read; empty when it is not.
func (s *OneChat) Order(ctx context.Context, run ledger.Execution) (ledger.Order, richtext.Text) {
	inputs, err := parse.DecodeStepInputs(run.Inputs.Value())
	why, rule := s.off()
	if len(why) == 0 {
		if err != nil {
			return ledger.Order{}, s.refusedInput(err)
		}
		why, rule = s.denied(ctx, inputs)
	}
	if len(why) > 0 {
		s.gate.Deny(ctx, ledger.WorkflowStep, policy.Caller{
			Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy,
		}, rule, why)
		return ledger.Order{}, why
	}
	chat, err := parse.Chat(inputs.ChatID)
	if err != nil {
		return ledger.Order{}, s.refusedInput(err)
	}
	reads := parse.Handle
	if s.cfg.Kind == ledger.Add {
		reads = parse.HandleToAdd
	}
	person, err := reads(inputs.Handle, s.cfg.Region)
	if err != nil {
		return ledger.Order{}, s.refusedInput(err)
	}
	by := policy.Caller{Delivery: run.ID, TeamID: run.TeamID, ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy}
	if s.cfg.Kind == ledger.Remove && s.cfg.Rails.Protected.Has(person.Handle) {
		why := rails.ProtectedWords(richtext.Say(person.Handle.String()))
		s.gate.Deny(ctx, ledger.WorkflowStep, by, rails.DeniedProtected, why)
		return ledger.Order{}, why
	}
	tail, err := inputs.Tail()
	if err != nil {
		return ledger.Order{}, s.refusedInput(err)
	}
	order := ledger.Order{
		Delivery: run.ID, Kind: s.cfg.Kind, Source: ledger.WorkflowStep, TeamID: run.TeamID,
		ChannelID: inputs.ChannelID, UserID: inputs.RequestedBy, Rule: "workflow step",
		ChatID: chat.String(), Handle: ledger.NewSecret(person.Handle.Full()), Because: tail.Because, Limits: s.cfg.Rails.Limits,
	}
	if tail.DryRun {
		return s.dryRun(ctx, order, chat, person)
	}
	if inputs.ChannelID != "" && isMessageTS(inputs.MessageTS) {
		order.ThreadTS = inputs.MessageTS
	}
	return order, nil
}

// previewTime bounds the look into a chat before a dry run, for which nobody waits.
const previewTime = 5 * time.Second

// dryRun is the order of a run that is to do nothing: it only looks at what would happen. If the ledger does not say
// what is under way, it refuses, for the workflow's people to run it again.
func (s *OneChat) dryRun(ctx context.Context, order ledger.Order, chat linq.ChatID, person parse.ParsedHandle) (ledger.Order, richtext.Text) {
	reading, cancel := context.WithTimeout(ctx, previewTime)
	defer cancel()
	looker := forecast.Forecaster{Chats: s.cfg.Chats, Lines: s.cfg.Lines, Region: s.cfg.Region}
	orders := []ledger.Order{order}
	if _, err := forecast.Foresee(ctx, s.cfg.UnderWay, orders, looker.Look(reading, order.Kind, chat, []parse.ParsedHandle{person})); err != nil {
		return ledger.Order{}, richtext.Say("linqbot cannot read its ledger, so what would happen is not known. %s Run the workflow again in a minute.", outcome.NothingDone(order.Kind))
	}
	return orders[0], nil
}

// isMessageTS tells a message's timestamp from the other things that can be mapped in its place, such
// as a link. Without one the report opens a thread of its own.
func isMessageTS(text string) bool {
	seconds, micros, _ := strings.Cut(text, ".")
	return seconds != "" && micros != "" && parse.DigitsOf(text) == seconds+micros
}

// reportSentAfter is how long a run waits for the person to be seen leaving, or for a pause to end, before it is
// completed with what is known.
const reportSentAfter = 30 * time.Second

// Outcome says how a run ends that follows r. Wait is positive while it does not end yet; refused is
// the sentence of a run that ends in an error.
func (s *OneChat) Outcome(r ledger.Request) (outputs Outputs, refused richtext.Text, wait time.Duration) {
	const look = 500 * time.Millisecond
	status := s.cfg.Explainer.Explain(r)
	outputs = Outputs{
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
		if rest := reportSentAfter - s.cfg.Now().Sub(r.SentAt); rest > 0 {
			return outputs, nil, min(look, rest)
		}
		return outputs, nil, 0
	case ledger.Accepted:
		if s.cfg.Explainer.Held(r).Holds() && s.cfg.Now().Sub(r.AcceptedAt) >= reportSentAfter {
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
