package commands_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/chatindex"
	"linqbot/commands/invocation"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// written shows an answer with the kinds of its parts, and what its buttons ask for.
func written(answer richtext.Answer) string {
	var b strings.Builder
	for _, text := range answer {
		var words richtext.Text
		var buttons strings.Builder
		for _, span := range text {
			if span.Kind != richtext.Press {
				words = append(words, span)
				continue
			}
			danger := ""
			if span.Danger {
				danger = ", danger"
			}
			fmt.Fprintf(&buttons, "    [ %s ] %s: %s%s\n", span.Value, span.Action, span.Subject, danger)
		}
		if len(words) > 0 {
			fmt.Fprintf(&b, "    %s\n", markedUp(words))
		}
		b.WriteString(buttons.String())
	}
	return b.String()
}

// presses returns the buttons of an answer that ask for an action.
func presses(answer richtext.Answer, action string) []richtext.Span {
	var found []richtext.Span
	for _, text := range answer {
		for _, span := range text {
			if span.Kind == richtext.Press && span.Action == action {
				found = append(found, span)
			}
		}
	}
	return found
}

func finder(book *chatindex.Index, rules policy.Policy) *commands.FindChats {
	return commands.NewFindChats(commands.FindChatsConfig{Gate: gate(rules, nil), Book: book, Logger: quiet()})
}

func asks(words string) invocation.Invocation {
	return invocation.Invocation{UserID: "U1", ChannelID: "C1", Text: words}
}

// gallery are chats that are shown in different ways.
func gallery() []linqtest.Chat {
	named := func(number int, name, service, health string, people ...string) linqtest.Chat {
		chat := linqtest.Group(name, line, people...)
		chat.ID = fmt.Sprintf("0000000%d-1111-4222-8333-444455556666", number)
		chat.Service, chat.Health = service, health
		chat.UpdatedAt = askedAt().Add(-time.Duration(number) * time.Hour)
		return chat
	}
	withLeft := named(2, "Autumn", linq.ServiceRCS, "AT_RISK", ben, carla)
	withLeft.People = append(withLeft.People, linqtest.Person{Handle: ada, Status: linq.StatusLeft})
	alone := named(4, "Alone", linq.ServiceIMessage, "OPTED_OUT")
	nobody := named(5, "Nobody", linq.ServiceIMessage, "HEALTHY")
	nobody.People[0].Status = linq.StatusLeft
	strangers := named(6, "Strangers", linq.ServiceIMessage, "HEALTHY", ada, ben)
	strangers.People = strangers.People[1:]
	return []linqtest.Chat{
		named(1, "Spring launch", linq.ServiceIMessage, "HEALTHY", ada, ben, carla, dan),
		withLeft,
		named(3, "", linq.ServiceSMS, "CRITICAL", ada, carla),
		alone, nobody, strangers,
		named(7, "*Bold* _it_ `code` <!channel> & "+ada, "Pigeon <!here>", "SOMETHING_NEW", ada, "+12025550151", "+12025550152", "+12025550153", "+12025550154", "+12025550155", "+12025550156"),
		named(8, strings.Repeat("very ", 100)+"long", linq.ServiceIMessage, "HEALTHY", ada, ben),
	}
}

func TestFindChatsAnswers(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	show := func(name string, answer richtext.Answer) {
		fmt.Fprintf(&shown, "%s:\n%s", name, written(answer))
		for _, text := range answer {
			assert.Assert(t, !strings.Contains(markedUp(text), "5550132"), "%s: a number is shown whole", name)
		}
	}
	everyone := policy.Policy{Everyone: true}
	some := finder(bookOf(t, "US", gallery()...), everyone)
	many := finder(bookOf(t, "US", manyChats(20)...), everyone)

	show("many, each shown in its way", some.Run(t.Context(), asks("")))
	show("one", some.Run(t.Context(), asks("  Spring\u00a0LAUNCH ")))
	show("none", some.Run(t.Context(), asks("winter")))
	show("none, words with markup", some.Run(t.Context(), asks("*winter* _it_ `x` &lt;!channel&gt; R&amp;D")))
	show("none, several lines", some.Run(t.Context(), asks("winter\n⛔ Removed.")))
	show("none, a long text", some.Run(t.Context(), asks(strings.Repeat("winter ", 100))))
	for _, wish := range []string{"help", " Help ", "?", "--help"} {
		assert.DeepEqual(t, some.Run(t.Context(), asks(wish)), commands.Help())
	}
	show("a chat about help", some.Run(t.Context(), asks("help desk")))
	show("none, a mention", some.Run(t.Context(), asks("<@U0ADA|ada>")))
	show("none, a mention among words", some.Run(t.Context(), asks("launch <@U0ADA>")))
	show("none, a name as people write it in Slack", some.Run(t.Context(), asks("@Ada")))
	show("too long", some.Run(t.Context(), asks(strings.Repeat("winter ", 150))))
	show("an account without groups", finder(bookOf(t, "US"), everyone).Run(t.Context(), asks("")))
	show("a whole number", some.Run(t.Context(), asks("<tel:+12025550165|(202) 555-0165>")))

	page := many.Run(t.Context(), asks("café launch"))
	show("the first page", page)
	for _, name := range []string{"the second page", "the last page"} {
		more := presses(page, commands.ActionMore)
		assert.Equal(t, len(more), 1)
		page = many.More(t.Context(), commands.Click{UserID: "U1", ChannelID: "C1", Subject: more[0].Subject})
		show(name, page)
	}
	assert.Equal(t, len(presses(page, commands.ActionMore)), 0)
	for _, subject := range []string{"", "x", "-8 spring", "40 café launch", "16"} {
		answer := many.More(t.Context(), commands.Click{UserID: "U1", ChannelID: "C1", Subject: subject})
		fmt.Fprintf(&shown, "a button with %q:\n    %s\n", subject, markedUp(answer[0]))
	}

	denied := finder(bookOf(t, "US", gallery()...), policy.Policy{Users: []string{"U9"}})
	show("denied, help", denied.Run(t.Context(), asks("help")))
	show("denied", denied.Run(t.Context(), asks("")))
	show("denied, a click", denied.More(t.Context(), commands.Click{UserID: "U1", ChannelID: "C1", Subject: "8 spring"}))
	elsewhere := finder(bookOf(t, "US", gallery()...), policy.Policy{Everyone: true, Channels: []string{"C9"}})
	show("denied in this channel", elsewhere.More(t.Context(), commands.Click{UserID: "U1", ChannelID: "C1", Subject: "8 spring"}))

	for _, refusal := range []struct {
		name string
		err  error
	}{
		{"trouble at Linq", &linq.Error{HTTPStatus: 500, Code: 3006, TraceID: "0af7651916cd43dd8448eb211c80319c"}},
		{"the key is wrong", &linq.Error{HTTPStatus: 401, Code: 2004}},
		{"refused", &linq.Error{HTTPStatus: 403, Code: 2006, TraceID: "0af7651916cd43dd8448eb211c80319c"}},
		{"refused without a trace id", &linq.Error{HTTPStatus: 403}},
		{"no answer", &linq.NoAnswerError{Err: errors.New("refused")}},
	} {
		book := chatindex.New(chatindex.Config{Lister: noLister{refusal.err}})
		show("not listed, "+refusal.name, finder(book, everyone).Run(t.Context(), asks("")))
	}
	golden.Assert(t, shown.String(), "chats/answers.golden")
}

// noLister lists nothing.
type noLister struct{ err error }

func (l noLister) AllChats(context.Context, linq.ChatsQuery) iter.Seq2[linq.Chat, error] {
	return func(yield func(linq.Chat, error) bool) { yield(linq.Chat{}, l.err) }
}

func TestFindChatsWhileLinqHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, book := slowBook(t)
		w.Fail(linqtest.ListChats, 0, linqtest.Fault{Delay: 10 * time.Second})
		find := finder(book, policy.Policy{Everyone: true})
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		answer := find.Run(ctx, asks("spring"))
		assert.Assert(t, strings.Contains(written(answer), "Linq has not listed the chats yet. Try again in a few seconds"))
		time.Sleep(8 * time.Second)
		assert.Equal(t, len(presses(find.Run(t.Context(), asks("spring")), commands.ActionPick)), 1)
	})
}

// Another process, whose list is as it was, goes on where the button says.
func TestPagesNeedNoMemory(t *testing.T) {
	t.Parallel()
	chats := manyChats(30)
	everyone := policy.Policy{Everyone: true}
	answer := finder(bookOf(t, "US", chats...), everyone).Run(t.Context(), asks("launch"))
	seen := make(map[string]bool)
	for {
		for _, button := range presses(answer, commands.ActionPick) {
			_, err := linq.ParseChatID(button.Subject)
			assert.NilError(t, err)
			assert.Assert(t, !seen[button.Subject], button.Subject)
			seen[button.Subject] = true
		}
		more := presses(answer, commands.ActionMore)
		if len(more) == 0 {
			break
		}
		answer = finder(bookOf(t, "US", chats...), everyone).More(t.Context(), commands.Click{UserID: "U1", ChannelID: "C1", Subject: more[0].Subject})
	}
	assert.Equal(t, len(seen), 30)
}

// Slack takes at most 2,000 characters in a button, and counts those outside the first plane twice.
func TestLongWordsFitIntoAButton(t *testing.T) {
	t.Parallel()
	chats := manyChats(12)
	for i := range chats {
		chats[i].DisplayName = strings.Repeat("𝐁", 900)
	}
	find := finder(bookOf(t, "US", chats...), policy.Policy{Everyone: true})
	most := strings.Repeat("𝐁", 900)
	more := presses(find.Run(t.Context(), asks(most)), commands.ActionMore)
	assert.Equal(t, len(more), 1)
	assert.Equal(t, more[0].Subject, "8 "+most)
	assert.Assert(t, 2*utf8.RuneCountInString(more[0].Subject) <= 2000)
	rest := find.More(t.Context(), commands.Click{UserID: "U1", ChannelID: "C1", Subject: more[0].Subject})
	assert.Equal(t, len(presses(rest, commands.ActionPick)), 4)
	assert.Equal(t, len(presses(find.Run(t.Context(), asks(most+"𝐁")), commands.ActionMore)), 0)
}
