package batch_test

import (
	"context"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/batch"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/audit"
)

type pauses struct{ pause ledger.Pause }

func (p pauses) Paused(context.Context) (ledger.Pause, error) { return p.pause, nil }

// A person who lets a batch go on while all removals are paused is told of the pause.
func TestAnswersTellThatRemovalsArePaused(t *testing.T) {
	t.Parallel()
	p := newPressed(t, policy.Policy{Users: []string{ada}})
	p.buttons = batch.NewButtons(batch.ButtonsConfig{
		Gate:    policy.NewGate(policy.GateConfig{Policy: policy.Policy{Users: []string{ada}}, Audit: p.ledger}),
		Batches: p.ledger, Logger: commandstest.Quiet(), Now: askedAt,
		Rails: rails.Rails{Pauses: pauses{ledger.Pause{UserID: ben, Reason: "wrong list", Since: askedAt()}}},
	})
	b := p.proposed(2)
	for _, step := range []struct {
		d    ledger.BatchDecision
		want bool
	}{{ledger.ConfirmBatch, true}, {ledger.PauseBatch, false}, {ledger.ResumeBatch, true}, {ledger.StopBatch, false}} {
		answer, _ := p.buttons.Decide(t.Context(), p.press(b, ada), step.d)
		assert.Equal(t, strings.Contains(text(answer), "Removals are paused: @U0BEN"), step.want, "%s: %s", step.d, text(answer))
	}
}

// A yes that is over a limit is refused in words, with when it is possible again, and is on record.
func TestAYesOverALimitIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]bool{"pressed": false, "typed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPressed(t, policy.Policy{Users: []string{ada}})
			rules := policy.Policy{Users: []string{ada}}
			p.buttons = batch.NewButtons(batch.ButtonsConfig{
				Gate: policy.NewGate(policy.GateConfig{Policy: rules, Audit: p.ledger, Logger: commandstest.Quiet()}), Batches: p.ledger,
				Logger: commandstest.Quiet(), Now: askedAt, Rails: rails.Rails{Limits: ledger.Limits{PerHour: 1}},
			})
			_, changed := p.buttons.Decide(t.Context(), p.press(p.proposed(2), ada), ledger.ConfirmBatch)
			assert.Assert(t, changed)
			b := p.proposed(2)
			press := p.press(b, ada)
			confirm := func() richtext.Answer {
				if typed {
					answer, closed, wrong := p.buttons.ConfirmTyped(t.Context(), press, "2")
					assert.Equal(t, wrong, "")
					assert.Assert(t, !closed, "the proposal stays, to be answered later")
					return answer
				}
				answer, closed := p.buttons.Decide(t.Context(), press, ledger.ConfirmBatch)
				assert.Assert(t, !closed)
				return answer
			}
			said := text(confirm())
			assert.Assert(t, strings.Contains(said, "you would have asked for more than 1 removal within an hour") && strings.Contains(said, "It is possible again at"), said)
			assert.Equal(t, p.state(b), ledger.Proposed)
			assert.Equal(t, text(confirm()), "", "the same press again")
			denials := 0
			for row, err := range audit.Rows(t.Context(), p.ledger.Reader(), audit.Filter{State: ledger.Denied}) {
				assert.NilError(t, err)
				assert.Equal(t, row.Rule, rails.DeniedByHour)
				denials++
			}
			assert.Equal(t, denials, 1)
		})
	}
}
