package batch_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/batch"
	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// planned is a ledger with one batch, which keeps the plan.
type planned struct {
	batch ledger.Batch
	items map[string][]ledger.BatchResult
	plan  *ledger.Plan

	underWay map[string]ledger.Kind // what is under way, by chat and handle
}

func (p *planned) Batch(_ context.Context, id string) (ledger.Batch, error) {
	if id != p.batch.ID {
		return ledger.Batch{}, ledger.ErrNotFound
	}
	return p.batch, nil
}

func (p *planned) Propose(_ context.Context, _ string, plan ledger.Plan) (ledger.Batch, error) {
	p.plan = &plan
	return p.batch, nil
}

func (p *planned) BatchItems(_ context.Context, id string, after, limit int) ([]ledger.BatchResult, error) {
	all := p.items[id]
	return all[min(after, len(all)):min(after+limit, len(all))], nil
}

// account is Linq with some chats, or with trouble.
type account struct {
	groups []linq.Chat
	cut    bool
	err    error
}

func (a *account) All(context.Context) ([]linq.Chat, bool, error) { return a.groups, a.cut, a.err }

func (a *account) Chat(_ context.Context, id linq.ChatID) (linq.Chat, error) {
	for _, chat := range a.groups {
		if chat.ID == id {
			return chat, a.err
		}
	}
	return linq.Chat{}, orNoChat(a.err)
}

func orNoChat(err error) error {
	if err != nil {
		return err
	}
	return &linq.Error{HTTPStatus: 404, Code: linq.CodeChatNotFound}
}

func chatID(t *testing.T, number int) linq.ChatID {
	t.Helper()
	id, err := linq.ParseChatID(fmt.Sprintf("%08d-1111-4222-8333-444455556666", number))
	assert.NilError(t, err)
	return id
}

// group is a chat of our line and the people; one in brackets has left.
func group(t *testing.T, number int, name string, people ...string) linq.Chat {
	t.Helper()
	chat := linq.Chat{ID: chatID(t, number), DisplayName: name, IsGroup: true, Service: linq.ServiceIMessage}
	chat.Handles = []linq.Participant{{Handle: handle.New(commandstest.Line), IsMe: true, Status: linq.StatusActive}}
	for _, person := range people {
		status := linq.StatusActive
		if person[0] == '(' {
			person, status = person[1:len(person)-1], linq.StatusLeft
		}
		chat.Handles = append(chat.Handles, linq.Participant{Handle: handle.New(person), Status: status})
	}
	return chat
}

func batchOf(job ledger.BatchJob, people ...string) ledger.Batch {
	b := ledger.Batch{ID: "b1", State: ledger.Planning, AcceptedAt: askedAt()}
	b.Job, b.Kind = job, ledger.Remove
	for _, person := range people {
		b.Handles = append(b.Handles, ledger.NewSecret(person))
	}
	return b
}

func askedAt() time.Time { return time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC) }

func planner(records *planned, chats *account, now time.Time) *batch.Planner {
	return batch.NewPlanner(batch.PlannerConfig{
		Records: records, Chats: chats, Reader: chats, Region: "US", Logger: commandstest.Quiet(), Now: func() time.Time { return now },
	})
}

// lines writes items as a test expects them.
func lines(items []ledger.BatchItem) []string {
	all := []string{}
	for _, item := range items {
		all = append(all, fmt.Sprintf("%d %s %s %s", item.Position, item.ChatName, item.Handle.Value(), item.Foreseen))
	}
	return all
}

func TestPlanEveryChat(t *testing.T) {
	t.Parallel()
	const ada, ben, dan = commandstest.Ada, commandstest.Ben, commandstest.Dan
	sms := group(t, 6, "Texts", ada, ben, dan)
	sms.Service = linq.ServiceSMS
	second := group(t, 7, "Second line", ada, ben, dan)
	second.Handles[0].Handle = handle.New("+12025550101")
	for name, test := range map[string]struct {
		people []string
		groups []linq.Chat
		want   []string
	}{
		"by name, then by id": {
			[]string{ada},
			[]linq.Chat{group(t, 3, "beta", ada, ben, dan), group(t, 2, "Alpha", ada, ben, dan), group(t, 1, "alpha", ada, ben, dan)},
			[]string{"1 alpha " + ada + " ", "2 Alpha " + ada + " ", "3 beta " + ada + " "},
		},
		"only where they are": {
			[]string{ada}, []linq.Chat{group(t, 1, "without", ben, dan), group(t, 2, "left", "("+ada+")", ben, dan)}, []string{},
		},
		"where they left under one spelling, and are under another": {
			[]string{ada}, []linq.Chat{group(t, 1, "again", "("+ada+")", ada[1:], ben, dan)}, []string{"1 again " + ada[1:] + " "},
		},
		"in the chat's own spelling": {
			[]string{ada},
			[]linq.Chat{group(t, 1, "plain", ada[1:], ben, dan), group(t, 2, "short", ada[2:], ben, dan)},
			[]string{"1 plain " + ada[1:] + " ", "2 short " + ada[2:] + " "},
		},
		"several handles, each once": {
			[]string{ada, "Carla@example.com"},
			[]linq.Chat{group(t, 1, "both", ada, "carla@example.com", ben, dan)},
			[]string{"1 both " + ada + " ", "2 both carla@example.com "},
		},
		"under the number of today and that of before": {
			[]string{"+525512345678"},
			[]linq.Chat{group(t, 1, "twice", "+5215512345678", "+525512345678", ben, dan)},
			[]string{"1 twice +5215512345678 ", "2 twice +525512345678 "},
		},
		"too few would stay": {
			[]string{ada}, []linq.Chat{group(t, 1, "small", ada, ben)}, []string{"1 small " + ada + " too_few_stay"},
		},
		"too few would stay of two": {
			[]string{ada, ben},
			[]linq.Chat{group(t, 1, "small", ada, ben, dan)},
			[]string{"1 small " + ada + " too_few_stay", "2 small " + ben + " too_few_stay"},
		},
		"no removals": {[]string{ada}, []linq.Chat{sms}, []string{"1 Texts " + ada + " no_removals"}},
		"our own line": {
			[]string{commandstest.Line}, []linq.Chat{group(t, 1, "ours", ada, ben, dan)}, []string{"1 ours " + commandstest.Line + " own_line"},
		},
		"chats of another line": {[]string{ada}, []linq.Chat{second}, []string{"1 Second line " + ada + " "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := &planned{batch: batchOf(ledger.Offboard, test.people...)}
			again, err := planner(records, &account{groups: test.groups, cut: true}, askedAt()).Plan(t.Context(), "b1")
			assert.NilError(t, err)
			assert.Equal(t, again, time.Duration(0))
			assert.DeepEqual(t, lines(records.plan.Items), test.want)
			assert.Assert(t, records.plan.CutOff)
			assert.Equal(t, records.plan.AskFor, 10*time.Minute)
		})
	}
}

func TestPlanOneChat(t *testing.T) {
	t.Parallel()
	oneToOne := group(t, 3, "Two", commandstest.Ada)
	oneToOne.IsGroup = false
	chats := &account{groups: []linq.Chat{group(t, 1, "Launch", commandstest.Ada, commandstest.Ben, commandstest.Dan, "("+commandstest.Carla+")", "+12025550199"), oneToOne}}
	for name, test := range map[string]struct {
		chat    linq.ChatID
		people  []string
		want    []string
		trouble string
	}{
		"some are in it": {
			chatID(t, 1),
			[]string{commandstest.Ada, "bob@example.com", commandstest.Carla},
			[]string{"1 Launch " + commandstest.Ada + " ", "2 Launch bob@example.com not_in_chat", "3 Launch " + commandstest.Carla + " seen_gone"},
			"",
		},
		"nobody is left in it": {chatID(t, 1), []string{commandstest.Carla}, []string{}, ""},
		"no such chat":         {chatID(t, 2), []string{commandstest.Ada}, []string{}, outcome.ReasonNoSuchChat},
		"one-to-one":           {chatID(t, 3), []string{commandstest.Ada}, []string{}, outcome.ReasonNotAGroup},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := &planned{batch: batchOf(ledger.List, test.people...)}
			records.batch.ChatID = test.chat.String()
			_, err := planner(records, chats, askedAt()).Plan(t.Context(), "b1")
			assert.NilError(t, err)
			assert.DeepEqual(t, lines(records.plan.Items), test.want)
			assert.Equal(t, records.plan.Trouble, test.trouble)
		})
	}
}

// Only what the batch itself was seen to remove is added back.
func TestPlanAddBack(t *testing.T) {
	t.Parallel()
	result := func(position int, state ledger.State, by string) ledger.BatchResult {
		r := ledger.BatchResult{BatchItem: ledger.BatchItem{Position: position, ChatName: "Launch"}}
		r.Request = ledger.Request{ID: fmt.Sprintf("r%d", position), State: state}
		r.Request.Kind, r.Request.BatchID, r.Request.Handle, r.Request.ChatID = ledger.Remove, by, ledger.NewSecret(commandstest.Ada), "c"
		return r
	}
	records := &planned{batch: batchOf(ledger.AddBack, commandstest.Ada), items: map[string][]ledger.BatchResult{"first": {
		result(1, ledger.Removed, "first"), result(2, ledger.Refused, "first"), result(3, ledger.AlreadyGone, "first"),
		result(4, ledger.Removed, "another"),
		{BatchItem: ledger.BatchItem{Position: 5}},
		result(6, ledger.Removed, "first"),
	}}}
	records.batch.Undoes, records.batch.Kind = "first", ledger.Add
	_, err := planner(records, &account{}, askedAt()).Plan(t.Context(), "b1")
	assert.NilError(t, err)
	assert.Equal(t, len(records.plan.Items), 2)
	assert.Equal(t, records.plan.Items[0].Undoes, "r1")
	assert.Equal(t, records.plan.Items[1].Undoes, "r6")
	assert.Equal(t, records.plan.Items[1].Position, 2)
}

func TestPlanThroughTrouble(t *testing.T) {
	t.Parallel()
	down, unauthorized := errors.New("connection refused"), &linq.Error{HTTPStatus: 401}
	limited := &linq.Error{HTTPStatus: 429, RetryAfter: 3 * time.Minute}
	for name, test := range map[string]struct {
		err     error
		after   time.Duration
		again   time.Duration
		trouble string
	}{
		"at first":            {down, 0, time.Second, ""},
		"later":               {down, 20 * time.Second, 10 * time.Second, ""},
		"after ten minutes":   {down, 10 * time.Minute, time.Minute, ""},
		"after a quarter":     {down, 15 * time.Minute, 0, outcome.ReasonNoAnswer},
		"Linq names a time":   {limited, time.Second, 3 * time.Minute, ""},
		"for good":            {unauthorized, 0, 0, "http_401"},
		"a failure of Linq's": {&linq.Error{HTTPStatus: 503}, 15 * time.Minute, 0, "http_503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := &planned{batch: batchOf(ledger.Offboard, commandstest.Ada)}
			again, err := planner(records, &account{err: fmt.Errorf("list: %w", test.err)}, askedAt().Add(test.after)).Plan(t.Context(), "b1")
			assert.NilError(t, err)
			assert.Equal(t, again, test.again)
			if test.again > 0 {
				assert.Assert(t, records.plan == nil, "nothing is proposed yet")
				return
			}
			assert.Equal(t, records.plan.Trouble, test.trouble)
		})
	}
}

// What was planned before, or is gone, is not planned again.
func TestPlanOnce(t *testing.T) {
	t.Parallel()
	records := &planned{batch: batchOf(ledger.Offboard, commandstest.Ada)}
	records.batch.State = ledger.Running
	for _, id := range []string{"b1", "unknown"} {
		again, err := planner(records, &account{}, askedAt()).Plan(t.Context(), id)
		assert.NilError(t, err)
		assert.Equal(t, again, time.Duration(0))
		assert.Assert(t, records.plan == nil)
	}
}

// A plan that ends with the process is made by the next one: nothing is said of Linq.
func TestPlanCutShort(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	records := &planned{batch: batchOf(ledger.Offboard, commandstest.Ada)}
	_, err := planner(records, &account{err: context.Canceled}, askedAt().Add(time.Hour)).Plan(ctx, "b1")
	assert.ErrorIs(t, err, context.Canceled)
	assert.Assert(t, records.plan == nil)
}
