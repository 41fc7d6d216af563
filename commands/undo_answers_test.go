package commands_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

func TestUndoIsNotTriedWithoutEnd(t *testing.T) {
	t.Parallel()
	never := &refusing{}
	undo := commands.NewUndo(commands.UndoConfig{
		Gate: gate(anyone(), nil), Recorder: never, Logger: quiet(), Now: askedAt,
		Records: undoRecords{removal: removedRequest()},
	})
	assert.Equal(t, shownAnswer(undo.Run(t.Context(), commands.UndoClick{RequestID: requestID, UserID: "U1"})),
		"⛔ Adding +1 ••• ••• 0132 back to *Spring launch* was asked for 50 times already, and is not tried again. "+
			"Look into the chat; if they are not in it, ask someone who is to add them.")
	assert.Equal(t, len(never.deliveries), 50)
}

// refusing is a ledger in which whatever is asked for was refused an hour ago.
type refusing struct{ deliveries map[string]bool }

func (r *refusing) Accept(_ context.Context, orders []ledger.Order) ([]ledger.Acceptance, error) {
	if r.deliveries == nil {
		r.deliveries = map[string]bool{}
	}
	r.deliveries[orders[0].Delivery] = true
	return []ledger.Acceptance{{
		Outcome: ledger.Redelivered,
		Request: ledger.Request{Order: orders[0], ID: requestID, State: ledger.Refused, AcceptedAt: askedAt().Add(-time.Hour)},
	}}, nil
}

// undoRecords answer with what the test says.
type undoRecords struct {
	removal, undone ledger.Request
	err, undoneErr  error
}

func (r undoRecords) Request(context.Context, string) (ledger.Request, error) {
	return r.removal, r.err
}

func (r undoRecords) UndoneBy(context.Context, string) (ledger.Request, error) {
	if r.undoneErr == nil && r.undone.ID == "" {
		return ledger.Request{}, ledger.ErrNotFound
	}
	return r.undone, r.undoneErr
}

// removedRequest is a removal that was asked for in C1 and has just happened.
func removedRequest() ledger.Request {
	return ledger.Request{
		Order:    ledger.Order{Kind: ledger.Remove, ChannelID: "C1", ChatID: chatID, Handle: ledger.NewSecret(ada)},
		ID:       requestID,
		ChatName: "Spring launch",
		State:    ledger.Removed,
		EndedAt:  askedAt(),
	}
}

func TestUndoAnswers(t *testing.T) {
	t.Parallel()
	removal := removedRequest()
	by := func(user string, r ledger.Request) ledger.Request {
		r.ID, r.ChatID, r.Handle = requestID, chatID, ledger.NewSecret(ada)
		r.AcceptedAt, r.UserID, r.Kind, r.Undoes = askedAt(), user, ledger.Add, requestID
		return r
	}
	var shown strings.Builder
	for _, row := range []struct {
		name    string
		records undoRecords
		take    error // what the recorder says
		after   time.Duration
		policy  policy.Policy
		outcome string
		adds    int
	}{
		{name: "recorded", outcome: "recorded", adds: 1},
		{name: "denied", policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "unknown", records: undoRecords{err: fmt.Errorf("load: %w", ledger.ErrNotFound)}, outcome: "unknown"},
		{name: "too late", after: 25 * time.Hour, outcome: "not_offered"},
		{
			name: "too late, and added already", after: 25 * time.Hour, outcome: "asked_before",
			records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Added, People: 5})},
		},
		{name: "not removed", records: undoRecords{removal: by("U1", ledger.Request{State: ledger.Added})}, outcome: "not_offered"},
		{name: "queued already", records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Sent})}, outcome: "asked_before"},
		{name: "added already", records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Added, People: 5})}, outcome: "asked_before"},
		{name: "added already, by the same person", records: undoRecords{undone: by("U1", ledger.Request{State: ledger.Added})}, outcome: "asked_before"},
		{name: "unconfirmed", records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Unconfirmed})}, outcome: "asked_before"},
		{name: "not recorded", take: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded), outcome: "not_recorded"},
		{name: "in doubt", take: errors.New("not known whether recorded: timeout"), outcome: "not_recorded"},
		{name: "unreadable", records: undoRecords{err: errors.New("disk gone")}, outcome: "not_recorded"},
		{name: "unreadable in between", records: undoRecords{undoneErr: errors.New("disk gone")}, outcome: "not_recorded"},
	} {
		var logged bytes.Buffer
		logger := logrus.New()
		logger.SetOutput(&logged)
		if row.records.removal.ID == "" && row.records.err == nil {
			row.records.removal = removal
		}
		if len(row.policy.Users) == 0 {
			row.policy = anyone()
		}
		r := &recorder{err: row.take}
		var counted []string
		count := func(_ ledger.Source, outcome string) { counted = append(counted, outcome) }
		undo := commands.NewUndo(commands.UndoConfig{
			Gate:     policy.NewGate(policy.GateConfig{Policy: row.policy, Logger: logger, Tally: count}),
			Recorder: r, Records: row.records, Logger: logger, Tally: count,
			Now: func() time.Time { return askedAt().Add(cmp.Or(row.after, time.Minute)) },
		})
		answer := undo.Run(t.Context(), commands.UndoClick{RequestID: requestID, UserID: "U1", ChannelID: "C1"})
		assert.Equal(t, len(r.orders), row.adds, row.name)
		assert.Assert(t, strings.Contains(logged.String(), "outcome="+row.outcome), "%s: %s", row.name, logged.String())
		assert.DeepEqual(t, counted, []string{row.outcome})
		assert.Assert(t, !strings.Contains(logged.String(), "0132"), logged.String())
		for _, text := range answer {
			assert.Assert(t, strings.HasSuffix(text.String(), ".") && !commandstest.ShowsHandle(strings.ReplaceAll(text.String(), "2026-03-09", "")), text.String())
		}
		fmt.Fprintf(&shown, "%s: %s\n", row.name, shownAnswer(answer))
	}
	golden.Assert(t, shown.String(), "undo/answers.golden")
}
