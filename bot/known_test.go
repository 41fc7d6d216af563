package bot

import (
	"testing"

	"linqbot/bot/bottest"

	"gotest.tools/v3/assert"
)

// knownTeams serve the teams that are named, in the workspace acme.
func knownTeams(t testing.TB, ids ...string) *Teams {
	t.Helper()
	logger, _ := bottest.NewLog()
	teams, err := NewTeams(t.Context(), TeamsConfig{
		IDs: ids, Logger: logger,
		Settings: &bottest.Settings{Kept: map[string]string{"slack_workspace": "https://acme.slack.com/"}},
	})
	assert.NilError(t, err)
	return teams
}
