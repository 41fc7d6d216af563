package commands_test

import (
	"context"
	"errors"
	"testing"

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
		ask  func(ctx context.Context, p commands.Policy)
		want ledger.Source
	}{
		"the command": {func(ctx context.Context, p commands.Policy) {
			commands.NewRemove(commands.RemoveConfig{Policy: p, Logger: quiet()}).Run(ctx, in)
		}, ledger.SlashCommand},
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
			commands.NewUndo(commands.UndoConfig{Policy: p, Records: noRecords{}, Logger: quiet()}).
				Run(ctx, commands.UndoClick{RequestID: "r1", TeamID: "T1", UserID: "U1"})
		}, ledger.UndoButton},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := &denials{err: errors.New("no ledger")}
			policy := commands.Policy{Users: []string{"U9"}, Denied: commands.RecordDenials(record, quiet())}
			test.ask(t.Context(), policy)
			assert.Equal(t, len(record.kept), 1)
			got := record.kept[0]
			assert.Equal(t, got.Source, test.want)
			assert.Equal(t, got.UserID+" "+got.TeamID+" "+got.Rule, "U1 T1 "+commands.DeniedByName)
		})
	}
}

type noRecords struct{ commands.UndoRecords }

func (noRecords) Request(context.Context, string) (ledger.Request, error) {
	return ledger.Request{}, ledger.ErrNotFound
}
