package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

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
	history, err := e.ledger.Reader().History(t.Context(), e.request("Tr1").ID, 100)
	assert.NilError(t, err)
	assert.Equal(t, len(history), 2)
	assert.Assert(t, slices.ContainsFunc(history, func(e ledger.Event) bool { return e.Cause == "confirmed by the person who asked" }))
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
