package workspace

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
)

// serves asks without patience.
func serves(teams *Teams, team, enterprise string) bool {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	why, _ := teams.Refuse(ctx, team, enterprise)
	return len(why) == 0
}

// Learner is a Teams whose Slack is a fake without a network.
func Learner(t *testing.T, fake *slacktest.Slack, kept *bottest.Settings, ids ...string) (*Teams, *bottest.Lines) {
	t.Helper()
	logger, log := bottest.NewLog()
	teams, err := New(t.Context(), Config{
		IDs: ids, Settings: kept, Logger: logger,
		Slack: bottest.SlackOver(fake, fake),
	})
	assert.NilError(t, err)
	return teams, log
}

func TestTheTeamIsLearnedAndKept(t *testing.T) {
	t.Parallel()
	fake, kept := slacktest.New(slacktest.Config{}), new(bottest.Settings)
	teams, _ := Learner(t, fake, kept)
	assert.Assert(t, !serves(teams, bottest.Team, ""))

	teams.Learn(t.Context())
	assert.Assert(t, serves(teams, bottest.Team, ""))
	assert.Assert(t, !serves(teams, "T0OTHER", ""))
	assert.Equal(t, teams.Renderer().Workspace, "https://acme.slack.com")
	assert.DeepEqual(t, kept.All(), map[string]string{settingTeams: bottest.Team, settingWorkspace: "https://acme.slack.com/"})

	// The next start finds Slack out, and knows all the same.
	fake.Inject(slacktest.Fault{Drop: slacktest.BeforeEffect})
	again, _ := Learner(t, fake, kept)
	assert.Assert(t, serves(again, bottest.Team, ""))
	assert.Assert(t, !serves(again, "T0OTHER", ""))
	assert.Equal(t, again.Renderer().Workspace, "https://acme.slack.com")
}

func TestNamedTeamsWin(t *testing.T) {
	t.Parallel()
	kept := &bottest.Settings{Kept: map[string]string{settingTeams: "T0KEPT"}}
	teams, _ := Learner(t, slacktest.New(slacktest.Config{}), kept, "T0NAMED", "E0NAMED")
	check := func() {
		t.Helper()
		assert.Assert(t, serves(teams, "T0NAMED", ""))
		assert.Assert(t, serves(teams, "T0ANY", "E0NAMED"))
		for _, other := range []string{"T0KEPT", bottest.Team} {
			assert.Assert(t, !serves(teams, other, ""), other)
		}
	}
	check()
	teams.Learn(t.Context())
	check()
	assert.Equal(t, teams.Renderer().Workspace, "https://acme.slack.com", "links need the workspace in any case")
}

// Slack is asked until it answers, at longer and longer intervals.
func TestLearningOutlastsTrouble(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"no answer":             {Drop: slacktest.BeforeEffect},
		"5xx":                   {Status: http.StatusServiceUnavailable},
		"429":                   {RetryAfter: time.Second},
		"invalid_auth":          {Error: "invalid_auth"},
		"not ok, without error": {NoError: true},
		"ok, and no team":       {RawBody: `{"ok":true}`},
		"a page":                {RawBody: "<html>back soon</html>"},
		"a redirect":            {Redirect: "https://elsewhere.test/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake, kept := slacktest.New(slacktest.Config{}), new(bottest.Settings)
				const failures = 9
				fault.Times = failures
				fake.Inject(fault)
				teams, log := Learner(t, fake, kept)
				began := time.Now()
				done := make(chan struct{})
				go func() { teams.Learn(t.Context()); close(done) }()

				time.Sleep(time.Second - time.Nanosecond) // the moment before the second try
				synctest.Wait()
				assert.Equal(t, len(fake.Calls()), 1)
				assert.Assert(t, !serves(teams, bottest.Team, ""))
				assert.Equal(t, len(kept.All()), 0, "kept what nobody said")
				<-done
				// 1+2+4+8+16+32 s, then a minute each.
				assert.Equal(t, time.Since(began), 63*time.Second+3*time.Minute)
				assert.Equal(t, len(fake.Calls()), failures+1)
				assert.Assert(t, serves(teams, bottest.Team, ""))
				assert.Equal(t, strings.Count(log.String(), "asking again"), failures)
				assert.Assert(t, !strings.Contains(log.String(), fake.Config().BotToken), log)
			})
		})
	}
}

func TestLearningEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := slacktest.New(slacktest.Config{})
		fake.Inject(slacktest.Fault{Status: http.StatusBadGateway})
		teams, _ := Learner(t, fake, new(bottest.Settings))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		teams.Learn(ctx)
		assert.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	})
}

func TestALedgerThatDoesNotAnswerStopsTheStart(t *testing.T) {
	t.Parallel()
	logger, _ := bottest.NewLog()
	broken := errors.New("the disk is gone")
	_, err := New(t.Context(), Config{Settings: &bottest.Settings{Err: broken}, Logger: logger})
	assert.ErrorIs(t, err, broken)
}

// Of an organisation the workspaces are learned from the requests that are served.
func TestWorkspacesOfAnOrganisation(t *testing.T) {
	t.Parallel()
	teams, _ := Learner(t, slacktest.New(slacktest.Config{}), new(bottest.Settings), "E1", "T1")
	assert.DeepEqual(t, teams.Workspaces(), []string{"T1"})
	for _, asked := range [][2]string{{"T1", ""}, {"T2", "E1"}, {"T2", "E1"}, {"T3", "E9"}, {"", "E1"}} {
		serves(teams, asked[0], asked[1])
	}
	assert.DeepEqual(t, teams.Workspaces(), []string{"T1", "T2"})
}
