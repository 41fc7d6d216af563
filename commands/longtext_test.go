package commands_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/commands/commandstest"
)

// What is longer than linqbot reads is refused in words, on every entrance, and is not scanned before.
func TestLongTextsAreRefused(t *testing.T) {
	t.Parallel()
	for name, long := range map[string]string{
		"numbers": strings.Repeat("1234567\n", 5000),
		"spaces":  strings.Repeat(" ", 12_000),
		"a chat":  chatID + strings.Repeat("\u200b", 12_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := &commandstest.Audit{}
			in := in1()
			in.Text, in.OpenForm = long, func(string) { t.Error("a form is opened") }
			command := commands.NewRemove(commands.RemoveConfig{Gate: gate(anyone(), record), Logger: quiet()})
			answer := shownAnswer(command.Run(t.Context(), in))
			assert.Assert(t, strings.Contains(answer, "longer than the 4,000 characters"), answer)
			assert.Assert(t, strings.Contains(answer, "Remove list from chat…"), answer)

			find := commands.NewFindChats(commands.FindChatsConfig{Gate: gate(anyone(), record), Logger: quiet()}) // without a book
			assert.Assert(t, strings.Contains(shownAnswer(find.Run(t.Context(), in)), "too long to search for"))
			assert.Equal(t, len(find.Options(t.Context(), in)), 0)
			assert.Equal(t, len(record.Readings), 0)
		})
	}
}
