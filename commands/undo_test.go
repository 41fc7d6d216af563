package commands_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
)

// undoEnv is a ledger on disk that holds a removal of Ada, and the button to take it back.
type undoEnv struct {
	t       *testing.T
	ledger  *ledger.Ledger
	undo    *commands.Undo
	removal ledger.Request
	now     atomic.Int64 // microseconds after the removal's end
	logged  bytes.Buffer
}

// newUndoEnv is a minute after the end of the removal.
func newUndoEnv(t *testing.T, rules policy.Policy) *undoEnv {
	t.Helper()
	e := &undoEnv{t: t}
	e.now.Store(time.Minute.Microseconds())
	clock := func() time.Time { return askedAt().Add(time.Duration(e.now.Load()) * time.Microsecond) }
	var err error
	e.ledger, err = ledger.Open(t.Context(), ledger.Config{
		URL: migrated.SQLite(t), Logger: quiet(), Now: clock,
	})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, e.ledger.Close()) })
	logger := logrus.New()
	logger.SetOutput(&e.logged)
	logger.SetLevel(logrus.TraceLevel)
	e.undo = commands.NewUndo(commands.UndoConfig{
		Gate: policy.NewGate(policy.GateConfig{Policy: rules, Logger: logger}), Recorder: e.ledger, Records: e.ledger, Logger: logger, Now: clock,
	})
	e.removal = e.removed("Tr1")
	return e
}

// removed records a removal of Ada that has ended.
func (e *undoEnv) removed(delivery string) ledger.Request {
	e.t.Helper()
	accepted, err := e.ledger.Accept(e.t.Context(), []ledger.Order{{
		Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1",
		ChatID: chatID, Handle: ledger.NewSecret(ada),
	}})
	assert.NilError(e.t, err)
	r := accepted[0].Request
	r.State, r.EndedAt, r.ChatName = ledger.Removed, askedAt(), "Spring launch"
	return e.save(r)
}

// save stores a request without setting anything off.
func (e *undoEnv) save(r ledger.Request) ledger.Request {
	e.t.Helper()
	saved, err := e.ledger.Save(e.t.Context(), r, ledger.Change{Cause: "a test"})
	assert.NilError(e.t, err)
	return saved
}

func (e *undoEnv) click(user string) commands.UndoClick {
	return commands.UndoClick{
		RequestID: e.removal.ID, TeamID: "T1", UserID: user, ChannelID: "C2", ThreadTS: "1741538710.000100",
		ResponseURL: "https://hooks.slack.test/actions/secret",
	}
}

func (e *undoEnv) run(user string) richtext.Answer {
	return e.undo.Run(context.Background(), e.click(user))
}

// additions are the requests that came of clicks on a removal, in their order.
func (e *undoEnv) additions(removal ledger.Request) []ledger.Request {
	e.t.Helper()
	var all []ledger.Request
	for n := 1; ; n++ {
		view, err := e.ledger.View(e.t.Context(), fmt.Sprintf("undo-%s-%d", removal.ID, n))
		if errors.Is(err, ledger.ErrNotFound) {
			return all
		}
		assert.NilError(e.t, err)
		all = append(all, view.Requests...)
	}
}

func (e *undoEnv) ends(r ledger.Request, state ledger.State) {
	e.t.Helper()
	r.State, r.Reason, r.HTTPStatus = state, "linq_2013", 409
	e.save(r)
}

func (e *undoEnv) later(d time.Duration) { e.now.Add(d.Microseconds()) }

func TestUndo(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	assert.Equal(t, len(e.run("U2")), 0, "the thread says it all")
	all := e.additions(e.removal)
	assert.Equal(t, len(all), 1)
	want := ledger.Order{
		Delivery: "undo-" + e.removal.ID + "-1", Kind: ledger.Add, Source: ledger.UndoButton, Undoes: e.removal.ID,
		TeamID: "T1", ChannelID: "C2", ThreadTS: "1741538710.000100", UserID: "U2", Rule: "everyone",
		ResponseURL: ledger.NewSecret("https://hooks.slack.test/actions/secret"), ChatID: chatID, Handle: ledger.NewSecret(ada),
	}
	private := gocmp.Comparer(func(a, b ledger.Secret) bool { return a.Value() == b.Value() })
	if diff := gocmp.Diff(want, all[0].Order, private); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	assert.Equal(t, all[0].State, ledger.Accepted)
	assert.Assert(t, strings.Contains(e.logged.String(), "outcome=recorded"), e.logged.String())
	for _, part := range []string{"0132", "secret"} {
		assert.Assert(t, !strings.Contains(e.logged.String(), part), e.logged.String())
	}
}

// The channel that counts is the removal's own; the button may stand in a direct message.
func TestUndoObeysThePolicy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		policy  policy.Policy
		unknown bool
		want    string // the denial; "" when it is allowed
	}{
		{name: "a user who may", policy: policy.Policy{Users: []string{"U2"}}},
		{name: "a user who may not", policy: policy.Policy{Users: []string{"U9"}}, want: "⛔ You may not remove people from Linq chats. Ask someone who may: [@U9]."},
		{name: "nobody may", want: "⛔ You may not remove people from Linq chats. Ask someone who runs linqbot to add you to a user group that may."},
		{name: "the removal's channel", policy: policy.Policy{Everyone: true, Channels: []string{"C1"}}},
		{name: "only the click's channel", policy: policy.Policy{Everyone: true, Channels: []string{"C2"}}, want: "⛔ Removals are not allowed in this channel. Ask for them in [#C2]."},
		{name: "an unknown removal tells a stranger nothing", unknown: true, policy: policy.Policy{Users: []string{"U9"}}, want: "⛔ You may not remove people from Linq chats. Ask someone who may: [@U9]."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, test.policy)
			click, recorded := e.click("U2"), 1
			if test.unknown {
				click.RequestID = "no-such-request"
			}
			answer := e.undo.Run(t.Context(), click)
			if test.want != "" {
				recorded = 0
			}
			assert.Equal(t, shownAnswer(answer), test.want)
			assert.Equal(t, len(e.additions(e.removal)), recorded)
		})
	}
}

func TestADoubleClickAddsOnce(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	assert.Equal(t, len(e.run("U2")), 0)
	assert.Equal(t, shownAnswer(e.run("U2")), "⏳ Adding them back was already asked for by you at [2026-03-09 16:46:10 UTC]. "+
		"Adding +1 ••• ••• 0132 back to *Spring launch* is recorded; Linq has not answered yet.")
	assert.Equal(t, shownAnswer(e.run("U3")), "⏳ Adding them back was already asked for by [@U2] at [2026-03-09 16:46:10 UTC]. "+
		"Adding +1 ••• ••• 0132 back to *Spring launch* is recorded; Linq has not answered yet.")
	assert.Equal(t, len(e.additions(e.removal)), 1)
}

func TestUndoEndsAfterADay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after time.Duration
		want  string
	}{
		{24*time.Hour - time.Microsecond, ""},
		{24 * time.Hour, "⛔ +1 ••• ••• 0132 left *Spring launch* more than 24 hours ago, which is too long for Add back. Nobody was added. Ask someone who is in the chat to add them."},
	} {
		e := newUndoEnv(t, anyone())
		e.now.Store(test.after.Microseconds())
		assert.Equal(t, shownAnswer(e.run("U2")), test.want)
		assert.Equal(t, len(e.additions(e.removal)) == 1, test.want == "")
	}
}

func TestWhatCannotBeUndone(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	e.removal.State = ledger.Unconfirmed
	e.save(e.removal)
	assert.Equal(t, shownAnswer(e.run("U2")), "⛔ Add back is only for people whom linqbot has removed. Nobody was added.")
	assert.Equal(t, len(e.additions(e.removal)), 0)
}

// What was asked for is not asked for again, unless it came to nothing.
func TestUndoAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		state ledger.State
		after time.Duration
		adds  int
	}{
		{ledger.Sent, time.Hour, 1},
		{ledger.Added, time.Hour, 1},
		{ledger.AlreadyThere, time.Hour, 1},
		{ledger.Unconfirmed, time.Hour, 1},
		{ledger.Refused, time.Hour, 2},
		{ledger.Failed, time.Hour, 2},
		{ledger.Cancelled, time.Hour, 2},
		{ledger.Refused, 3 * time.Second, 2},
		{ledger.Refused, 2 * time.Second, 1}, // a double click whose first half was refused at once
	} {
		t.Run(fmt.Sprint(test.state, " ", test.after), func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, anyone())
			e.run("U2")
			if first := e.additions(e.removal)[0]; test.state.Final() {
				e.ends(first, test.state)
			}
			e.later(test.after)
			answer := shownAnswer(e.run("U3"))
			assert.Equal(t, len(e.additions(e.removal)), test.adds)
			if test.adds == 2 {
				assert.Equal(t, answer, "")
				return
			}
			assert.Assert(t, strings.Contains(answer, "already asked for by [@U2] at [2026-03-09 16:46:10 UTC]."), answer)
		})
	}
}

// Someone who was removed twice has two buttons; pressed together they add once.
func TestTwoRemovalsOneAddition(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	second := e.removed("Tr2")
	assert.Equal(t, len(e.run("U2")), 0)
	click := e.click("U3")
	click.RequestID = second.ID
	answer := shownAnswer(e.undo.Run(t.Context(), click))
	assert.Assert(t, strings.Contains(answer, "already asked for by [@U2]"), answer)
	assert.Equal(t, len(e.additions(second)), 0)

	e.ends(e.additions(e.removal)[0], ledger.Refused)
	e.later(time.Minute)
	assert.Equal(t, len(e.undo.Run(t.Context(), click)), 0, "the first came to nothing")
	undone, err := e.ledger.UndoneBy(t.Context(), second.ID)
	assert.NilError(t, err)
	assert.Equal(t, undone.UserID, "U3")
}
