package commands_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

type pickRow struct {
	name    string
	people  []string // Ada if empty
	channel string   // C1 if empty, none if -
	policy  policy.Policy
	answers map[string]ledger.Acceptance
	err     error

	recorded bool
	outcome  string
}

func pickRows() []pickRow {
	under := map[string]ledger.Acceptance{ada: underWay("U2", ledger.Thread{Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C2", TS: "1741538710.000100"}})}
	again := map[string]ledger.Acceptance{ada: {Outcome: ledger.Redelivered}}
	return []pickRow{
		{name: "one", recorded: true, outcome: "recorded"},
		{name: "several", people: []string{ada, carla, ben}, recorded: true, outcome: "recorded"},
		{name: "sent twice", answers: again, recorded: true, outcome: "redelivered"},
		{name: "from no channel", channel: "-", recorded: true, outcome: "recorded"},
		{name: "a number that its country does not give out", people: []string{"+19995550132"}, recorded: true, outcome: "recorded"},
		{name: "a handle that is no number", people: []string{"12345"}, recorded: true, outcome: "recorded"},
		{name: "under way", answers: under, outcome: "under_way"},
		{name: "some under way", people: []string{ada, ben}, answers: under, outcome: "under_way"},
		{name: "denied", policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "denied in the channel", policy: policy.Policy{Users: []string{"U1"}, Channels: []string{"C9"}}, outcome: "denied"},
		{name: "not recorded", err: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded), outcome: "not_recorded"},
		{name: "in doubt", err: errors.New("not known whether recorded: timeout"), outcome: "not_recorded"},
	}
}

func (row pickRow) pick(t *testing.T) (r *recorder, answer richtext.Answer, recorded bool, logged string) {
	t.Helper()
	var log bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&log)
	logger.SetFormatter(&logrus.JSONFormatter{})
	if len(row.policy.Users) == 0 {
		row.policy.Users = []string{"U1"}
	}
	in := in1()
	in.Delivery, in.Text, in.ResponseURL, in.ThreadTS = "view-V1", "ignored", "", "1741538710.000100"
	if row.channel != "" {
		in.ChannelID = strings.Trim(row.channel, "-")
	}
	if len(row.people) == 0 {
		row.people = []string{ada}
	}
	var people []handle.Handle
	for _, person := range row.people {
		people = append(people, handle.New(person))
	}
	id, err := linq.ParseChatID(chatID)
	assert.NilError(t, err)
	r = &recorder{answers: row.answers, err: row.err}
	var counted tallied
	command := commands.NewRemove(commands.RemoveConfig{
		Gate:     policy.NewGate(policy.GateConfig{Policy: row.policy, Logger: logger, Tally: counted.of(t, ledger.Modal)}),
		Recorder: r, Region: "DE", Logger: logger, Confirm: true, Tally: counted.of(t, ledger.Modal),
	})
	answer, recorded = command.Pick(t.Context(), in, id, people)
	counted.wantLogged(t, log.String())
	return r, answer, recorded, log.String()
}

func TestPick(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, row := range pickRows() {
		_, answer, recorded, logged := row.pick(t)
		assert.Equal(t, recorded, row.recorded, row.name)
		assert.Assert(t, strings.Contains(logged, `"outcome":"`+row.outcome+`"`), "%s: %s", row.name, logged)
		for _, part := range []string{"0132", "0143", "carla", "12345"} {
			assert.Assert(t, !strings.Contains(logged, part), "%s: %q in %s", row.name, part, logged)
		}
		fmt.Fprintf(&shown, "%s:\n%s", row.name, written(answer))
	}
	golden.Assert(t, shown.String(), "pick/answers.golden")
}

// The chat's own spelling is what Linq is sent, and choosing is the confirmation.
func TestPickedOrders(t *testing.T) {
	t.Parallel()
	r, _, _, _ := pickRow{people: []string{"Carla.Doe@EXAMPLE.com", "+12025550132", "12345", " odd "}}.pick(t)
	var want []ledger.Order
	for _, handle := range []string{"Carla.Doe@EXAMPLE.com", "+12025550132", "12345", " odd "} {
		want = append(want, ledger.Order{
			Delivery: "view-V1", Kind: ledger.Remove, Source: ledger.Modal, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "user U1",
			ThreadTS: "1741538710.000100", ChatID: chatID, Handle: ledger.NewSecret(handle),
		})
	}
	private := cmp.Comparer(func(a, b ledger.Secret) bool { return a.Value() == b.Value() })
	if diff := cmp.Diff(want, r.orders, private); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestInternational(t *testing.T) {
	t.Parallel()
	for person, want := range map[string]string{
		ada: "+1 202-555-0132", "+493090182000": "+49 30 90182000", "Carla@Example.com": "Carla@example.com", "12345": "12345", "": "",
	} {
		assert.Equal(t, parse.International(handle.New(person)), want)
	}
}

// A person who may not act is told so before there is anything to pick, in the words of the form itself.
func TestMayOpen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy policy.Policy
		want   string // "": it opens
	}{
		"named":              {policy.Policy{Users: []string{"U1"}}, ""},
		"not named":          {policy.Policy{Users: []string{"U9"}}, "⛔ You may not remove people from Linq chats. Ask someone who may: @U9."},
		"in another channel": {policy.Policy{Everyone: true, Channels: []string{"C9"}}, "⛔ Removals are not allowed in this channel. Ask for them in #C9."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counted := map[string]int{}
			command := commands.NewRemove(commands.RemoveConfig{
				Gate: policy.NewGate(policy.GateConfig{
					Policy: test.policy, Tally: func(source ledger.Source, outcome string) { counted[string(source)+" "+outcome]++ },
				}),
				Logger: quiet(),
				Tally:  func(source ledger.Source, outcome string) { counted[string(source)+" "+outcome]++ },
			})
			answer, may := command.MayOpen(t.Context(), in1(), func() string { return "" })
			assert.Equal(t, may, test.want == "")
			if may {
				assert.Equal(t, len(answer), 0)
				assert.Equal(t, len(counted), 0)
				return
			}
			assert.Equal(t, len(answer), 1)
			assert.Equal(t, answer[0].String(), test.want)
			assert.DeepEqual(t, counted, map[string]int{string(ledger.Modal) + " denied": 1})
		})
	}
}
