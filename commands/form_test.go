package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/parse"
)

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

func TestHelp(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, text := range commands.Help() {
		fmt.Fprintln(&shown, markedUp(text))
	}
	golden.Assert(t, shown.String(), "help.golden")
}
