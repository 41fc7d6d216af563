package commands_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
	"linqbot/linq/linqtest"
)

// questionEnv is a command that asks before it removes, with a real ledger and a Linq behind it.
type questionEnv struct {
	*testing.T
	row     string // the end of all deliveries, and of the chat's id
	linq    *linqtest.Linq
	ledger  *ledger.Ledger
	path    string
	started atomic.Int32 // removals that workers were given
	past    atomic.Int64 // how far the clock is ahead
	policy  policy.Policy
	command *commands.Remove
}

func newQuestionEnv(t *testing.T, chats ...linqtest.Chat) *questionEnv {
	t.Helper()
	e := &questionEnv{
		T: t, linq: linqtest.Start(t, linqtest.Config{Chats: chats}), path: filepath.Join(t.TempDir(), "ledger.db"),
		policy: policy.Policy{Everyone: true},
	}
	e.restart()
	t.Cleanup(func() {
		e.T = t
		e.stop()
	})
	return e
}

func (e *questionEnv) now() time.Time { return askedAt().Add(time.Duration(e.past.Load())) }

func (e *questionEnv) restart() {
	e.Helper()
	if e.ledger != nil {
		e.stop()
	}
	migrated.Prepare(e, "sqlite://"+e.path)
	var err error
	e.ledger, err = ledger.Open(context.Background(), ledger.Config{URL: "sqlite://" + e.path, Logger: quiet(), Now: e.now})
	assert.NilError(e, err)
	idle := func(context.Context, string) (time.Duration, error) { return 0, nil }
	assert.NilError(e, e.ledger.Start(context.Background(), ledger.Workers{
		Try:     func(context.Context, string) (time.Duration, error) { e.started.Add(1); return 0, nil },
		Confirm: idle, Show: idle, Execute: idle,
	}))
	e.configure()
}

func (e *questionEnv) configure() {
	e.Helper()
	e.command = commands.NewRemove(commands.RemoveConfig{
		Gate: gate(e.policy, nil), Recorder: e.ledger, Region: "US", Logger: quiet(),
		Confirm: true, Questions: e.ledger, Chats: clientOf(e, e.linq),
	})
}

func (e *questionEnv) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	assert.Check(e, e.ledger.Stop(ctx))
	assert.Check(e, e.ledger.Close())
}

// take lays out the questionEnv for a row of a test: a chat and deliveries of its own, and everything else
// as it was at first.
func (e *questionEnv) take(t *testing.T, row int) {
	t.Helper()
	e.T, e.row, e.policy = t, fmt.Sprintf("%02d", row), policy.Policy{Everyone: true}
	e.started.Store(0)
	e.past.Store(0)
	e.configure()
}

func (e *questionEnv) chat() string { return chatID[:len(chatID)-len(e.row)] + e.row }

// chatsFor are the chats of so many rows.
func chatsFor(rows int) []linqtest.Chat {
	var chats []linqtest.Chat
	for row := range rows {
		chats = append(chats, askedChat(func(c *linqtest.Chat) { c.ID = (&questionEnv{row: fmt.Sprintf("%02d", row)}).chat() }))
	}
	return chats
}

// asks gives the command for the chat.
func (e *questionEnv) asks(delivery, user, people string) richtext.Answer {
	e.Helper()
	in := in1()
	in.Delivery, in.UserID, in.Text = delivery+e.row, user, e.chat()+" "+people
	return e.command.Run(e.Context(), in)
}

func (e *questionEnv) clicks(delivery, user string, yes bool) (richtext.Answer, bool) {
	e.Helper()
	return e.command.Decide(e.Context(), commands.Click{Subject: delivery + e.row, TeamID: "T1", UserID: user, ChannelID: "C1"}, yes)
}

func (e *questionEnv) states(delivery string) string {
	e.Helper()
	view, err := e.ledger.View(e.Context(), delivery+e.row)
	assert.NilError(e, err)
	var states []string
	for _, r := range view.Requests {
		states = append(states, string(r.State))
	}
	return strings.Join(states, " ")
}

// settle waits until the workers were given what they will be given.
func (e *questionEnv) settle(removals int32) {
	e.Helper()
	for deadline := time.Now().Add(10 * time.Second); e.started.Load() < removals; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			e.Fatalf("%d removals were begun, not %d", e.started.Load(), removals)
		}
	}
	time.Sleep(50 * time.Millisecond)
	assert.Equal(e, e.started.Load(), removals)
}

func (e *questionEnv) request(delivery string) ledger.Request {
	e.Helper()
	view, err := e.ledger.View(e.Context(), delivery+e.row)
	assert.NilError(e, err)
	return view.Requests[0]
}
