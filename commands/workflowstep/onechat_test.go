package workflowstep_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
)

// brokenDirectory does not know who is in a group.
type brokenDirectory struct{}

func (brokenDirectory) InGroup(context.Context, string, string) (bool, error) {
	return false, errors.New("slack: internal_error")
}

type orderRow struct {
	name    string
	encoded string
	changed map[string]any
	off     bool
	policy  policy.Policy
	region  string // US if empty

	want func(*ledger.Order) // how the order differs from the plainest; nil: refused
}

func orderRows() []orderRow {
	plain := func(*ledger.Order) {}
	channel := func(o *ledger.Order) { o.ChannelID = "C1" }
	inChannels := policy.Policy{Channels: []string{"C7", "C8"}}
	return []orderRow{
		{name: "the required inputs", want: plain},
		{name: "a chat id in capitals, in backticks", changed: object{"chat_id": " `" + strings.ToUpper(chatID) + "` "}, want: plain},
		{name: "a handle as Slack writes it", changed: object{"handle": "<tel:+12025550132|(202) 555-0132>"}, want: plain},
		{name: "an e-mail", changed: object{"handle": "<mailto:carla@example.com|carla@example.com>"}, want: func(o *ledger.Order) { o.Handle = ledger.NewSecret(carla) }},
		{name: "a number of another region", region: "DE", changed: object{"handle": "030 901820"}, want: func(o *ledger.Order) { o.Handle = ledger.NewSecret("+4930901820") }},
		{name: "unknown inputs", changed: object{"mood": "good"}, want: plain},
		{name: "optional inputs that are null", encoded: strings.Replace(inputs(nil), "{", `{"channel_id":null,"message_ts":null,"requested_by":null,`, 1), want: plain},
		{name: "empty optional inputs", changed: object{"channel_id": "", "message_ts": "", "requested_by": ""}, want: plain},
		{name: "a channel", changed: object{"channel_id": "C1"}, want: channel},
		{
			name: "a thread", changed: object{"channel_id": "C1", "message_ts": "1741538710.000100"},
			want: func(o *ledger.Order) { o.ChannelID, o.ThreadTS = "C1", "1741538710.000100" },
		},
		{name: "a message without a channel is nowhere", changed: object{"message_ts": "1741538710.000100"}, want: plain},
		{name: "a link in place of a message", changed: object{"channel_id": "C1", "message_ts": "https://acme.slack.com/archives/C1/p1741538710000100"}, want: channel},
		{name: "half a timestamp", changed: object{"channel_id": "C1", "message_ts": "1741538710."}, want: channel},
		{name: "somebody who may", policy: policy.Policy{Users: []string{"U2"}}, changed: object{"requested_by": "U2"}, want: func(o *ledger.Order) { o.UserID = "U2" }},
		{name: "nobody, and only some may", policy: policy.Policy{Users: []string{"U2"}}, want: plain},
		{name: "a channel that is allowed", policy: inChannels, changed: object{"channel_id": "C8"}, want: func(o *ledger.Order) { o.ChannelID = "C8" }},
		{name: "no channel, and only some are allowed", policy: inChannels, want: plain},

		{name: "switched off", off: true},
		{name: "no JSON", encoded: "chat_id"},
		{name: "no chat", changed: object{"chat_id": nil}},
		{name: "an empty chat", changed: object{"chat_id": " "}},
		{name: "a chat of a wrong type", changed: object{"chat_id": 5}},
		{name: "no chat id", changed: object{"chat_id": "Spring launch"}},
		{name: "a chat id that is cut off", changed: object{"chat_id": chatID[:35]}},
		{name: "a chat id without hyphens", changed: object{"chat_id": strings.ReplaceAll(chatID, "-", "")}},
		{name: "a chat id with more around it", changed: object{"chat_id": "the chat " + chatID}},
		{name: "a path in place of a chat id", changed: object{"chat_id": "../webhook-subscriptions/b2c3d4e5#"}},
		{name: "a requester of a wrong type", policy: policy.Policy{Users: []string{"U9"}}, changed: object{"requested_by": object{"id": "U9"}}},
		{name: "a channel of a wrong type", policy: inChannels, changed: object{"channel_id": []string{"C8"}}},
		{name: "a message of a wrong type", changed: object{"message_ts": 1741538710.0001}},
		{name: "a requester in another case", changed: object{"Requested_By": "U2"}},
		{name: "a requester twice", encoded: strings.Replace(inputs(nil), "{", `{"requested_by":"U2","requested_by":"U9",`, 1)},
		{name: "a long requester", changed: object{"requested_by": strings.Repeat("U", 4001)}},
		{name: "a list of inputs", encoded: "[]"},
		{name: "no inputs", encoded: "null"},
		{name: "no handle", changed: object{"handle": nil}},
		{name: "a handle of a wrong type", changed: object{"handle": 12025550132}},
		{name: "a number that is too short", changed: object{"handle": "555"}},
		{name: "two handles", changed: object{"handle": ada + ", " + ben}},
		{name: "a member of the workspace", changed: object{"handle": "<@U2|eva>"}},
		{name: "neither a number nor an e-mail", changed: object{"handle": "Eva"}},
		{name: "somebody who may not", policy: policy.Policy{Users: []string{"U9"}}, changed: object{"requested_by": "U2"}},
		{
			name: "somebody whose groups are not known", policy: policy.Policy{Groups: []string{"S1"}},
			changed: object{"requested_by": "U2"},
		},
		{name: "nobody may", policy: policy.Policy{Channels: []string{}}, changed: object{"requested_by": "U2"}},
		{name: "a channel that is not allowed", policy: inChannels, changed: object{"channel_id": "C1"}},
		{name: "a channel that is not allowed, and bad inputs", policy: inChannels, changed: object{"channel_id": "C1", "handle": "x"}},
	}
}

func TestWorkflowOrders(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, row := range orderRows() {
		if row.encoded == "" {
			row.encoded = inputs(row.changed)
		}
		if row.region == "" {
			row.region = "US"
		}
		row.policy.Members = brokenDirectory{}
		step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Off: row.off, Gate: gate(row.policy, nil), Region: row.region})
		order, refused := step.Order(t.Context(), runOf(row.encoded))
		if row.want == nil {
			assert.Equal(t, order, ledger.Order{}, row.name)
			assert.Assert(t, strings.Contains(refused.String(), "Nothing was removed."), "%s: %s", row.name, refused)
			fmt.Fprintf(&shown, "%s: %s\n", row.name, markedUp(refused))
			continue
		}
		want := ledger.Order{
			Delivery: "Fx1", Kind: ledger.Remove, Source: ledger.WorkflowStep, TeamID: "T1", Rule: "workflow step",
			ChatID: chatID, Handle: ledger.NewSecret(ada),
		}
		row.want(&want)
		private := cmp.Comparer(func(a, b ledger.Secret) bool { return a.Value() == b.Value() })
		if diff := cmp.Diff(want, order, private); diff != "" || len(refused) > 0 {
			t.Errorf("%s: %s\n-want +got\n%s", row.name, refused, diff)
		}
	}
	golden.Assert(t, shown.String(), "refusals.golden")
}

// A run while steps are switched off is a denial on record, whatever its inputs.
func TestStepsThatAreOffAreKept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ encoded, channel, user string }{
		"right inputs": {inputs(object{"channel_id": "C1", "requested_by": "U2"}), "C1", "U2"},
		"wrong inputs": {"[]", "", ""},
	} {
		record, counted := &commandstest.Audit{}, 0
		step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Off: true, Region: "US", Gate: policy.NewGate(policy.GateConfig{
			Policy: policy.Policy{Everyone: true}, Audit: record, Tally: func(ledger.Source, string) { counted++ },
		})})
		_, refused := step.Order(t.Context(), runOf(test.encoded))
		assert.Equal(t, counted, 0, "who carries runs on counts how they end")
		assert.Assert(t, strings.Contains(refused.String(), "switched off"), name)
		assert.DeepEqual(t, record.Denials, []ledger.Denial{{
			Source: ledger.WorkflowStep, TeamID: "T1", ChannelID: test.channel, UserID: test.user,
			Rule: policy.DeniedSteps, Delivery: "Fx1",
		}})
	}
}

func TestWorkflowOutcomes(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	now := askedAt()
	step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Gate: gate(anyone(), nil), Now: func() time.Time { return now }})
	good := []ledger.State{ledger.Simulated, ledger.Removed, ledger.AlreadyGone, ledger.Sent, ledger.Added, ledger.AlreadyThere}
	for _, o := range commandstest.Outcomes() {
		r := o.Request
		r.SentAt, r.TraceID = now.Add(-30*time.Second), traceID
		outputs, refused, wait := step.Outcome(r)
		said := "not yet"
		switch {
		case wait > 0:
			assert.Assert(t, !r.State.Final() && r.State != ledger.Sent, "%s", o.Name)
		case len(refused) > 0:
			said = markedUp(refused)
			assert.Assert(t, r.State.Final() && !slices.Contains(good, r.State), "%s", o.Name)
			assert.Assert(t, !strings.HasSuffix(refused.String(), " "), "%s: %q", o.Name, refused)
		default:
			said = outputs.Message
			assert.Assert(t, slices.Contains(good, r.State), "%s", o.Name)
		}
		if o.Group == "states" || o.Group == "addition_states" || o.Group == "dry_runs" { // all the others have goldens of their own
			fmt.Fprintf(&shown, "%s, %s: %s\n", o.Name, r.State, said)
		}
		want := workflowstep.Outputs{Status: r.State, ChatID: r.ChatID, Handle: r.Handle.Value(), TraceID: traceID, Message: outputs.Message}
		assert.Equal(t, outputs, want)
		assert.Assert(t, strings.HasSuffix(outputs.Message, ".") && !strings.Contains(outputs.Message, ". "), "%s: no sentence: %s", o.Name, outputs.Message)
		assert.Assert(t, !strings.ContainsAny(outputs.Message, "⏳✅⚠⛔"), outputs.Message)
	}
	golden.Assert(t, shown.String(), "outcomes.golden")
}

// A full stop in a name ends no sentence.
func TestWorkflowMessageWithAName(t *testing.T) {
	t.Parallel()
	step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Gate: gate(anyone(), nil), Explainer: outcome.Explainer{FullHandles: true}})
	r := ledger.Request{
		Order: ledger.Order{Kind: ledger.Remove, ChatID: chatID, Handle: ledger.NewSecret(ada)},
		State: ledger.AlreadyGone, ChatName: "St. Mary. And others.", MayHaveReached: true,
	}
	outputs, _, _ := step.Outcome(r)
	assert.Equal(t, outputs.Message, ada+" is not in St. Mary. And others..")
}

func TestWorkflowTimes(t *testing.T) {
	t.Parallel()
	now := askedAt()
	step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Gate: gate(anyone(), nil), Now: func() time.Time { return now }})
	const look = 500 * time.Millisecond
	for _, test := range []struct {
		state ledger.State
		since time.Duration
		want  time.Duration
	}{
		{ledger.Asked, time.Hour, look},
		{ledger.Accepted, 0, look},
		{ledger.Accepted, time.Hour, look},
		{ledger.Sent, 0, look},
		{ledger.Sent, 29 * time.Second, look},
		{ledger.Sent, 29*time.Second + 900*time.Millisecond, 100 * time.Millisecond},
		{ledger.Sent, 30 * time.Second, 0},
		{ledger.Sent, time.Hour, 0},
		{ledger.Removed, 0, 0},
		{ledger.AlreadyGone, 0, 0},
		{ledger.Added, 0, 0},
		{ledger.AlreadyThere, 0, 0},
		{ledger.Unconfirmed, 0, 0},
		{ledger.Refused, 0, 0},
		{ledger.Failed, 0, 0},
		{ledger.Cancelled, 0, 0},
	} {
		r := ledger.Request{Order: ledger.Order{Kind: ledger.Remove, ChatID: chatID, Handle: ledger.NewSecret(ada)}, State: test.state, SentAt: now.Add(-test.since)}
		_, _, wait := step.Outcome(r)
		assert.Equal(t, wait, test.want, "%s since %s", test.state, test.since)
	}
}

// While adding is switched off, a run of the step that adds is a denial on record.
func TestStepsThatAddWhileAddingIsOff(t *testing.T) {
	t.Parallel()
	record := &commandstest.Audit{}
	for _, kind := range []ledger.Kind{ledger.Remove, ledger.Add} {
		step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Kind: kind, AddingOff: true, Gate: gate(anyone(), record), Region: "US"})
		order, refused := step.Order(t.Context(), runOf(inputs(nil)))
		assert.Equal(t, len(refused) > 0, kind == ledger.Add, "%s: %s", kind, refused)
		assert.Equal(t, order == ledger.Order{}, kind == ledger.Add)
	}
	assert.DeepEqual(t, record.Denials, []ledger.Denial{{Source: ledger.WorkflowStep, TeamID: "T1", Rule: policy.DeniedAdding, Delivery: "Fx1"}})
}

// What a step that adds is refused for is said of adding.
func TestStepsThatAddAreRefusedInTheirWords(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, row := range orderRows() {
		if row.encoded == "" {
			row.encoded = inputs(row.changed)
		}
		row.policy.Members = brokenDirectory{}
		region := row.region
		if region == "" {
			region = "US"
		}
		step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Kind: ledger.Add, Off: row.off, Gate: gate(row.policy, nil), Region: region})
		order, refused := step.Order(t.Context(), runOf(row.encoded))
		if row.want != nil {
			assert.Equal(t, order.Kind, ledger.Add, row.name)
			continue
		}
		assert.Assert(t, strings.Contains(refused.String(), "Nobody was added."), "%s: %s", row.name, refused)
		assert.Assert(t, !strings.Contains(refused.String(), "remov"), "%s: %s", row.name, refused)
		fmt.Fprintf(&shown, "%s: %s\n", row.name, markedUp(refused))
	}
	golden.Assert(t, shown.String(), "add_refusals.golden")
}

// A run for somebody whom the policy denies is a denial on record, once.
func TestDenialsOfStepsAreKept(t *testing.T) {
	t.Parallel()
	run := runOf(inputs(object{"channel_id": "C1", "requested_by": "U1"}))
	for _, kind := range []ledger.Kind{ledger.Remove, ledger.Add} {
		record := &commandstest.Audit{Err: errors.New("no ledger")}
		step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Kind: kind, Gate: gate(policy.Policy{Users: []string{"U9"}}, record), Region: "US"})
		for range 2 {
			_, refused := step.Order(t.Context(), run)
			assert.Assert(t, len(refused) > 0, kind)
		}
		assert.DeepEqual(t, record.Denials, []ledger.Denial{{
			Source: ledger.WorkflowStep, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "not named", Delivery: "Fx1",
		}})
	}
}
