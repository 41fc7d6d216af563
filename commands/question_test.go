package commands_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
	"gotest.tools/v3/poll"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/forecast"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

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
		{name: "in another form", people: "+52 55 1234 5678", chat: func(c *linqtest.Chat) { c.People[1].Handle = "+5215512345678" }},
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

// A repeated command finds its question, or the answer to it, in the ledger.
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
func asker(chats forecast.ChatReader, book *asking) *commands.Remove {
	return commands.NewRemove(commands.RemoveConfig{
		Gate: gate(policy.Policy{Everyone: true}, nil), Recorder: book, Region: "US", Logger: quiet(), Confirm: true, Questions: book, Chats: chats,
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
	own.Refresh(t.Context())
	poll.WaitOn(t, func(poll.LogT) poll.Result {
		if own.Remembers(handle.New(line)) {
			return poll.Success()
		}
		return poll.Continue("the lines are not listed yet")
	})
	for _, fault := range []linqtest.Fault{{Op: linqtest.GetChat, Times: 1, Status: 500}, {Op: linqtest.ListChats}} {
		server.Inject(fault)
		in := in1()
		in.Text = chatID + " " + line
		answer := commands.NewRemove(commands.RemoveConfig{
			Gate: gate(policy.Policy{Everyone: true}, nil), Recorder: &asking{}, Region: "US", Logger: quiet(), Confirm: true, Questions: &asking{},
			Chats: clientOf(t, server), Lines: own,
		}).Run(t.Context(), in)
		assert.Assert(t, strings.Contains(written(answer), "is your own line"), "%s", written(answer))
	}
}

// What was decided about a question names the chat, as the question does.
func TestWhatWasDecidedNamesTheChat(t *testing.T) {
	t.Parallel()
	e := newDryEnv(t, askedChat(nil))
	book := bookOf(t, "US", askedChat(func(c *linqtest.Chat) { c.DisplayName = "Spring launch" }))
	_, _, err := book.All(t.Context())
	assert.NilError(t, err)
	command := commands.NewRemove(commands.RemoveConfig{
		Gate: gate(anyone(), nil), Recorder: e.ledger, Region: "US", Logger: quiet(), Confirm: true, Questions: e.ledger, UnderWay: e.ledger, Chats: e.chats, Book: book,
	})
	in := in1()
	in.Text = chatID + " " + ada
	command.Run(t.Context(), in)
	said, _ := command.Decide(t.Context(), commands.Click{Delivery: "Tr2", Subject: in.Delivery, TeamID: in.TeamID, UserID: in.UserID, ChannelID: in.ChannelID}, true)
	assert.Assert(t, strings.Contains(written(said), "from *Spring launch*, chat `"+chatID+"`, is recorded"), written(said))
}
