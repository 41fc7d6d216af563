// Package workspacetest has teams for tests of what is built on workspace. Begin with [Known].
package workspacetest

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/workspace"
)

// Known serves the teams that are named, in the workspace acme.
func Known(t testing.TB, ids ...string) *workspace.Teams {
	t.Helper()
	logger, _ := bottest.NewLog()
	teams, err := workspace.New(t.Context(), workspace.Config{
		IDs: ids, Logger: logger,
		Settings: &bottest.Settings{Kept: map[string]string{"slack_workspace": "https://acme.slack.com/"}},
	})
	assert.NilError(t, err)
	return teams
}
