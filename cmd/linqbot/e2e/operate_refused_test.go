package e2e_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

func TestWhatAnOperatorWritesWrong(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	people := env.file("people.csv", "Phone\n"+ann+"\nbob\n")
	many := env.file("many.csv", strings.Join(numbers(200, 501), "\n"))
	for _, tc := range []struct {
		says string
		args []string
	}{
		{"give the id of the chat", []string{"remove", env.chat, "--as", "Olga"}},
		{"give the phone number", []string{"offboard", "--as", "Olga", "--yes"}},
		{"--as is missing", []string{"offboard", ann, "--yes"}},
		{"--as is empty", []string{"offboard", ann, "--as", " ", "--yes"}},
		{"--as is too long", []string{"offboard", ann, "--as", strings.Repeat("x", 81), "--yes"}},
		{"--reason is too long", []string{"offboard", ann, "--as", "Olga", "--yes", "--reason", strings.Repeat("x", 301)}},
		{"do it with --yes", []string{"offboard", ann, "--as", "Olga"}},
		{"neither a phone number nor an e-mail", []string{"offboard", "bob", "--as", "Olga", "--yes"}},
		{"linqbot remove " + env.chat, []string{"remove", ann, env.chat, "--as", "Olga", "--yes"}},
		{"unknown flag", []string{"remove", env.chat, ann, "--as", "Olga", "--force"}},
		{"--file is empty", []string{"offboard", "--file=", "--as", "Olga", "--yes"}},
		{"no such file", []string{"offboard", "--file", "nobody.csv", "--as", "Olga", "--yes"}},
		{"give the id of the chat", []string{"remove", "--file", people, "--as", "Olga", "--yes"}},
		{"in --file or beside it, not in both", []string{"remove", env.chat, ann, "--file", people, "--as", "Olga", "--yes"}},
		{"Line 3: bob. bob is neither", []string{"remove", env.chat, "--file", people, "--as", "Olga", "--yes"}},
		{"That is 501 people, and a list takes at most 500.", []string{"offboard", "--file", many, "--as", "Olga", "--yes"}},
		{"larger than 1 MB", []string{"offboard", "--file", "/dev/zero", "--as", "Olga", "--yes"}},
		{"Nobody is named in this list", []string{"offboard", "--file", "-", "--as", "Olga", "--yes"}},
		{"Line 1: bob", []string{"offboard", strings.Join(append(numbers(200, 20), "bob"), ","), "--as", "Olga", "--yes"}},
	} {
		events, complaint, code := env.operate(tc.args...)
		assert.Check(t, code == 2 && len(events) == 0 && strings.Contains(complaint, tc.says), "%v: %d %s", tc.args, code, complaint)
	}
	_, err := os.Stat(strings.TrimPrefix(env.vars["DATABASE_URL"], "sqlite://"))
	assert.Assert(t, os.IsNotExist(err), "a ledger was made")
}

// The rails hold operators as they hold everybody.
func TestRailsHoldOperators(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"] = url
		env.vars["PROTECTED_HANDLES"] = ann
		env.vars["MAX_REMOVALS_PER_HOUR"] = "1"
		env.vars["MAX_REMOVALS_PER_DAY"] = "3"
		people := numbers(133, 8)
		refused := func(rule, says string, args ...string) {
			t.Helper()
			events, complaint, code := env.operate(append(args, "--yes")...)
			found := only(events, "refused")
			assert.Assert(t, code == 1 && len(found) == 1, "%v %s", events, complaint)
			assert.Equal(t, found[0].Rule, rule)
			assert.Assert(t, strings.Contains(found[0].Message, says), found[0].Message)
		}
		removed := func(args ...string) {
			t.Helper()
			events, complaint, code := env.operate(append(args, "--yes")...)
			assert.Assert(t, code == 0, "%v %s", events, complaint)
		}
		refused("protected handle", "linqbot never removes", "offboard", ann, "--as", "Olga")
		refused("limit of a day", "asks for more at once", "remove", env.chat, strings.Join(people[:4], ","), "--as", "Olga")
		events, complaint, code := env.operate("remove", env.chat, strings.Join(people[:4], ","), "--as", "Olga", "--dry-run")
		assert.Equal(t, code, 0, complaint)
		assert.Assert(t, strings.Contains(only(events, "note")[0].Message, "This would be refused: linqbot takes 3 removals"), "%v", events)
		removed("remove", env.chat, people[0]+","+people[1], "--as", "Olga")
		refused("limit of an hour", "It is possible again at", "offboard", people[2], "--as", "Olga")
		refused("limit of a day", "It is possible again at", "remove", env.chat, people[2]+","+people[3], "--as", "Oskar")
		removed("offboard", people[2], "--as", "Oskar")
		assert.Equal(t, strings.Count(env.must("audit", "--state", "denied"), "operator O"), 4)
		assert.Equal(t, env.linq.Deletes(env.chat, ann), 0)

		delete(env.vars, "MAX_REMOVALS_PER_DAY")
		delete(env.vars, "MAX_REMOVALS_PER_HOUR")
		env.must("pause", "--reason", "wrong list", "--as", "Oskar")
		p, err := processtest.Start(env.operator("offboard", people[4], "--as", "Oskar", "--yes"), "")
		assert.NilError(t, err)
		env.await("the pause to be told", func() bool { return strings.Contains(p.Logs.String(), "wrong list") })
		time.Sleep(time.Second)
		assert.Equal(t, env.linq.Deletes(env.chat, people[4]), 0)
		env.must("resume", "--as", "Oskar")
		<-p.Done
		assert.Equal(t, p.Cmd.ProcessState.ExitCode(), 0, p.Logs.String())
		assert.Equal(t, env.linq.Effects(env.chat, people[4]), 1)
	})
}

// What waits for Slack in the ledger is kept for the next bot that serves.
func TestAnOperatorLeavesSlackToTheBot(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Status: http.StatusServiceUnavailable})
	b := env.start()
	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat + " " + ann})
	b.Kill()
	env.linq.ClearFaults()
	_, complaint, code := env.operate("remove", env.chat, "+14155550133", "--as", "Olga", "--yes")
	assert.Equal(t, code, 0, complaint)
	env.start()
	env.awaitOutcome("✅")
	assert.Equal(t, env.linq.Effects(env.chat, ann), 1)
}
