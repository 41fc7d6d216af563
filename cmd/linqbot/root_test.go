package main

import (
	"strings"
	"testing"
)

// A word that is no command is a mistake, also below another command: a unit file with it must not look as if it worked.
func TestAWordThatIsNoCommand(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"sevre", "webhook subscrbe", "webhook foo bar"} {
		root := newRoot()
		root.SetArgs(strings.Fields(args))
		if err := root.Execute(); err == nil || !strings.Contains(err.Error(), "unknown command") {
			t.Errorf("linqbot %s: %v", args, err)
		}
	}
}
