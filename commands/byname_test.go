package commands_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/chatindex"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// readings keeps what was read.
type readings struct {
	policy.Audit
	kept     []ledger.Reading
	repeated bool
}

func (r *readings) KeepReading(_ context.Context, reading ledger.Reading) (bool, error) {
	r.kept = append(r.kept, reading)
	return r.repeated, nil
}

func (r *readings) Deny(context.Context, ledger.Denial) (bool, error) { return false, nil }

func removeByName(ctx context.Context, book *chatindex.Index, audit *readings, text string, users ...string) richtext.Answer {
	command := commands.NewRemove(commands.RemoveConfig{
		Gate: gate(policy.Policy{Users: users, Everyone: len(users) == 0}, audit), Recorder: &recorder{}, Region: "US", Logger: quiet(), Book: book,
	})
	in := in1()
	in.Text = text
	return command.Run(ctx, in)
}

func TestAChatsNameInThePlaceOfItsID(t *testing.T) {
	t.Parallel()
	book := bookOf(t, "US", append(gallery(), manyChats(6)...)...)
	var shown strings.Builder
	for _, text := range []string{
		"Spring launch " + ada,
		`"spring LAUNCH", (202) 555-0132, carla@example.com`,
		"Spring launch",
		"Spring launch +1415",
		"café launch 202 555 0132",
		"winter " + ada,
		"winter",
		"{" + chatID + "} " + ada,
		"<@U2|ben> " + ada,
	} {
		audit := &readings{}
		fmt.Fprintf(&shown, "%s:\n%s", text, written(removeByName(t.Context(), book, audit, text)))
		for _, reading := range audit.kept {
			assert.Equal(t, reading.Source, ledger.ChatList)
			assert.Equal(t, reading.Rule, "everyone")
			fmt.Fprintf(&shown, "    searched: %s\n", reading.Searched)
		}
	}
	golden.Assert(t, shown.String(), "remove/by_name.golden")
}

func TestAChatsNameIsNotSearchedForEveryone(t *testing.T) {
	t.Parallel()
	book := bookOf(t, "US", gallery()...)
	audit := &readings{}
	answer := removeByName(t.Context(), book, audit, "Spring launch "+ada, "U9")
	assert.Assert(t, len(audit.kept) == 0 && len(answer) == 1 && strings.Contains(answer[0].String(), "⛔"), "%v", answer)

	audit.repeated = true
	assert.Equal(t, len(removeByName(t.Context(), book, audit, "Spring launch "+ada)), 0, "a second delivery is answered again")
}

// The answer waits for Linq's list no longer than Slack waits for the answer.
func TestAChatsNameIsSearchedInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		book := chatindex.New(chatindex.Config{Lister: silentLister{}})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		answer := removeByName(ctx, book, &readings{}, "Spring launch "+ada)
		assert.Equal(t, time.Since(began), 2*time.Second)
		assert.Assert(t, strings.Contains(answer[0].String(), "Linq did not list the chats just now"), "%v", answer)
		time.Sleep(time.Minute) // the listing ends too
	})
}

// silentLister answers when nobody waits any more.
type silentLister struct{}

func (silentLister) AllChats(ctx context.Context, _ linq.ChatsQuery) iter.Seq2[linq.Chat, error] {
	return func(yield func(linq.Chat, error) bool) {
		<-ctx.Done()
		yield(linq.Chat{}, ctx.Err())
	}
}

// The answer names the chat where its name is known, and waits for no list.
func TestTheAnswerNamesTheChat(t *testing.T) {
	t.Parallel()
	chat := gallery()[0]
	book := bookOf(t, "US", chat)
	text := chat.ID + " " + ada
	answer := written(removeByName(t.Context(), book, &readings{}, text))
	assert.Assert(t, strings.Contains(answer, "from chat `"+chat.ID+"` is recorded"), answer)

	listed, err := book.Search(t.Context(), "") // it is listed from here on
	assert.NilError(t, err)
	name := listed[0].DisplayName
	answer = written(removeByName(t.Context(), book, &readings{}, text))
	assert.Assert(t, strings.Contains(answer, "from *"+name+"*, chat `"+chat.ID+"`, is recorded"), answer)
}
