package commands_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
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
		Policy: e.policy, Recorder: e.ledger, Region: "US", Logger: quiet(),
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

// askedChat is a group with the id of [chatID].
func askedChat(change func(*linqtest.Chat)) linqtest.Chat {
	chat := group(ada, ben, carla, dan)
	chat.ID = chatID
	if change != nil {
		change(&chat)
	}
	return chat
}

func TestPreviews(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, row := range []struct {
		name   string
		people string // Ada's number if empty
		chat   func(*linqtest.Chat)
		fault  linqtest.Fault
	}{
		{name: "one of five"},
		{name: "an e-mail", people: "Carla@Example.com"},
		{name: "a guessed region", people: "202 555 0132"},
		{name: "several", people: ada + ", " + carla + ", " + ben, chat: func(c *linqtest.Chat) {
			c.People = append(c.People, linqtest.Person{Handle: "+12025550176"}, linqtest.Person{Handle: "+12025550177"})
		}},
		{name: "not in the chat", people: "+12025550199"},
		{name: "has left", chat: func(c *linqtest.Chat) { c.People[1].Status = linq.StatusLeft }},
		{name: "our own line", people: line},
		{name: "several, each in another way", people: ada + ", +12025550199, " + line + ", " + ben, chat: func(c *linqtest.Chat) { c.People[2].Status = linq.StatusRemoved }},
		{name: "one-to-one", chat: func(c *linqtest.Chat) { c.IsGroup, c.People = false, c.People[:2] }},
		{name: "SMS", chat: func(c *linqtest.Chat) { c.Service = linq.ServiceSMS }},
		{name: "exactly three would stay", chat: func(c *linqtest.Chat) { c.People = c.People[:4] }},
		{name: "too few would stay", chat: func(c *linqtest.Chat) { c.People = c.People[:3] }},
		{name: "nobody would stay", chat: func(c *linqtest.Chat) { c.People = c.People[1:2] }},
		{name: "a chat without a name", chat: func(c *linqtest.Chat) { c.DisplayName = "  " }},
		{name: "a chat named by its people", chat: func(c *linqtest.Chat) { c.DisplayName = "" }},
		{name: "a name with markup", chat: func(c *linqtest.Chat) { c.DisplayName = "*Spring* <!channel> `launch`" }},
		{name: "unknown chat", fault: linqtest.Fault{Status: 404, Code: linq.CodeChatNotFound}},
		{name: "404 of something in front of Linq", fault: linqtest.Fault{Status: 404, RawBody: "<html>404</html>"}},
		{name: "Linq has trouble", fault: linqtest.Fault{Status: 500}},
		{name: "the key is wrong", fault: linqtest.Fault{Status: 401, Code: linq.CodeUnauthorized}},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := linqtest.Start(t, linqtest.Config{Chats: []linqtest.Chat{askedChat(row.chat)}})
			if row.fault.Status != 0 {
				row.fault.Op = linqtest.GetChat
				server.Inject(row.fault)
			}
			if row.people == "" {
				row.people = ada
			}
			in := in1()
			in.Text = chatID + " " + row.people
			answer := asker(clientOf(t, server), &asking{}).Run(t.Context(), in)
			fmt.Fprintf(&shown, "%s:\n%s", row.name, written(answer))
			assert.Equal(t, len(presses(answer, commands.ActionConfirm)), 1)
			assert.Equal(t, len(presses(answer, commands.ActionCancel)), 1)
		})
	}
	golden.Assert(t, shown.String(), "question/previews.golden")
}

// What is asked for again meets a question, or its answer, in the ledger.
func TestPreviewsOfWhatWasAskedBefore(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		people string // Ada's number if empty
		before func(*questionEnv)
	}{
		{name: "under way, by someone else", before: func(e *questionEnv) {
			e.asks("Tr0", "U2", ada)
			e.clicks("Tr0", "U2", true)
		}},
		{name: "some under way", people: ada + ", " + ben, before: func(e *questionEnv) {
			e.asks("Tr0", "U2", ada)
			e.clicks("Tr0", "U2", true)
		}},
		{name: "someone else was asked", before: func(e *questionEnv) { e.asks("Tr0", "U2", ada) }},
		{name: "asked for again by the same person", people: ada + ", " + ben, before: func(e *questionEnv) { e.asks("Tr0", "U1", ben+", "+ada) }},
		{name: "part of it asked for again by the same person", before: func(e *questionEnv) { e.asks("Tr0", "U1", ada+", "+ben) }},
		{name: "more asked for by the same person", people: ada + ", " + ben, before: func(e *questionEnv) { e.asks("Tr0", "U1", ada) }},
		{name: "the same delivery again", before: func(e *questionEnv) { e.asks("Tr1", "U1", ada) }},
		{name: "the same delivery again, confirmed by now", before: func(e *questionEnv) {
			e.asks("Tr1", "U1", ada)
			e.clicks("Tr1", "U1", true)
		}},
	}
	e := newQuestionEnv(t, chatsFor(len(rows))...)
	var shown strings.Builder
	for i, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			e.take(t, i)
			row.before(e)
			answer := e.asks("Tr1", "U1", cmp.Or(row.people, ada))
			fmt.Fprintf(&shown, "%s:\n%s", row.name, written(answer))
			yes, no := presses(answer, commands.ActionConfirm), presses(answer, commands.ActionCancel)
			assert.Equal(t, len(yes), len(no))
			for i := range yes {
				assert.Equal(t, yes[i].Subject, no[i].Subject)
				assert.Assert(t, strings.Contains(e.states(strings.TrimSuffix(yes[i].Subject, e.row)), "asked"), "the buttons ask about what is open")
			}
		})
	}
	golden.Assert(t, shown.String(), "question/asked_before.golden")
}

// asker is a command that asks, with what it needs of others in their places.
func asker(chats commands.ChatReader, book *asking) *commands.Remove {
	return commands.NewRemove(commands.RemoveConfig{
		Policy: policy.Policy{Everyone: true}, Recorder: book, Region: "US", Logger: quiet(), Confirm: true, Questions: book, Chats: chats,
	})
}

// asking is a ledger in which everything waits for an answer.
type asking struct {
	recorder
	broken error
}

func (a *asking) Accept(ctx context.Context, orders []ledger.Order) ([]ledger.Acceptance, error) {
	accepted, err := a.recorder.Accept(ctx, orders)
	for i := range accepted {
		accepted[i].Request.State = ledger.Asked
	}
	return accepted, err
}

func (a *asking) View(context.Context, string) (ledger.View, error) {
	return ledger.View{Requests: []ledger.Request{{Order: a.orders[0], State: ledger.Asked}}}, a.broken
}

func (a *asking) Decide(context.Context, string, bool, string) ([]ledger.Request, int, error) {
	return nil, 0, errors.New("disk full")
}

func TestAPreviewWaitsALittle(t *testing.T) {
	t.Parallel()
	for delay, want := range map[time.Duration]string{1100 * time.Millisecond: "Spring launch", 1300 * time.Millisecond: "could not be read just now"} {
		t.Run(delay.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := commandstest.NewLinq(t, linqtest.Config{})
				chat := w.AddChat(group(ada, ben, carla))
				w.Fail(linqtest.GetChat, 0, linqtest.Fault{Delay: delay})
				book := &asking{}
				command := asker(w.Client, book)
				in := in1()
				in.Text = chat + " " + ada
				began := time.Now()
				answer := command.Run(t.Context(), in)
				assert.Equal(t, time.Since(began), min(delay, 1200*time.Millisecond))
				assert.Assert(t, strings.Contains(written(answer), want), written(answer))
				assert.Equal(t, len(presses(answer, commands.ActionConfirm)), 1)
				assert.Equal(t, book.orders[0].ConfirmFor, 10*time.Minute)
			})
		})
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	type answering = func(*questionEnv) (richtext.Answer, bool)
	click := func(user string, yes bool) answering {
		return func(e *questionEnv) (richtext.Answer, bool) { return e.clicks("Tr1", user, yes) }
	}
	after := func(first, then answering) answering {
		return func(e *questionEnv) (richtext.Answer, bool) {
			first(e)
			return then(e)
		}
	}
	late := func(e *questionEnv) (richtext.Answer, bool) {
		e.past.Store(int64(10 * time.Minute))
		return nil, false
	}
	swept := func(e *questionEnv) (richtext.Answer, bool) {
		late(e)
		for deadline := time.Now().Add(20 * time.Second); e.states("Tr1") != "cancelled cancelled"; time.Sleep(10 * time.Millisecond) {
			assert.Assert(e, time.Now().Before(deadline), "the question does not expire")
		}
		return nil, false
	}
	rows := []struct {
		name    string
		answer  answering
		states  string
		started int32
	}{
		{"yes", click("U1", true), "accepted accepted", 2},
		{"no", click("U1", false), "cancelled cancelled", 0},
		{"yes twice", after(click("U1", true), click("U1", true)), "accepted accepted", 2},
		{"no twice", after(click("U1", false), click("U1", false)), "cancelled cancelled", 0},
		{"yes after no", after(click("U1", false), click("U1", true)), "cancelled cancelled", 0},
		{"no after yes", after(click("U1", true), click("U1", false)), "accepted accepted", 2},
		{"yes by somebody else", click("U2", true), "asked asked", 0},
		{"no by somebody else", click("U2", false), "asked asked", 0},
		{"unknown", func(e *questionEnv) (richtext.Answer, bool) { return e.clicks("Tr404", "U1", true) }, "asked asked", 0},
		{"expired", after(late, click("U1", true)), "asked asked", 0},
		{"expired, and swept away", after(swept, click("U1", true)), "cancelled cancelled", 0},
		{"not allowed any more", func(e *questionEnv) (richtext.Answer, bool) {
			e.policy = policy.Policy{Users: []string{"U9"}}
			e.configure()
			return e.clicks("Tr1", "U1", true)
		}, "asked asked", 0},
		{"not allowed in the channel any more, clicked elsewhere", func(e *questionEnv) (richtext.Answer, bool) {
			e.policy = policy.Policy{Everyone: true, Channels: []string{"C9"}}
			e.configure()
			return e.command.Decide(e.Context(), commands.Click{Subject: "Tr1" + e.row, UserID: "U1", ChannelID: "C9"}, true)
		}, "asked asked", 0},
		{"not allowed any more, but no is always allowed", func(e *questionEnv) (richtext.Answer, bool) {
			e.policy = policy.Policy{}
			e.configure()
			return e.clicks("Tr1", "U1", false)
		}, "cancelled cancelled", 0},
		{"yes after a restart", func(e *questionEnv) (richtext.Answer, bool) {
			e.restart()
			return e.clicks("Tr1", "U1", true)
		}, "accepted accepted", 2},
	}
	e := newQuestionEnv(t, chatsFor(len(rows))...)
	var shown strings.Builder
	for i, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			e.take(t, i)
			e.asks("Tr1", "U1", ada+", Carla@Example.com")
			e.settle(0)
			answer, closed := row.answer(e)
			fmt.Fprintf(&shown, "%s, closed %t:\n%s", row.name, closed, written(answer))
			assert.Equal(t, e.states("Tr1"), row.states)
			e.settle(row.started)
		})
	}
	golden.Assert(t, shown.String(), "question/decided.golden")
}

func TestManyClicksAtOnce(t *testing.T) {
	t.Parallel()
	e := newQuestionEnv(t, askedChat(nil))
	e.asks("Tr1", "U1", ada)
	var recorded, before atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			answer, closed := e.clicks("Tr1", "U1", true)
			assert.Check(e, closed)
			switch text := written(answer); {
			case strings.Contains(text, "is recorded"):
				recorded.Add(1)
			case strings.Contains(text, "was confirmed before"):
				before.Add(1)
			default:
				e.Errorf("%s", text)
			}
		})
	}
	all.Wait()
	assert.Equal(t, recorded.Load(), int32(1))
	assert.Equal(t, before.Load(), int32(19))
	e.settle(1)
	history, err := e.ledger.History(t.Context(), e.request("Tr1").ID)
	assert.NilError(t, err)
	assert.Equal(t, len(history), 2)
	assert.Assert(t, slices.ContainsFunc(history, func(e ledger.Event) bool { return e.Cause == "confirmed by the person who asked" }))
}

func (e *questionEnv) request(delivery string) ledger.Request {
	e.Helper()
	view, err := e.ledger.View(e.Context(), delivery+e.row)
	assert.NilError(e, err)
	return view.Requests[0]
}

// Yes and no at the same time: one of them counts, and both clicks tell which.
func TestYesAndNoAtOnce(t *testing.T) {
	t.Parallel()
	e := newQuestionEnv(t, askedChat(nil))
	e.asks("Tr1", "U1", ada)
	var all sync.WaitGroup
	answers := make([]string, 2)
	for i, yes := range []bool{true, false} {
		all.Go(func() {
			answer, _ := e.clicks("Tr1", "U1", yes)
			answers[i] = written(answer)
		})
	}
	all.Wait()
	if e.states("Tr1") == "accepted" {
		assert.Assert(t, strings.Contains(answers[0], "is recorded"), answers[0])
		assert.Assert(t, strings.Contains(answers[1], "can no longer be cancelled"), answers[1])
		e.settle(1)
		return
	}
	assert.Assert(t, strings.Contains(answers[0], "was cancelled before"), answers[0])
	assert.Assert(t, strings.Contains(answers[1], "is cancelled"), answers[1])
	e.settle(0)
}

// When the ledger does not answer, nothing is claimed, and the buttons stay.
func TestDecideWithoutALedger(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, broken := range []error{errors.New("no such file"), nil} {
		book := &asking{}
		command := asker(noChats{}, book)
		command.Run(t.Context(), in1())
		book.broken = broken
		answer, closed := command.Decide(t.Context(), commands.Click{Subject: "Tr1", UserID: "U1", ChannelID: "C1"}, true)
		assert.Assert(t, !closed)
		fmt.Fprintf(&shown, "reading fails: %t:\n%s", broken != nil, written(answer))
	}
	book := &asking{recorder: recorder{err: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded)}}
	fmt.Fprintf(&shown, "the question is not recorded:\n%s", written(asker(noChats{}, book).Run(t.Context(), in1())))
	golden.Assert(t, shown.String(), "question/without_a_ledger.golden")
}

// noChats is a Linq that does not answer.
type noChats struct{}

func (noChats) Chat(context.Context, linq.ChatID) (linq.Chat, error) {
	return linq.Chat{}, &linq.NoAnswerError{Op: "read chat", Err: errors.New("refused")}
}

// What Linq does not say of the chat, the account's phone numbers may.
func TestAPreviewKnowsOurLines(t *testing.T) {
	t.Parallel()
	server := linqtest.Start(t, linqtest.Config{Chats: []linqtest.Chat{askedChat(func(c *linqtest.Chat) { c.People[0].IsMe = false })}})
	own := knownLines()
	_, err := own.Ours(t.Context(), nil, handle.New(ada))
	assert.NilError(t, err)
	for _, fault := range []linqtest.Fault{{Op: linqtest.GetChat, Times: 1, Status: 500}, {Op: linqtest.ListChats}} {
		server.Inject(fault)
		in := in1()
		in.Text = chatID + " " + line
		answer := commands.NewRemove(commands.RemoveConfig{
			Policy: policy.Policy{Everyone: true}, Recorder: &asking{}, Region: "US", Logger: quiet(), Confirm: true, Questions: &asking{},
			Chats: clientOf(t, server), Lines: own,
		}).Run(t.Context(), in)
		assert.Assert(t, strings.Contains(written(answer), "is your own line"), "%s", written(answer))
	}
}
