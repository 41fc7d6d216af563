package batch_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/batch"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
)

const (
	ada     = "U0ADA"
	ben     = "U0BEN"
	channel = "C0OPS"
)

// pressed is a ledger with buttons in front of it. Its clock can be moved.
type pressed struct {
	*testing.T
	ledger  *ledger.Ledger
	buttons *batch.Buttons
	past    atomic.Int64
	presses atomic.Int64
}

func newPressed(t *testing.T, rules policy.Policy) *pressed {
	t.Helper()
	p := &pressed{T: t}
	now := func() time.Time { return askedAt().Add(time.Duration(p.past.Load())) }
	var err error
	p.ledger, err = ledger.Open(t.Context(), ledger.Config{URL: migrated.SQLite(t), Logger: commandstest.Quiet(), Now: now})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.Check(t, p.ledger.Close()) })
	p.buttons = batch.NewButtons(batch.ButtonsConfig{
		Gate: policy.NewGate(policy.GateConfig{Policy: rules, Audit: p.ledger}), Batches: p.ledger, Logger: commandstest.Quiet(), Now: now,
	})
	return p
}

// proposed is a batch of so many chats that waits for a yes of Ada's.
func (p *pressed) proposed(chats int) ledger.Batch {
	p.Helper()
	b, _, err := p.ledger.AcceptBatch(p.Context(), ledger.BatchOrder{
		Delivery: fmt.Sprint("d", p.presses.Add(1)), Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand,
		TeamID: "T1", ChannelID: channel, UserID: ada, Handles: []ledger.Secret{ledger.NewSecret(commandstest.Ada)}, Asks: true,
	})
	assert.NilError(p, err)
	plan := ledger.Plan{AskFor: 10 * time.Minute}
	for _, item := range results(chats, none) {
		plan.Items = append(plan.Items, item.BatchItem)
	}
	b, err = p.ledger.Propose(p.Context(), b.ID, plan)
	assert.NilError(p, err)
	return b
}

func (p *pressed) press(b ledger.Batch, user string) batch.Press {
	return batch.Press{Delivery: fmt.Sprint("p", p.presses.Add(1)), BatchID: b.ID, TeamID: "T1", UserID: user, ChannelID: channel}
}

func (p *pressed) state(b ledger.Batch) ledger.BatchState {
	p.Helper()
	b, err := p.ledger.Batch(p.Context(), b.ID)
	assert.NilError(p, err)
	return b.State
}

func text(answer richtext.Answer) string {
	var all []string
	for _, paragraph := range answer {
		all = append(all, paragraph.String())
	}
	return strings.Join(all, "\n")
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	both := policy.Policy{Users: []string{ada, ben}}
	type step struct {
		user   string
		do     ledger.BatchDecision
		after  time.Duration
		want   string // in the answer
		state  ledger.BatchState
		closed bool
	}
	for name, test := range map[string]struct {
		rules policy.Policy
		chats int
		steps []step
	}{
		"yes, once": {both, 2, []step{
			{ada, ledger.ConfirmBatch, 0, "is recorded", ledger.Running, true},
			{ada, ledger.ConfirmBatch, 0, "under way already", ledger.Running, true},
			{ada, ledger.DeclineBatch, 0, "under way already", ledger.Running, true},
		}},
		"no": {both, 2, []step{
			{ada, ledger.DeclineBatch, 0, "is cancelled. Nothing was changed", ledger.Declined, true},
			{ada, ledger.ConfirmBatch, 0, "was cancelled before, by you", ledger.Declined, true},
		}},
		"too late": {both, 2, []step{{ada, ledger.ConfirmBatch, 10 * time.Minute, "not confirmed within 10 minutes", ledger.Proposed, true}}},
		"somebody else's yes and no": {both, 2, []step{
			{ben, ledger.ConfirmBatch, 0, "Only @U0ADA, who asked", ledger.Proposed, false},
			{ben, ledger.DeclineBatch, 0, "Only @U0ADA, who asked", ledger.Proposed, false},
		}},
		"too much for a press":   {both, 21, []step{{ada, ledger.ConfirmBatch, 0, "21 chats is too much for a press alone", ledger.Proposed, false}}},
		"as much as a press may": {both, 20, []step{{ada, ledger.ConfirmBatch, 0, "is recorded", ledger.Running, true}}},
		"pause, resume, stop, by whoever may": {both, 2, []step{
			{ada, ledger.PauseBatch, 0, "waits for the yes of @U0ADA", ledger.Proposed, false},
			{ada, ledger.ConfirmBatch, 0, "is recorded", ledger.Running, true},
			{ben, ledger.PauseBatch, 0, "Paused: nothing new is sent", ledger.Paused, false},
			{ada, ledger.PauseBatch, 0, "paused already, by @U0BEN", ledger.Paused, false},
			{ada, ledger.ResumeBatch, 0, "It goes on", ledger.Running, false},
			{ada, ledger.ResumeBatch, 0, "under way already", ledger.Running, false},
			{ben, ledger.StopBatch, 0, "Stopped: nothing new is sent any more. 0 removed, 2 not removed", ledger.Stopped, false},
			{ada, ledger.StopBatch, 0, "stopped before, by @U0BEN: 0 removed, 2 not removed", ledger.Stopped, false},
			{ben, ledger.StopBatch, 0, "stopped before, by you", ledger.Stopped, false},
		}},
		"who may not": {policy.Policy{Users: []string{ada}}, 2, []step{
			{ben, ledger.ConfirmBatch, 0, "⛔", ledger.Proposed, false},
			{ben, ledger.DeclineBatch, 0, "⛔", ledger.Proposed, false},
			{ada, ledger.ConfirmBatch, 0, "is recorded", ledger.Running, true},
			{ben, ledger.PauseBatch, 0, "⛔", ledger.Running, false},
			{ben, ledger.StopBatch, 0, "⛔", ledger.Running, false},
		}},
		"the one who asked may not any more": {policy.Policy{Users: []string{ben}}, 2, []step{
			{ada, ledger.ConfirmBatch, 0, "⛔", ledger.Proposed, false},
			{ada, ledger.DeclineBatch, 0, "is cancelled", ledger.Declined, true},
		}},
		"the channel is not allowed any more": {policy.Policy{Everyone: true, Channels: []string{"C0OTHER"}}, 2, []step{
			{ada, ledger.ConfirmBatch, 0, "⛔", ledger.Proposed, false},
			{ada, ledger.DeclineBatch, 0, "is cancelled", ledger.Declined, true},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPressed(t, test.rules)
			b := p.proposed(test.chats)
			for i, step := range test.steps {
				p.past.Add(int64(step.after))
				answer, closed := p.buttons.Decide(t.Context(), p.press(b, step.user), step.do)
				assert.Assert(t, strings.Contains(text(answer), step.want), "%d: %s", i, text(answer))
				assert.Equal(t, closed, step.closed, "%d", i)
				assert.Equal(t, p.state(b), step.state, "%d", i)
			}
		})
	}
}

// The bytes of a press that are sent again do nothing, and answer nothing.
func TestAPressCountsOnce(t *testing.T) {
	t.Parallel()
	p := newPressed(t, policy.Policy{Everyone: true})
	b := p.proposed(2)
	_, _ = p.buttons.Decide(t.Context(), p.press(b, ada), ledger.ConfirmBatch)
	pause := p.press(b, ada)
	for i := range 2 {
		answer, _ := p.buttons.Decide(t.Context(), pause, ledger.PauseBatch)
		assert.Equal(t, len(answer), 1-i)
		_, _ = p.buttons.Decide(t.Context(), p.press(b, ada), ledger.ResumeBatch)
		assert.Equal(t, p.state(b), ledger.Running)
	}
	answer, _ := p.buttons.Decide(t.Context(), batch.Press{Delivery: "x", BatchID: "unknown", UserID: ada, ChannelID: channel}, ledger.StopBatch)
	assert.Assert(t, strings.Contains(text(answer), "no record of this"), text(answer))
}

func TestTheNumberIsTyped(t *testing.T) {
	t.Parallel()
	for typed, right := range map[string]bool{"1234": true, " 1,234 ": true, "1.234": true, "1 234": true, "123": false, "": false, "all": false, "01234": false} {
		p := newPressed(t, policy.Policy{Everyone: true})
		b := p.proposed(1234)
		_, answer, may := p.buttons.MayType(t.Context(), p.press(b, ben))
		assert.Assert(t, !may && strings.Contains(text(answer), "Only @U0ADA"), text(answer))
		question, _, may := p.buttons.MayType(t.Context(), p.press(b, ada))
		assert.Assert(t, may)
		assert.Equal(t, question.Label, "Type 1234")
		form := p.press(b, ada)
		answer, _, wrong := p.buttons.ConfirmTyped(t.Context(), form, typed)
		if !right {
			assert.Equal(t, wrong, "That is not the number. To go on, type 1234, for 1234 chats.", typed)
			assert.Equal(t, p.state(b), ledger.Proposed)
			form = p.press(b, ada)
			answer, _, wrong = p.buttons.ConfirmTyped(t.Context(), form, "1234") // in the same form
		}
		assert.Equal(t, wrong, "")
		assert.Assert(t, strings.Contains(text(answer), "is recorded"), text(answer))
		assert.Equal(t, p.state(b), ledger.Running)
		_, answer, may = p.buttons.MayType(t.Context(), p.press(b, ada))
		assert.Assert(t, !may && strings.Contains(text(answer), "under way already"), text(answer))
	}
}

// removedAll carries a batch out, as the jobs would.
func (p *pressed) removedAll(b ledger.Batch) {
	p.Helper()
	again := func(context.Context, string) (time.Duration, error) { return 0, nil }
	assert.NilError(p, p.ledger.Start(p.Context(), ledger.Workers{
		Try: func(ctx context.Context, id string) (time.Duration, error) {
			r, err := p.ledger.Request(ctx, id)
			if err != nil || r.State.Final() {
				return 0, err
			}
			r.State, r.EndedAt = ledger.Removed, askedAt()
			_, err = p.ledger.Save(ctx, r, ledger.Change{Cause: "seen"})
			return 0, err
		},
		Confirm: again, Show: again, Execute: again, Plan: again, ShowBatch: again,
	}))
	defer func() { assert.Check(p, p.ledger.Stop(context.Background())) }()
	for began := time.Now(); p.state(b) != ledger.Finished; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			p.Fatal("the batch does not end")
		}
	}
}

func TestABatchIsTakenBackOnce(t *testing.T) {
	t.Parallel()
	p := newPressed(t, policy.Policy{Users: []string{ada, ben}})
	b := p.proposed(2)
	refused := func(user, want string) {
		t.Helper()
		answer := p.buttons.AddBack(t.Context(), p.press(b, user))
		assert.Assert(t, strings.Contains(text(answer), want), text(answer))
	}
	refused(ada, "has not ended yet")
	_, _ = p.buttons.Decide(t.Context(), p.press(b, ada), ledger.ConfirmBatch)
	p.removedAll(b)
	refused("U0EVE", "⛔")

	var said sync.Map
	var all sync.WaitGroup
	for i := range 4 {
		press := p.press(b, []string{ada, ben}[i%2])
		all.Go(func() { said.Store(i, text(p.buttons.AddBack(t.Context(), press))) })
	}
	all.Wait()
	recorded := 0
	said.Range(func(_, answer any) bool {
		if strings.Contains(answer.(string), "Looking through") {
			recorded++
		} else {
			assert.Check(t, strings.Contains(answer.(string), "already asked for by @U0"), answer)
		}
		return true
	})
	assert.Equal(t, recorded, 1)
	undone, err := p.ledger.BatchUndoneBy(t.Context(), b.ID)
	assert.NilError(t, err)
	assert.Equal(t, undone.Job, ledger.AddBack)
	assert.Assert(t, undone.Asks, "it asks first")

	// Declined, it may be asked for again, for a day.
	_, err = p.ledger.Propose(t.Context(), undone.ID, ledger.Plan{AskFor: 10 * time.Minute, Items: []ledger.BatchItem{{Position: 1, ChatID: "c", Handle: ledger.NewSecret(commandstest.Ada)}}})
	assert.NilError(t, err)
	_, changed, err := p.ledger.DecideBatch(t.Context(), undone.ID, ledger.DeclineBatch, undone.UserID, ledger.Limits{})
	assert.NilError(t, err)
	assert.Assert(t, changed)
	p.past.Add(int64(24 * time.Hour))
	refused(ada, "more than 24 hours ago")
	p.past.Add(-int64(time.Minute))
	answer := p.buttons.AddBack(t.Context(), p.press(b, ada))
	assert.Assert(t, strings.Contains(text(answer), "Looking through"), text(answer))
}
