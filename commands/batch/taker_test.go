package batch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands/batch"
	"linqbot/commands/commandstest"
	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// batchRecorder takes batches as a ledger does, and answers with what the test says.
type batchRecorder struct {
	taken       []ledger.BatchOrder
	redelivered bool
	err         error
}

func (r *batchRecorder) AcceptBatch(_ context.Context, o ledger.BatchOrder) (ledger.Batch, bool, error) {
	if r.err != nil {
		return ledger.Batch{}, false, r.err
	}
	r.taken = append(r.taken, o)
	return ledger.Batch{BatchOrder: o, ID: commandstest.RequestID}, !r.redelivered, nil
}

// ourLine is the one line of an account.
type ourLine struct{}

func (ourLine) PhoneNumbers(context.Context) ([]linq.PhoneNumber, error) {
	return []linq.PhoneNumber{{Number: handle.New(commandstest.Line)}}, nil
}

// knownLines are those of an account whose line is known.
func knownLines(t *testing.T) *reconcile.OwnLines {
	t.Helper()
	lines := reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: ourLine{}, Logger: commandstest.Quiet()})
	_, err := lines.Ours(t.Context(), nil, handle.New(commandstest.Line))
	assert.NilError(t, err)
	return lines
}

func TestTake(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		person          string
		records         batchRecorder
		outcome, says   string
		recorded, fresh bool
	}{
		"recorded":             {person: commandstest.Ada, outcome: "recorded", recorded: true, fresh: true},
		"recorded before":      {person: commandstest.Ada, records: batchRecorder{redelivered: true}, outcome: "redelivered", recorded: true},
		"somebody protected":   {person: commandstest.Ben, says: "linqbot never removes"},
		"our own line":         {person: commandstest.Line, outcome: "own_line", says: "is your own line"},
		"not recorded":         {person: commandstest.Ada, records: batchRecorder{err: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded)}, outcome: "not_recorded", says: "This was not recorded"},
		"not sure if recorded": {person: commandstest.Ada, records: batchRecorder{err: errors.New("timeout")}, outcome: "not_recorded", says: "could not make sure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			logger := logrus.New()
			logger.SetOutput(&logged)
			record, counted := &commandstest.Audit{}, ""
			tally := func(source ledger.Source, outcome string) { counted += string(source) + " " + outcome }
			taker := batch.Taker{
				Gate:    policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}, Audit: record}),
				Rails:   rails.Rails{Protected: rails.Protect([]handle.Handle{handle.New(commandstest.Ben)}, "US")},
				Batches: &test.records, Lines: knownLines(t), Tally: tally, Said: "a test answered",
			}
			person, err := parse.Handle(test.person, "US")
			assert.NilError(t, err)
			people := []parse.ParsedHandle{person}
			in := invocation.Invocation{Delivery: "Tr1", TeamID: "T1", ChannelID: "C1", UserID: "U1"}
			order := batch.OrderOf(in, ledger.SlashCommand, "everyone", people, parse.Tail{})
			answer, recorded, fresh := taker.Take(t.Context(), logger.WithField("part", "test"), people, order)
			assert.Equal(t, recorded, test.recorded)
			assert.Equal(t, fresh, test.fresh)
			assert.Equal(t, len(answer) > 0, test.says != "")
			for _, text := range answer {
				assert.Assert(t, strings.Contains(text.String(), test.says), text.String())
			}
			assert.Equal(t, len(test.records.taken) == 1, recorded)
			if test.outcome == "" {
				assert.DeepEqual(t, record.Denials, []ledger.Denial{{
					Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: rails.DeniedProtected, Delivery: "Tr1",
				}})
				return
			}
			assert.Equal(t, counted, "command "+test.outcome)
			assert.Assert(t, strings.Contains(logged.String(), "outcome="+test.outcome), logged.String())
			assert.Assert(t, !strings.Contains(logged.String(), test.person[5:]), logged.String())
		})
	}
}
