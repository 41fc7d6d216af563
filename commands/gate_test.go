package commands_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/ledger"
	"linqbot/linq"
)

// denials keeps what it is told.
type denials struct {
	kept []ledger.Denial
	err  error
}

func (d *denials) Deny(_ context.Context, denial ledger.Denial) error {
	d.kept = append(d.kept, denial)
	return d.err
}

// What the policy says no to is kept, whichever way it was asked for, and a record that cannot be
// kept changes nothing.
func TestDenialsAreKept(t *testing.T) {
	t.Parallel()
	in := commands.Invocation{Delivery: "d1", TeamID: "T1", ChannelID: "C1", UserID: "U1", Text: "help"}
	step := ledger.Execution{ID: "Fx1", TeamID: "T1", Inputs: ledger.Conceal(
		`{"chat_id":"3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11","handle":"+14155550132","channel_id":"C1","requested_by":"U1"}`)}
	for name, test := range map[string]struct {
		ask    func(ctx context.Context, p commands.Policy)
		source ledger.Source
	}{
		"the command": {func(ctx context.Context, p commands.Policy) {
			commands.NewRemove(commands.RemoveConfig{Policy: p, Logger: quiet()}).Run(ctx, in)
		}, ledger.SlashCommand},
		"opening the form": {func(ctx context.Context, p commands.Policy) {
			commands.NewRemove(commands.RemoveConfig{Policy: p, Logger: quiet()}).MayOpen(ctx, in)
		}, ledger.Modal},
		"the form": {func(ctx context.Context, p commands.Policy) {
			commands.NewRemove(commands.RemoveConfig{Policy: p, Logger: quiet()}).Pick(ctx, in, linq.ChatID{}, nil)
		}, ledger.Modal},
		"the list of chats": {func(ctx context.Context, p commands.Policy) {
			commands.NewFindChats(commands.FindChatsConfig{Policy: p, Logger: quiet()}).Run(ctx, in)
		}, ledger.ChatList},
		"the step": {func(ctx context.Context, p commands.Policy) {
			commands.NewWorkflow(commands.WorkflowConfig{Policy: p, Region: "US"}).Order(ctx, step)
		}, ledger.WorkflowStep},
		"adding back": {func(ctx context.Context, p commands.Policy) {
			commands.NewUndo(commands.UndoConfig{Policy: p, Records: oneRemoval{}, Logger: quiet()}).
				Run(ctx, commands.UndoClick{RequestID: "r1", TeamID: "T1", UserID: "U1"})
		}, ledger.UndoButton},
		"the yes to a question": {func(ctx context.Context, p commands.Policy) {
			commands.NewRemove(commands.RemoveConfig{Policy: p, Questions: oneQuestion{}, Logger: quiet()}).
				Decide(ctx, commands.Click{Subject: "d1", TeamID: "T1", ChannelID: "C1", UserID: "U1"}, true)
		}, ledger.Answered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := &denials{err: errors.New("no ledger")}
			policy := commands.Policy{Users: []string{"U9"}, Denied: commands.RecordDenials(record, quiet())}
			test.ask(t.Context(), policy)
			assert.DeepEqual(t, record.kept, []ledger.Denial{{
				Source: test.source, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: commands.DeniedByName,
			}})
		})
	}
}

// A look-up that has used up the time for an answer takes none from the record of its denial, which in
// turn does not keep the answer for long.
func TestADenialIsKeptWhenTimeIsUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	record := &timed{}
	commands.RecordDenials(record, quiet())(ctx, ledger.Denial{UserID: "U1", Rule: commands.DeniedUnknown})
	assert.NilError(t, record.err)
	assert.Assert(t, record.left > 0 && record.left <= 300*time.Millisecond, "%s", record.left)
}

// timed notes how much time a record is given.
type timed struct {
	left time.Duration
	err  error
}

func (r *timed) Deny(ctx context.Context, _ ledger.Denial) error {
	until, _ := ctx.Deadline()
	r.left, r.err = time.Until(until), ctx.Err()
	return r.err
}

// oneQuestion is the question of U1 in C1, which is open.
type oneQuestion struct{ commands.Questions }

func (oneQuestion) View(context.Context, string) (ledger.View, error) {
	return ledger.View{Requests: []ledger.Request{{
		Order: ledger.Order{Delivery: "d1", ChannelID: "C1", UserID: "U1"}, State: ledger.Asked,
	}}}, nil
}

// oneRemoval was asked for in C1.
type oneRemoval struct{ commands.UndoRecords }

func (oneRemoval) Request(context.Context, string) (ledger.Request, error) {
	return ledger.Request{Order: ledger.Order{ChannelID: "C1"}}, nil
}
