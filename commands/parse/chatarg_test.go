package parse_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/parse"
)

func TestParseChat(t *testing.T) {
	t.Parallel()
	for _, text := range []string{chatID, " " + chatID + "\n", strings.ToUpper(chatID), "`" + chatID + "`", "\"" + chatID + "\"", "<" + chatID + ">", "\u200e" + chatID} {
		id, err := parse.Chat(text)
		assert.NilError(t, err, "%q", text)
		assert.Equal(t, id.String(), chatID)
	}
	for _, text := range []string{"", " ", "``", "x", chatID + " " + chatID, chatID + "/..", "{" + chatID + "}", "urn:uuid:" + chatID} {
		_, err := parse.Chat(text)
		usage, ok := errors.AsType[*parse.UsageError](err)
		assert.Assert(t, ok, "%q: %v", text, err)
		assert.Assert(t, len(usage.Why) > 0)
	}
}

func TestOpensForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, chat string
		opens      bool
	}{
		{"", "", true},
		{" ", "", true},
		{" \t\n\u00a0\u200e ", "", true},
		{chatID, chatID, true},
		{"  " + chatID + " ", chatID, true},
		{strings.ToUpper(chatID), chatID, true},
		{"`" + chatID + "`", chatID, true},
		{"```" + chatID + "```", chatID, true},
		{"\"" + chatID + "\"", chatID, true},

		{chatID + " " + ada, "", false},
		{chatID + " " + chatID, "", false},
		{chatID + ",", "", false},
		{chatID[:35], "", false},
		{strings.ReplaceAll(chatID, "-", ""), "", false},
		{"{" + chatID + "}", "", false},
		{ada, "", false},
		{"help", "", false},
		{"\"\"", "", false},
		{"spring", "", false},
		{".", "", false},
	} {
		chat, opens := parse.OpensForm(test.text)
		assert.Equal(t, opens, test.opens, "%q", test.text)
		assert.Equal(t, chat, test.chat, "%q", test.text)
	}
}
