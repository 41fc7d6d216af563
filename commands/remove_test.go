package commands_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/invocation"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// recorder takes orders as a ledger does, and answers with what the test says.
type recorder struct {
	orders  []ledger.Order
	answers map[string]ledger.Acceptance // by handle; what is not in it is recorded
	err     error
}

func (r *recorder) Accept(_ context.Context, orders []ledger.Order) ([]ledger.Acceptance, error) {
	if r.err != nil {
		return nil, r.err
	}
	r.orders = append(r.orders, orders...)
	var accepted []ledger.Acceptance
	for _, order := range orders {
		a, ok := r.answers[order.Handle.Value()]
		if !ok || a.Outcome != ledger.UnderWay {
			a.Request = ledger.Request{Order: order, ID: requestID, State: ledger.Accepted, AcceptedAt: askedAt()}
		}
		accepted = append(accepted, a)
	}
	return accepted, nil
}

func askedAt() time.Time { return time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC) }

func underWay(user string, thread ledger.Thread) ledger.Acceptance {
	return ledger.Acceptance{
		Outcome: ledger.UnderWay, Thread: thread,
		Request: ledger.Request{Order: ledger.Order{UserID: user, ChatID: chatID}, ID: requestID, State: ledger.Sent, AcceptedAt: askedAt()},
	}
}

func in1() invocation.Invocation {
	return invocation.Invocation{
		Delivery: "Tr1", TeamID: "T1", ChannelID: "C1", UserID: "U1", ResponseURL: "https://hooks.slack.test/commands/secret",
		Text: chatID + " (202) 555-0132",
	}
}

type removeRow struct {
	name    string
	text    string // after the chat id; Ada's number if empty
	whole   string // all of it, in place of the above
	policy  policy.Policy
	answers map[string]ledger.Acceptance
	err     error

	outcome string // in the log
	orders  int
}

func removeRows() []removeRow {
	var (
		standing = ledger.Posting{ChannelID: "C2", TS: "1741538710.000100"}
		inThread = ledger.Thread{Delivery: "Tr0", Route: ledger.InThread, Posting: standing}
		direct   = ledger.Thread{Delivery: "Tr0", Route: ledger.ByDirect, Posting: standing}
		response = ledger.Thread{Delivery: "Tr0", Route: ledger.ByResponseURL}
		posting  = ledger.Thread{Delivery: "Tr0", Route: ledger.InThread}
	)
	adaIs := func(a ledger.Acceptance) map[string]ledger.Acceptance { return map[string]ledger.Acceptance{ada: a} }
	return []removeRow{
		{name: "recorded", outcome: "recorded", orders: 1, text: ada},
		{name: "an e-mail", outcome: "recorded", orders: 1, text: carla},
		{name: "a guessed region", outcome: "recorded", orders: 1, text: "202 555 0132"},
		{name: "an unassigned number", outcome: "recorded", orders: 1, text: "+1 999 555 0132"},
		{name: "guessed and unassigned", outcome: "recorded", orders: 1, text: "999 555 0132"},
		{name: "several", outcome: "recorded", orders: 3, text: ada + ", " + ben + ", " + carla},
		{name: "redelivered", outcome: "redelivered", orders: 1, text: ada, answers: adaIs(ledger.Acceptance{Outcome: ledger.Redelivered})},
		{name: "under way, by someone else", outcome: "under_way", orders: 1, text: ada, answers: adaIs(underWay("U2", inThread))},
		{name: "under way, by the same person", outcome: "under_way", orders: 1, text: ada, answers: adaIs(underWay("U1", inThread))},
		{name: "under way, nothing posted yet", outcome: "under_way", orders: 1, text: ada, answers: adaIs(underWay("U2", ledger.Thread{}))},
		{name: "under way, the thread not known to be posted", outcome: "under_way", orders: 1, text: ada, answers: adaIs(underWay("U1", posting))},
		{name: "under way, told by direct message", outcome: "under_way", orders: 1, text: ada, answers: adaIs(underWay("U2", direct))},
		{name: "under way, told by response URL", outcome: "under_way", orders: 1, text: ada, answers: adaIs(underWay("U2", response))},
		{name: "one of two under way", outcome: "under_way", orders: 2, text: ada + ", " + ben, answers: adaIs(underWay("U2", inThread))},
		{name: "no arguments", whole: " ", outcome: "usage"},
		{name: "help", whole: "help", outcome: "usage"},
		{name: "no chat id", whole: "launch " + ada, outcome: "usage"},
		{name: "one bad handle of two", text: ada + ", 555", outcome: "usage"},
		{name: "denied", policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "denied before it is read", whole: "nonsense", policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "not recorded", outcome: "not_recorded", err: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded)},
		{name: "in doubt", outcome: "not_recorded", err: errors.New("not known whether recorded: timeout")},
		{name: "another error", outcome: "not_recorded", err: errors.New("no one expects this")},
	}
}

// run gives the command, and returns what was recorded, answered and logged.
func (row removeRow) run(t *testing.T) (*recorder, richtext.Answer, string) {
	t.Helper()
	var logged bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&logged)
	logger.SetLevel(logrus.TraceLevel)
	logger.SetFormatter(&logrus.JSONFormatter{})
	if len(row.policy.Users) == 0 {
		row.policy.Users = []string{"U1"}
	}
	r := &recorder{answers: row.answers, err: row.err}
	var counted tallied
	command := commands.NewRemove(commands.RemoveConfig{
		Gate:     policy.NewGate(policy.GateConfig{Policy: row.policy, Logger: logger, Tally: counted.of(t, ledger.SlashCommand)}),
		Recorder: r, Region: "US", Logger: logger, Tally: counted.of(t, ledger.SlashCommand),
	})
	in := in1()
	switch {
	case row.whole != "":
		in.Text = row.whole
	case row.text != "":
		in.Text = chatID + " " + row.text
	}
	answer := command.Run(t.Context(), in)
	counted.wantLogged(t, logged.String())
	return r, answer, logged.String()
}

func TestRemove(t *testing.T) {
	t.Parallel()
	for _, row := range removeRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, answer, logged := row.run(t)
			assert.Equal(t, len(r.orders), row.orders)
			assert.Equal(t, len(answer) == 0, row.outcome == "redelivered")
			assert.Assert(t, strings.Contains(logged, `"outcome":"`+row.outcome+`"`), logged)
			for _, text := range answer {
				assert.Assert(t, strings.HasSuffix(text.String(), "."), text.String())
			}
		})
	}
}

func TestRemoveAnswers(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, row := range removeRows() {
		_, answer, _ := row.run(t)
		fmt.Fprintf(&shown, "%s:\n", row.name)
		for _, text := range answer {
			fmt.Fprintf(&shown, "    %s\n", markedUp(text))
		}
	}
	golden.Assert(t, shown.String(), "remove/answers.golden")
}

// Logs are read by more people than the thread: no part of a number or an address may be in them.
func TestRemoveLogsNoHandle(t *testing.T) {
	t.Parallel()
	for _, row := range removeRows() {
		_, _, logged := row.run(t)
		assert.Assert(t, logged != "", row.name)
		for _, part := range []string{"2025550132", "555-0132", "555 0132", "5550132", "0132", "0143", "carla", "example.com", "secret"} {
			assert.Assert(t, !strings.Contains(logged, part), "%s: %q in %s", row.name, part, logged)
		}
	}
}

func TestRemoveLogs(t *testing.T) {
	t.Parallel()
	_, _, logged := removeRow{text: ada}.run(t)
	for _, field := range []string{`"user":"U1"`, `"channel":"C1"`, `"delivery":"Tr1"`, `"request":"00c0ffee"`, `"chat":"` + chatID + `"`, `"rule":"user U1"`} {
		assert.Assert(t, strings.Contains(logged, field), "%s in %s", field, logged)
	}
	_, _, logged = removeRow{text: "555"}.run(t)
	assert.Assert(t, strings.Contains(logged, `"usage_code":"number_too_short"`), logged)
}

func TestOrders(t *testing.T) {
	t.Parallel()
	r, _, _ := removeRow{whole: strings.ToUpper(chatID) + " (202) 555-0132\nCarla@Example.com"}.run(t)
	order := ledger.Order{
		Delivery: "Tr1", Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1",
		Rule: "user U1", ResponseURL: ledger.NewSecret(in1().ResponseURL), ChatID: chatID, Handle: ledger.NewSecret(ada),
	}
	second := order
	second.Handle = ledger.NewSecret("Carla@example.com")
	private := cmp.Comparer(func(a, b ledger.Secret) bool { return a.Value() == b.Value() })
	if diff := cmp.Diff([]ledger.Order{order, second}, r.orders, private); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if r.orders[1].Handle.Value() != second.Handle.Value() {
		t.Errorf("the second handle is %q", r.orders[1].Handle.Value())
	}
}
