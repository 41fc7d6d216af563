package bot

import (
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace"
	"linqbot/bot/workspace/workspacetest"
)

const (
	notYet   = "⚠️ linqbot has not yet learned from Slack which workspace it serves, so nothing was done. Try again in a minute."
	notThis  = "⛔ This linqbot does not serve this workspace. Nothing was done."
	recorded = "Recorded."
)

func TestWhoseCommandsAreServed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name             string
		served           []string
		team, enterprise string
		want             string
	}{
		{"the team", []string{"T1"}, "T1", "", recorded},
		{"the team, in an organisation", []string{"T1"}, "T1", "E1", recorded},
		{"the organisation", []string{"E1"}, "T2", "E1", recorded},
		{"one of several", []string{"T1", "T2"}, "T2", "", recorded},
		{"another team", []string{"T1"}, "T2", "", notThis},
		{"another team of the organisation", []string{"T1"}, "T2", "E1", notThis},
		{"another organisation", []string{"E1"}, "T1", "E2", notThis},
		{"no team", []string{"T1"}, "", "", notThis},
		{"no team, and an empty one served", []string{""}, "", "", notThis},
		{"nobody is known yet", nil, "T1", "", notYet},
		{"nobody is known yet, and no team", nil, "", "", notYet},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, func(c *Config) { c.Teams = workspacetest.Known(t, tc.served...) })
				f := form("hello")
				f.Set("team_id", tc.team)
				if tc.enterprise != "" {
					f.Set("enterprise_id", tc.enterprise)
				}
				assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, f.Encode()))), tc.want)
				assert.Equal(t, len(e.command.runs()) == 1, tc.want == recorded)
			})
		})
	}
}

// The very first commands after the very first start wait a moment, so that a start is no reason to
// turn anybody away.
func TestTheFirstCommandsWaitForSlack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := slacktest.New(slacktest.Config{})
		fake.Inject(slacktest.Fault{Method: "auth.test", Delay: 900 * time.Millisecond, Times: 1})
		teams := learner(t, fake)
		e := newEdge(t, func(c *Config) { c.Teams = teams })
		go teams.Learn(t.Context())
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), recorded)
		assert.Equal(t, time.Since(began), 900*time.Millisecond)
	})
	synctest.Test(t, func(t *testing.T) {
		teams := learner(t, slacktest.New(slacktest.Config{}))
		e := newEdge(t, func(c *Config) { c.Teams = teams })
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), notYet)
		assert.Assert(t, time.Since(began) <= ackTime, "took %s", time.Since(began))
	})
}

// learner knows no team until its Slack, a fake without a network, has said which.
func learner(t *testing.T, fake *slacktest.Slack) *workspace.Teams {
	t.Helper()
	logger, _ := bottest.NewLog()
	teams, err := workspace.New(t.Context(), workspace.Config{
		Settings: new(bottest.Settings), Logger: logger, Slack: bottest.SlackOver(fake, fake),
	})
	assert.NilError(t, err)
	return teams
}
