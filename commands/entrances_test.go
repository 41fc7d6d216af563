package commands_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/invocation"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// entrance is a way in, by which U1 asks for something in C1.
type entrance struct {
	source   ledger.Source
	delivery string
	ask      func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer
}

// entrances have nothing behind them: what a denied person sends is looked at by nobody.
func entrances() map[string]entrance {
	in := invocation.Invocation{Delivery: "d1", TeamID: "T1", ChannelID: "C1", UserID: "U1", Text: chatID}
	click := commands.Click{Delivery: "d1", Subject: "q1", TeamID: "T1", ChannelID: "C1", UserID: "U1"}
	remove := func(p policy.Policy, record policy.Audit) *commands.Remove {
		return commands.NewRemove(commands.RemoveConfig{Gate: gate(p, record), Logger: quiet()})
	}
	find := func(p policy.Policy, record policy.Audit) *commands.FindChats {
		return commands.NewFindChats(commands.FindChatsConfig{Gate: gate(p, record), Logger: quiet()})
	}
	return map[string]entrance{
		"the command": {ledger.SlashCommand, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			in := in
			in.OpenForm = func(string) { panic("a form is opened") }
			return remove(p, record).Run(ctx, in)
		}},
		"adding": {ledger.SlashCommand, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			return commands.NewAdd(commands.AddConfig{Gate: gate(p, record), Logger: quiet()}).Run(ctx, in)
		}},
		"opening the form": {ledger.Modal, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			answer, _ := remove(p, record).MayOpen(ctx, in, func() string { panic("a message is searched") })
			return answer
		}},
		"sending the form": {ledger.Modal, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			answer, _ := remove(p, record).MaySubmit(ctx, in)
			return answer
		}},
		"the people of the form": {ledger.Modal, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			answer, _ := remove(p, record).Pick(ctx, in, linq.ChatID{}, nil)
			return answer
		}},
		"the list of chats": {ledger.ChatList, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			return find(p, record).Run(ctx, in)
		}},
		"more chats": {ledger.ChatList, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			return find(p, record).More(ctx, click)
		}},
		"the search in the form": {ledger.ChatSearch, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			if len(find(p, record).Options(ctx, in)) > 0 {
				panic("chats are found")
			}
			return nil
		}},
		"adding back": {ledger.UndoButton, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			return commands.NewUndo(commands.UndoConfig{Gate: gate(p, record), Logger: quiet()}).
				Run(ctx, commands.UndoClick{Delivery: "d1", RequestID: "r1", TeamID: "T1", ChannelID: "C1", UserID: "U1"})
		}},
		"the yes to a question": {ledger.Answered, "d1", func(ctx context.Context, p policy.Policy, record policy.Audit) richtext.Answer {
			answer, _ := remove(p, record).Decide(ctx, click, true)
			return answer
		}},
	}
}

// What the policy says no to is on record once, whichever way it was asked for, before anything else is
// looked at; a record that cannot be kept changes nothing. The same bytes again get no answer.
func TestDenialsAreKept(t *testing.T) {
	t.Parallel()
	for name, test := range entrances() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := &commandstest.Audit{Err: errors.New("no ledger")}
			rules := policy.Policy{Users: []string{"U9"}}
			first := test.ask(t.Context(), rules, record)
			again := test.ask(t.Context(), rules, record)
			if test.source != ledger.ChatSearch {
				may := "You may not remove people from Linq chats."
				if name == "adding" {
					may = "You may not add people to Linq chats."
				}
				assert.Assert(t, strings.Contains(shownAnswer(first), may), shownAnswer(first))
			}
			assert.Equal(t, len(again), 0)
			assert.DeepEqual(t, record.Denials, []ledger.Denial{{
				Source: test.source, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "not named", Delivery: test.delivery,
			}})
			assert.Equal(t, len(record.Readings), 0)
		})
	}
}

// A question is for the person who asked. Somebody else's press is on record, and a stranger's learns nothing.
func TestSomebodyElsesPressIsKept(t *testing.T) {
	t.Parallel()
	for _, yes := range []bool{true, false} {
		for rule, rules := range map[string]policy.Policy{
			policy.DeniedToAnswerIt: {Everyone: true},
			"not named":             {Users: []string{"U9"}},
		} {
			record := &commandstest.Audit{}
			command := commands.NewRemove(commands.RemoveConfig{Gate: gate(rules, record), Questions: oneQuestion{}, Logger: quiet()})
			click := commands.Click{Delivery: "d2", Subject: "d1", TeamID: "T1", ChannelID: "C1", UserID: "U2"}
			answer, closed := command.Decide(t.Context(), click, yes)
			assert.Assert(t, !closed)
			assert.Equal(t, strings.Contains(shownAnswer(answer), "U1"), rule == policy.DeniedToAnswerIt, shownAnswer(answer))
			again, closed := command.Decide(t.Context(), click, yes)
			assert.Assert(t, !closed)
			assert.Equal(t, len(again), 0)
			assert.DeepEqual(t, record.Denials, []ledger.Denial{{
				Source: ledger.Answered, TeamID: "T1", ChannelID: "C1", UserID: "U2", Rule: rule, Delivery: "d2",
			}})
		}
	}
}

// The channel that counts is where the question was asked and the removal asked for; both are known
// only after who asks.
func TestDenialsByChannelAreKept(t *testing.T) {
	t.Parallel()
	rules := policy.Policy{Everyone: true, Channels: []string{"C9"}}
	record := &commandstest.Audit{}
	commands.NewRemove(commands.RemoveConfig{Gate: gate(rules, record), Questions: oneQuestion{}, Logger: quiet()}).
		Decide(t.Context(), commands.Click{Delivery: "d1", Subject: "d1", TeamID: "T1", ChannelID: "C9", UserID: "U1"}, true)
	commands.NewUndo(commands.UndoConfig{Gate: gate(rules, record), Records: oneRemoval{}, Logger: quiet()}).
		Run(t.Context(), commands.UndoClick{Delivery: "d2", RequestID: "r1", TeamID: "T1", ChannelID: "C9", UserID: "U1"})
	denied := func(source ledger.Source, delivery string) ledger.Denial {
		return ledger.Denial{Source: source, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: policy.DeniedByChannel, Delivery: delivery}
	}
	assert.DeepEqual(t, record.Denials, []ledger.Denial{denied(ledger.Answered, "d1"), denied(ledger.UndoButton, "d2")})
}

// A person who lists, searches or opens something is on record, with numbers masked. The same bytes again get nothing.
func TestReadingsAreKept(t *testing.T) {
	t.Parallel()
	in := invocation.Invocation{Delivery: "d1", TeamID: "T1", ChannelID: "C1", UserID: "U1"}
	opened := 0
	for name, test := range map[string]struct {
		source         ledger.Source
		chat, searched string
		ask            func(t *testing.T, record policy.Audit) (something bool)
	}{
		"the list": {ledger.ChatList, "", "", func(t *testing.T, record policy.Audit) bool {
			t.Helper()
			return len(finderOn(t, record).Run(t.Context(), in)) > 0
		}},
		"a search by a number": {ledger.ChatList, "", "+1 ••• ••• 0132", func(t *testing.T, record policy.Audit) bool {
			t.Helper()
			in := in
			in.Text = ada
			return len(finderOn(t, record).Run(t.Context(), in)) > 0
		}},
		"more of them": {ledger.ChatList, "", "spring c•••@example.com", func(t *testing.T, record policy.Audit) bool {
			t.Helper()
			click := commands.Click{Delivery: "d1", Subject: "8 spring carla@example.com", TeamID: "T1", ChannelID: "C1", UserID: "U1"}
			return len(finderOn(t, record).More(t.Context(), click)) > 0
		}},
		"the search in the form": {ledger.ChatSearch, "", "spring", func(t *testing.T, record policy.Audit) bool {
			t.Helper()
			in := in
			in.Text = "spring"
			return len(finderOn(t, record).Options(t.Context(), in)) > 0
		}},
		"the form on a chat": {ledger.Modal, chatID, "", func(t *testing.T, record policy.Audit) bool {
			t.Helper()
			_, may := commands.NewRemove(commands.RemoveConfig{Gate: gate(anyone(), record), Logger: quiet()}).
				MayOpen(t.Context(), in, func() string { return chatID })
			return may
		}},
		"the command on a chat": {ledger.SlashCommand, chatID, "", func(t *testing.T, record policy.Audit) bool {
			t.Helper()
			in, before := in, opened
			in.Text, in.OpenForm = chatID, func(string) { opened++ }
			answer := commands.NewRemove(commands.RemoveConfig{Gate: gate(anyone(), record), Logger: quiet()}).Run(t.Context(), in)
			assert.Equal(t, opened > before, len(answer) > 0)
			return len(answer) > 0
		}},
	} {
		t.Run(name, func(t *testing.T) {
			record := &commandstest.Audit{}
			assert.Assert(t, test.ask(t, record))
			assert.Assert(t, !test.ask(t, record), "the same bytes again")
			assert.DeepEqual(t, record.Readings, []ledger.Reading{{
				Source: test.source, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "everyone", ChatID: test.chat,
				Searched: test.searched, Delivery: "d1",
			}})
		})
	}
}

// A form that is opened on no chat shows nobody's data.
func TestAnEmptyFormIsNoReading(t *testing.T) {
	t.Parallel()
	record := &commandstest.Audit{}
	command := commands.NewRemove(commands.RemoveConfig{Gate: gate(anyone(), record), Logger: quiet()})
	_, may := command.MayOpen(t.Context(), in1(), func() string { return "" })
	assert.Assert(t, may)
	in, opened := in1(), 0
	in.Text, in.OpenForm = "", func(chat string) {
		assert.Check(t, chat == "")
		opened++
	}
	assert.Assert(t, len(command.Run(t.Context(), in)) > 0)
	assert.Equal(t, opened, 1)
	assert.Equal(t, len(record.Readings), 0)
}

// finderOn finds two chats, and records who does.
func finderOn(t *testing.T, record policy.Audit) *commands.FindChats {
	t.Helper()
	return commands.NewFindChats(commands.FindChatsConfig{
		Gate: gate(anyone(), record), Book: bookOf(t, "US", gallery()[:2]...), Logger: quiet(),
	})
}

// oneQuestion is the question of U1 in C1, which is open.
type oneQuestion struct{ commands.Questions }

func (oneQuestion) View(context.Context, string) (ledger.View, error) {
	return ledger.View{Requests: []ledger.Request{{
		Order: ledger.Order{Delivery: "d1", ChannelID: "C1", UserID: "U1"}, State: ledger.Asked,
	}}}, nil
}

// oneRemoval was asked for in C1.
type oneRemoval struct{ commands.UndoRecords }

func (oneRemoval) Request(context.Context, string) (ledger.Request, error) {
	return ledger.Request{Order: ledger.Order{ChannelID: "C1"}}, nil
}
