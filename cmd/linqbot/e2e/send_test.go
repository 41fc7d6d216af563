package e2e_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

// People read the answer, so it is printed as Slack would show it.
func TestSend(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	b := env.start()
	out, mistakes, err := env.run("send", "--bot", b.URL, "--team", env.slack.Config().TeamID, "/linq-remove help & <so on>")
	assert.NilError(t, err, mistakes)
	assert.Assert(t, strings.Contains(out, "/linq-remove <chatId> <handle>"), out)
	out, _, err = env.run("send", "--bot", b.URL, "--team", env.slack.Config().TeamID, "/linq-chats R&D <winter>")
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(out, "R&D <winter>"), out)

	help, _, err := env.run("--help")
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(help, "\n  send "), help)
}
