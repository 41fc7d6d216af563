package commands_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

type addRow struct {
	name    string
	text    string
	off     bool
	policy  policy.Policy
	answers map[string]ledger.Acceptance
	err     error

	outcome string // in the log
	orders  int
}

func addRows() []addRow {
	inThread := ledger.Thread{Delivery: "Tr0", Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C2", TS: "1741538710.000100"}}
	adds := underWay("U2", inThread)
	adds.Request.Kind = ledger.Add
	return []addRow{
		{name: "recorded", text: chatID + " " + ada, outcome: "recorded", orders: 1},
		{name: "a guessed region", text: chatID + " 202 555 0132", outcome: "recorded", orders: 1},
		{name: "several", text: chatID + " " + ada + ", " + ben + ", " + carla, outcome: "recorded", orders: 3},
		{name: "redelivered", text: chatID + " " + ada, outcome: "redelivered", orders: 1, answers: map[string]ledger.Acceptance{ada: {Outcome: ledger.Redelivered}}},
		{name: "under way", text: chatID + " " + ada, outcome: "under_way", orders: 1, answers: map[string]ledger.Acceptance{ada: adds}},
		{name: "no arguments", text: "", outcome: "usage"},
		{name: "help", text: "help", outcome: "usage"},
		{name: "a chat alone", text: chatID, outcome: "usage"},
		{name: "a short code", text: chatID + " 24365", outcome: "usage"},
		{name: "one bad handle of two", text: chatID + " " + ada + ", 555", outcome: "usage"},
		{name: "switched off", text: chatID + " " + ada, off: true, outcome: "denied"},
		{name: "switched off, nonsense", text: "nonsense", off: true, outcome: "denied"},
		{name: "denied", text: chatID + " " + ada, policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "denied, and switched off", text: chatID + " " + ada, off: true, policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "denied here", text: chatID + " " + ada, policy: policy.Policy{Users: []string{"U1"}, Channels: []string{"C9"}}, outcome: "denied"},
		{name: "not recorded", text: chatID + " " + ada, outcome: "not_recorded", err: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded)},
	}
}

func (row addRow) run(t *testing.T) (*recorder, *commandstest.Audit, richtext.Answer, string) {
	t.Helper()
	var logged bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&logged)
	logger.SetFormatter(&logrus.JSONFormatter{})
	if len(row.policy.Users) == 0 {
		row.policy.Users = []string{"U1"}
	}
	r, record := &recorder{answers: row.answers, err: row.err}, &commandstest.Audit{}
	var counted tallied
	command := commands.NewAdd(commands.AddConfig{
		Allowed: !row.off, Recorder: r, Region: "US", Logger: logger, Tally: counted.of(t, ledger.SlashCommand),
		Gate: policy.NewGate(policy.GateConfig{Policy: row.policy, Audit: record, Logger: logger, Tally: counted.of(t, ledger.SlashCommand)}),
	})
	in := in1()
	in.Text = row.text
	in.OpenForm = func(string) { t.Error("there is no form for it") }
	answer := command.Run(t.Context(), in)
	counted.wantLogged(t, logged.String())
	return r, record, answer, logged.String()
}

func TestAdd(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, row := range addRows() {
		r, _, answer, logged := row.run(t)
		assert.Equal(t, len(r.orders), row.orders, row.name)
		assert.Equal(t, len(answer) == 0, row.outcome == "redelivered", row.name)
		assert.Assert(t, strings.Contains(logged, `"outcome":"`+row.outcome+`"`), "%s: %s", row.name, logged)
		fmt.Fprintf(&shown, "%s:\n", row.name)
		for _, text := range answer {
			assert.Assert(t, !strings.Contains(text.String(), "remov"), "%s: %s", row.name, text)
			fmt.Fprintf(&shown, "    %s\n", markedUp(text))
		}
		for _, part := range []string{"2025550132", "555 0132", "0132", "carla", "secret"} {
			assert.Assert(t, !strings.Contains(logged, part), "%s: %q in %s", row.name, part, logged)
		}
	}
	golden.Assert(t, shown.String(), "add/answers.golden")
}

func TestOrdersOfAdditions(t *testing.T) {
	t.Parallel()
	r, _, _, _ := addRow{text: strings.ToUpper(chatID) + " (202) 555-0132"}.run(t)
	want := []ledger.Order{{
		Delivery: "Tr1", Kind: ledger.Add, Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1",
		Rule: "user U1", ResponseURL: ledger.NewSecret(in1().ResponseURL), ChatID: chatID, Handle: ledger.NewSecret(ada),
	}}
	private := cmp.Comparer(func(a, b ledger.Secret) bool { return a.Value() == b.Value() })
	if diff := cmp.Diff(want, r.orders, private); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// While adding is switched off, what was asked for is a denial on record. The same bytes again get nothing.
func TestAddingThatIsOffIsKept(t *testing.T) {
	t.Parallel()
	_, record, answer, _ := addRow{off: true, text: chatID + " " + ada}.run(t)
	assert.Assert(t, strings.Contains(shownAnswer(answer), "`ALLOW_ADDING=true`"), shownAnswer(answer))
	assert.DeepEqual(t, record.Denials, []ledger.Denial{{
		Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: policy.DeniedAdding, Delivery: "Tr1",
	}})
}

// A name in the place of the id is offered with the command that adds, and without the form that removes.
func TestAddingByAChatsName(t *testing.T) {
	t.Parallel()
	index := bookOf(t, "US", append(gallery(), manyChats(6)...)...)
	var shown strings.Builder
	for _, text := range []string{"Spring launch " + ada, "café launch 202 555 0132", "winter"} {
		in := in1()
		in.Text = text
		command := commands.NewAdd(commands.AddConfig{Allowed: true, Gate: gate(anyone(), &readings{}), Recorder: &recorder{}, Region: "US", Logger: quiet(), Book: index})
		fmt.Fprintf(&shown, "%s:\n%s", text, written(command.Run(t.Context(), in)))
	}
	assert.Assert(t, !strings.Contains(shown.String(), "emove"), shown.String())
	golden.Assert(t, shown.String(), "add/by_name.golden")
}
