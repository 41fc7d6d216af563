package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/golden"

	"linqbot/commands"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, text := range commands.Help() {
		fmt.Fprintln(&shown, markedUp(text))
	}
	golden.Assert(t, shown.String(), "help.golden")
}
