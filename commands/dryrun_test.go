package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/forecast"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// dryEnv has the commands with a real ledger, whose workers do not run, and a Linq behind them.
type dryEnv struct {
	linq   *linqtest.Linq
	ledger *ledger.Ledger
	rails  rails.Rails
	chats  forecast.ChatReader
}

func newDryEnv(t *testing.T, chats ...linqtest.Chat) *dryEnv {
	t.Helper()
	e := &dryEnv{linq: linqtest.Start(t, linqtest.Config{Chats: chats})}
	var err error
	e.ledger, err = ledger.Open(t.Context(), ledger.Config{URL: migrated.SQLite(t), Logger: quiet(), Now: askedAt})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, e.ledger.Close()) })
	e.chats = clientOf(t, e.linq)
	return e
}

// run types a command.
func (e *dryEnv) run(t *testing.T, adds, confirm bool, delivery, text string) richtext.Answer {
	t.Helper()
	in := in1()
	in.Delivery, in.Text = delivery, text
	if adds {
		return commands.NewAdd(commands.AddConfig{
			Allowed: true, Gate: gate(anyone(), e.ledger), Recorder: e.ledger, Region: "US", Logger: quiet(), UnderWay: e.ledger, Chats: e.chats, Lines: knownLines(),
		}).Run(t.Context(), in)
	}
	return commands.NewRemove(commands.RemoveConfig{
		Gate: gate(anyone(), e.ledger), Recorder: e.ledger, Region: "US", Rails: e.rails, Logger: quiet(),
		Confirm: confirm, Questions: e.ledger, UnderWay: e.ledger, Chats: e.chats, Lines: knownLines(),
	}).Run(t.Context(), in)
}

// recorded are the states and foreseen reasons of what a person asked for last, as the audit has them.
func (e *dryEnv) recorded(t *testing.T, delivery string) string {
	t.Helper()
	view, err := e.ledger.View(t.Context(), delivery)
	if errors.Is(err, ledger.ErrNotFound) {
		return "nothing"
	}
	assert.NilError(t, err)
	var all []string
	for _, r := range view.Requests {
		all = append(all, fmt.Sprintf("%s:%s", r.State, r.Reason))
	}
	return strings.Join(all, " ")
}

func TestDryRuns(t *testing.T) {
	t.Parallel()
	const nobody = "+12025550199"
	var shown strings.Builder
	for _, row := range []struct {
		name   string
		adds   bool
		people string // Ada's number if empty
		before []string
		chat   func(*linqtest.Chat)
		fault  linqtest.Fault
		want   string
	}{
		{name: "nothing in the way", want: "dry_run:"},
		{name: "several, each in another way", people: ada + ", " + nobody + ", " + line + ", " + ben, chat: func(c *linqtest.Chat) { c.People[2].Status = linq.StatusRemoved }, want: "dry_run: dry_run:not_in_chat dry_run:own_line dry_run:seen_gone"},
		{name: "for a reason", people: ada + " because <!channel> +1 415 555 0132 left", want: "dry_run:"},
		{name: "a guessed region", people: "202 555 0132", want: "dry_run:"},
		{name: "SMS", chat: func(c *linqtest.Chat) { c.Service = linq.ServiceSMS }, want: "dry_run:no_removals"},
		{name: "too few would stay", chat: func(c *linqtest.Chat) { c.People = c.People[:3] }, want: "dry_run:too_few_stay"},
		{name: "one-to-one", chat: func(c *linqtest.Chat) { c.IsGroup, c.People = false, c.People[:2] }, want: "dry_run:not_a_group"},
		{name: "unknown chat", fault: linqtest.Fault{Status: 404, Code: linq.CodeChatNotFound}, want: "dry_run:no_such_chat"},
		{name: "the chat cannot be read", people: ada + ", " + line, fault: linqtest.Fault{Status: 500}, want: "dry_run:unreadable dry_run:own_line"},
		{name: "under way already", before: []string{ada}, want: "dry_run:under_way"},
		{name: "an addition under way", before: []string{"add " + ada}, want: "dry_run:opposed_"},
		{name: "an earlier dry run", before: []string{ada + " --dry-run"}, want: "dry_run:"},

		{name: "adding", adds: true, people: nobody, want: "dry_run:"},
		{name: "adding several", adds: true, people: nobody + ", " + ada + ", " + line, want: "dry_run: dry_run:seen_there dry_run:own_line"},
		{name: "adding who has left", adds: true, chat: func(c *linqtest.Chat) { c.People[1].Status = linq.StatusLeft }, want: "dry_run:"},
		{name: "adding to few", adds: true, people: nobody, chat: func(c *linqtest.Chat) { c.People = c.People[:2] }, want: "dry_run:too_few_to_add"},
		{name: "adding to a one-to-one chat", adds: true, people: nobody, chat: func(c *linqtest.Chat) { c.IsGroup, c.People = false, c.People[:2] }, want: "dry_run:not_a_group"},
		{name: "adding to a chat that cannot be read", adds: true, people: nobody, fault: linqtest.Fault{Status: 500}, want: "dry_run:unreadable"},
		{name: "a removal under way", adds: true, before: []string{ada}, want: "dry_run:opposed_"},
	} {
		e := newDryEnv(t, askedChat(row.chat))
		if row.fault.Status != 0 {
			row.fault.Op = linqtest.GetChat
			e.linq.Inject(row.fault)
		}
		for i, before := range row.before {
			people, adds := strings.CutPrefix(before, "add ")
			e.run(t, adds, false, fmt.Sprint("Tr0", i), chatID+" "+people)
		}
		if row.people == "" {
			row.people = ada
		}
		answer := e.run(t, row.adds, true, "Tr1", "—dry-run "+chatID+" "+row.people)
		fmt.Fprintf(&shown, "%s:\n%s", row.name, withoutIDs(written(answer)))
		got := e.recorded(t, "Tr1")
		assert.Assert(t, got == row.want || strings.HasSuffix(row.want, "_") && strings.HasPrefix(got, row.want), "%s: %s", row.name, got)
		assert.Equal(t, len(presses(answer, commands.ActionConfirm)), 0, "a dry run asks nothing")
		for _, call := range e.linq.Calls() {
			assert.Equal(t, call.Op, linqtest.GetChat, row.name)
		}
		again := e.run(t, row.adds, true, "Tr1", "—dry-run "+chatID+" "+row.people)
		assert.Equal(t, len(again), 0, "%s: the same delivery is answered once: %v", row.name, again)
	}
	golden.Assert(t, shown.String(), "dryrun/answers.golden")
}

// withoutIDs leaves out the short ids of requests, which differ each time.
func withoutIDs(text string) string {
	const before = "Another request, `"
	if at := strings.Index(text, before); at >= 0 {
		at += len(before)
		return text[:at] + "…" + text[at+8:]
	}
	return text
}

// What linqbot itself forbids, a dry run is told too.
func TestDryRunsMeetTheRails(t *testing.T) {
	t.Parallel()
	e := newDryEnv(t, askedChat(nil))
	e.rails = rails.Rails{Protected: rails.Protect([]handle.Handle{handle.New(ada)}, "US"), Limits: ledger.Limits{PerHour: 1}, Pauses: e.ledger}
	said := written(e.run(t, false, false, "Tr1", "--dry-run "+chatID+" "+ada))
	assert.Assert(t, strings.Contains(said, "linqbot never removes"), said)
	assert.Equal(t, e.recorded(t, "Tr1"), "nothing")

	for _, delivery := range []string{"Tr2", "Tr3"} { // which take nobody's place
		e.run(t, false, false, delivery, "--dry-run "+chatID+" "+ben)
		assert.Equal(t, e.recorded(t, delivery), "dry_run:")
	}
	_, err := e.ledger.Turn(t.Context(), ledger.Switch{Pause: true, UserID: "U9", Reason: "an audit"})
	assert.NilError(t, err)
	said = written(e.run(t, false, false, "Tr4", "--dry-run "+chatID+" "+ben))
	assert.Assert(t, strings.Contains(said, "Removals are paused") && strings.Contains(said, "A dry run of removing"), said)

	e.run(t, false, false, "Tr5", chatID+" "+ben)
	assert.Equal(t, e.recorded(t, "Tr5"), "accepted:")
	said = written(e.run(t, false, false, "Tr6", "--dry-run "+chatID+" "+carla))
	assert.Assert(t, strings.Contains(said, "as many as one person may"), said)
	assert.Equal(t, e.recorded(t, "Tr6"), "nothing")
}

// A person who may not act learns nothing from a dry run, and no chat is read for them.
func TestDryRunsAskThePolicyFirst(t *testing.T) {
	t.Parallel()
	e := newDryEnv(t, askedChat(nil))
	in := in1()
	in.Text = "--dry-run " + chatID + " " + ada
	for _, command := range []interface {
		Run(context.Context, invocation.Invocation) richtext.Answer
	}{
		commands.NewRemove(commands.RemoveConfig{Gate: gate(policy.Policy{Users: []string{"U9"}}, nil), Recorder: e.ledger, Region: "US", Logger: quiet(), UnderWay: e.ledger, Chats: e.chats}),
		commands.NewAdd(commands.AddConfig{Gate: gate(anyone(), nil), Recorder: e.ledger, Region: "US", Logger: quiet(), UnderWay: e.ledger, Chats: e.chats}),
	} {
		said := written(command.Run(t.Context(), in))
		assert.Assert(t, !strings.Contains(said, "dry run"), said)
	}
	assert.Equal(t, len(e.linq.Calls()), 0)
	assert.Equal(t, e.recorded(t, "Tr1"), "nothing")
}

// The answer is in time however slow Linq is.
func TestADryRunWaitsALittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := commandstest.NewLinq(t, linqtest.Config{})
		chat := w.AddChat(group(ada, ben, carla))
		w.Fail(linqtest.GetChat, 0, linqtest.Fault{Delay: time.Minute})
		record := &recorder{}
		in := in1()
		in.Text = "--dry-run " + chat + " " + ada
		began := time.Now()
		answer := commands.NewRemove(commands.RemoveConfig{
			Gate: gate(anyone(), nil), Recorder: record, Region: "US", Logger: quiet(), UnderWay: idleLedger{}, Chats: w.Client,
		}).Run(t.Context(), in)
		assert.Equal(t, time.Since(began), 1200*time.Millisecond)
		assert.Assert(t, strings.Contains(written(answer), "could not be read just now"), written(answer))
		assert.Equal(t, record.orders[0].DryRun.Reason, outcome.ReasonUnreadable)
	})
}

// idleLedger has nothing under way; err if it is broken.
type idleLedger struct{ err error }

func (l idleLedger) UnderWay(context.Context, ledger.Order) (ledger.Acceptance, error) {
	if l.err != nil {
		return ledger.Acceptance{}, l.err
	}
	return ledger.Acceptance{}, ledger.ErrNotFound
}

func (l idleLedger) Opposing(context.Context, ledger.Request) (ledger.Request, error) {
	return ledger.Request{}, ledger.ErrNotFound
}

// What is not on record is not told.
func TestDryRunsWithoutALedger(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]struct{ reads, writes error }{"reading": {reads: errors.New("gone")}, "writing": {writes: errors.New("gone")}} {
		e := newDryEnv(t, askedChat(nil))
		in := in1()
		in.Text = "--dry-run " + chatID + " " + ada
		answer := commands.NewRemove(commands.RemoveConfig{
			Gate: gate(anyone(), nil), Recorder: &recorder{err: broken.writes}, Region: "US", Logger: quiet(), UnderWay: idleLedger{broken.reads}, Chats: e.chats,
		}).Run(t.Context(), in)
		assert.Equal(t, shownAnswer(answer), "⚠️ Nothing was done, and what would happen is not known: linqbot cannot use its ledger. "+
			"Try again in a minute; if it stays like this, tell someone who runs linqbot.", name)
	}
}
